"""Short YAML problem specs -> worked solutions in which every printed line is true."""

__version__ = "0.1.0"
