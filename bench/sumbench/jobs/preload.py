"""Imports the libraries that a run needs at its end in a thread, while its systems work."""

import contextlib
import threading
from importlib import import_module

LATER = ("scipy.special", "pyarrow.parquet", "pandas", "rich.console")
"""What statistics, the writing of scores (pyarrow looks for pandas) and tables import; together about a second."""


def preload_libraries() -> None:
    """Begin to import LATER in a thread of its own: the systems work in other processes, and this one waits."""
    threading.Thread(target=_import, daemon=True).start()


def _import() -> None:
    for name in LATER:
        # Who needs one that is not there will say so.
        with contextlib.suppress(ImportError):
            import_module(name)
