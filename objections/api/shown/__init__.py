"""What programs are shown of the domain's rows."""
