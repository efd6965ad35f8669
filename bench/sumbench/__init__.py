"""sumbench: which summarizer should I use on text like mine, and is the difference real?

    >>> import sumbench, tempfile
    >>> folder = tempfile.mkdtemp() + "/run"
    >>> articles = [
    ...     {
    ...         "document": "The council met on Monday. It voted for the bridge. Rain fell all day.",
    ...         "reference": "The council voted for the bridge.",
    ...     },
    ...     {
    ...         "document": "A ship ran aground on Friday. Two tugs pulled it free. Nobody was hurt.",
    ...         "reference": "Two tugs pulled a ship free.",
    ...     },
    ... ]
    >>> def second(text):
    ...     return text.split(". ")[1] + "."
    >>> result = sumbench.run(articles, ["lead,sentences=1", second], out=folder)
    >>> frame = result.to_pandas()
    >>> float(frame[(frame.system == "second") & (frame.metric == "rouge1")].value.mean().round(2))
    0.73
    >>> sumbench.load_run(folder).manifest.corpus.documents
    2

`run`, `score`, `merge`, `compare`, `correlate`, `export` and `power` do what the commands of the same names do, on
Python objects. Importing the package loads nothing: each name is imported when it is first used.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sumbench.api import load_run
    from sumbench.api import merge
    from sumbench.api import power
    from sumbench.api import run
    from sumbench.api import score
    from sumbench.api_batch import BatchExport
    from sumbench.api_batch import BatchImport
    from sumbench.api_batch import export_batch
    from sumbench.api_batch import import_batch
    from sumbench.api_correlate import CorrelationResult
    from sumbench.api_correlate import correlate
    from sumbench.api_results import ComparisonResult
    from sumbench.api_results import RunResult
    from sumbench.api_results import compare
    from sumbench.api_results import export
    from sumbench.errors import BenchError
    from sumbench.manifest import Direction
    from sumbench.manifest import Value
    from sumbench.metrics import BatchNote
    from sumbench.metrics import BatchScores
    from sumbench.metrics import Needs
    from sumbench.metrics.summary_metric import Measured
    from sumbench.metrics.summary_metric import SummaryMetric
    from sumbench.records import Detail
    from sumbench.records import Document
    from sumbench.records import Rating
    from sumbench.records import Score
    from sumbench.records import Summary
    from sumbench.run_record import Run
    from sumbench.scores import Scores
    from sumbench.version import __version__

__all__ = [
    "BatchExport",
    "BatchImport",
    "BatchNote",
    "BatchScores",
    "BenchError",
    "ComparisonResult",
    "CorrelationResult",
    "Detail",
    "Direction",
    "Document",
    "Measured",
    "Needs",
    "Rating",
    "Run",
    "RunResult",
    "Score",
    "Scores",
    "Summary",
    "SummaryMetric",
    "Value",
    "__version__",
    "compare",
    "correlate",
    "export",
    "export_batch",
    "import_batch",
    "load_run",
    "merge",
    "power",
    "run",
    "score",
]

_HOMES = {
    "BatchExport": "sumbench.api_batch",
    "BatchImport": "sumbench.api_batch",
    "BatchNote": "sumbench.metrics",
    "BatchScores": "sumbench.metrics",
    "BenchError": "sumbench.errors",
    "ComparisonResult": "sumbench.api_results",
    "CorrelationResult": "sumbench.api_correlate",
    "Detail": "sumbench.records",
    "Direction": "sumbench.manifest",
    "Document": "sumbench.records",
    "Rating": "sumbench.records",
    "Measured": "sumbench.metrics.summary_metric",
    "Needs": "sumbench.metrics",
    "Run": "sumbench.run_record",
    "RunResult": "sumbench.api_results",
    "Score": "sumbench.records",
    "Scores": "sumbench.scores",
    "Summary": "sumbench.records",
    "SummaryMetric": "sumbench.metrics.summary_metric",
    "Value": "sumbench.manifest",
    "__version__": "sumbench.version",
    "compare": "sumbench.api_results",
    "correlate": "sumbench.api_correlate",
    "export": "sumbench.api_results",
    "export_batch": "sumbench.api_batch",
    "import_batch": "sumbench.api_batch",
    "load_run": "sumbench.api",
    "merge": "sumbench.api",
    "power": "sumbench.api",
    "run": "sumbench.api",
    "score": "sumbench.api",
}
"""The module of each public name."""


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
