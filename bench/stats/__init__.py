"""Statistics over documents: what a system did on the whole."""

from bench.stats.standing import Standing
from bench.stats.standing import standings

__all__ = ["Standing", "standings"]
