"""sumbench: which summarizer should I use on text like mine, and is the difference real?

Importing it loads nothing: each name is imported when it is first used.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sumbench.records import Document
    from sumbench.records import Score
    from sumbench.records import Summary
    from sumbench.run_record import Run

__version__ = "0.1.0"

_HOMES = {
    "Document": "sumbench.records",
    "Run": "sumbench.run_record",
    "Score": "sumbench.records",
    "Summary": "sumbench.records",
}
"""The module of each public name."""

__all__ = ["Document", "Run", "Score", "Summary", "__version__"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
