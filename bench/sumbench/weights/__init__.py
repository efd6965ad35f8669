"""Model weights: a catalog of sources, downloads, verification by sha256, and the local store."""

from sumbench.weights.store import Store

__all__ = ["Store"]
