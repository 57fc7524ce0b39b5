"""The figures of the engine, measured on real servers: `make bench`."""
