"""The house's own promises: drafted, checked, tried out and published. Clocks only read them."""
