"""Contract checks for authors of plug-ins: systems and metrics."""

from sumbench.testing.documents import DOCUMENTS
from sumbench.testing.metrics import check_metric
from sumbench.testing.systems import check_system

__all__ = ["DOCUMENTS", "check_metric", "check_system"]
