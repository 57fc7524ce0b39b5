"""The root of what programs see: who they are, what they may, and how we say no."""
