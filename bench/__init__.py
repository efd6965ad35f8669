"""Sumbench: which summarizer should I use on text like mine, and is the difference real?"""

from bench.records import Document
from bench.records import Run
from bench.records import Score
from bench.records import Summary

__all__ = ["Document", "Run", "Score", "Summary", "__version__"]

__version__ = "0.1.0"
