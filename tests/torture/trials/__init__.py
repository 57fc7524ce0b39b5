"""One module a fault. Each has `run(ground)`, which returns its lines of the table."""
