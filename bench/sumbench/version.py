"""The version of sumbench, from which its distribution takes it."""

__version__ = "0.1.0"
