"""Model weights: where they come from, how they are verified, and where they are kept."""

from sumbench.weights.store import Store

__all__ = ["Store"]
