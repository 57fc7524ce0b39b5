"""What people type, made into the typed values that services take."""
