"""The clocks: what they are given, how they start, stand still and end, and who rings them."""
