"""The pages of a case. Views parse, call one service or selector, and render."""
