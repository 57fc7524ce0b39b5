"""The addresses at which programs read and move cases. Each parses, calls one service, answers."""
