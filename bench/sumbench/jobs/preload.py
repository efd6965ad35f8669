"""Imports the libraries that a run needs at its end in a thread, while its systems work."""

import contextlib
import threading
from importlib import import_module

LATER = ("scipy.special", "pyarrow.parquet", "pandas", "rich.console")
"""What statistics, the writing of scores (pyarrow looks for pandas) and tables import; together about a second."""


def preload_libraries() -> None:
    """Import LATER in a background thread: this process only waits while systems work in others."""
    threading.Thread(target=_import, daemon=True).start()


def _import() -> None:
    for name in LATER:
        # Whatever needs a missing library will raise the error.
        with contextlib.suppress(ImportError):
            import_module(name)
