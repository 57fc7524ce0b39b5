"""The manners that every edge for programs keeps: strict input, bounded bodies, scopes."""
