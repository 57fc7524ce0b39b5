"""Cases as programs read and move them."""
