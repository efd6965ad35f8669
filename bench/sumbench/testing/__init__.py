"""Contract checks for authors of plug-ins."""

from sumbench.testing.documents import DOCUMENTS
from sumbench.testing.systems import check_system

__all__ = ["DOCUMENTS", "check_system"]
