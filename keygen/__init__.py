"""keygen: deep-learning problem sheets with answer keys that cannot be wrong."""

__version__ = "0.1.0"
