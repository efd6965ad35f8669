"""Checks for authors of plug-ins: whether a system keeps its contract."""

from sumbench.testing.documents import DOCUMENTS
from sumbench.testing.systems import check_system

__all__ = ["DOCUMENTS", "check_system"]
