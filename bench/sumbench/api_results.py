"""The results of the Python API, which show themselves as text, HTML and data frames; `compare` and `export`."""

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from sumbench.api_correlate import CorrelationResult
from sumbench.api_correlate import correlate
from sumbench.api_given import names_of
from sumbench.api_tables import as_frame
from sumbench.api_tables import as_html
from sumbench.api_tables import as_text
from sumbench.errors import speaks_python
from sumbench.run_record import Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from sumbench.manifest import Manifest
    from sumbench.records import Detail
    from sumbench.records import Document
    from sumbench.records import Summary
    from sumbench.scores import Scores
    from sumbench.tables import Table


@dataclass(frozen=True)
class RunResult:
    """A finished run: its folder, and what is in it.

    In a notebook it shows its table; `str()` gives the table as text.
    """

    path: Path
    run: Run

    @property
    def manifest(self) -> "Manifest":
        """How the run came about: the content of run.json."""
        return self.run.manifest

    @property
    def documents(self) -> "Sequence[Document]":
        """The documents with their references."""
        return self.run.documents

    @property
    def summaries(self) -> "Sequence[Summary]":
        """What each system wrote of each document."""
        return self.run.summaries

    @property
    def scores(self) -> "Scores":
        """Every score, as columns; iterating yields `Score` records."""
        return self.run.scores

    @property
    def details(self) -> "Sequence[Detail]":
        """What metrics said of summaries beside their values."""
        return self.run.details

    @property
    def failed(self) -> bool:
        """Whether a system, a document or a metric failed; the table says which."""
        from sumbench.jobs.finish import has_failures

        return has_failures(self.run)

    @cached_property
    def table(self) -> "Table":
        """The result table: ranked systems, floors, ceilings; `further` tables stand below it."""
        from sumbench.jobs.result_table import result_table

        return result_table(self.run)

    @cached_property
    def verdict(self) -> str:
        """What the table shows in up to three sentences: who beats `lead`, and who cannot be told apart."""
        return " ".join(self.table.verdict)

    def compare(self, *others: "RunResult | str | Path", **options: Any) -> "ComparisonResult":  # noqa: ANN401
        """Compare this run, as the base, with others: `compare(self, …)`."""
        return compare(self, *others, **options)

    def correlate(self, **options: Any) -> CorrelationResult:  # noqa: ANN401
        """Hold the run's metrics against people: `correlate(self, …)`."""
        return correlate(self, **options)

    def export(self, to: str, *, out: str | Path | None = None) -> list[str]:
        """Export the run to where results are kept: `export(self, …)`."""
        return export(self, to, out=out)

    def to_pandas(self) -> "pd.DataFrame":
        """Return the scores as a data frame, one score a row: document, system, metric, draw, value, error."""
        return self.scores.to_pandas()

    def __str__(self) -> str:
        return as_text(self.table)

    def _repr_html_(self) -> str:
        return as_html(self.table)


@dataclass(frozen=True)
class ComparisonResult:
    """Runs or systems compared: the tables, and whether a gate that was asked for failed."""

    tables: "tuple[Table, ...]"
    failed: bool = False
    closing: str = ""

    @property
    def table(self) -> "Table":
        """The table of differences (of a breakdown: of the first metric)."""
        return self.tables[0]

    @property
    def verdict(self) -> str:
        """What the comparison shows in up to three sentences, and the result of a gate that was asked for."""
        return " ".join((*self.table.verdict, *([f"{self.closing}."] if self.closing else [])))

    def to_pandas(self) -> "pd.DataFrame":
        """Return the first table as a data frame, at full precision."""
        return as_frame(self.table)

    def __str__(self) -> str:
        return "\n".join(as_text(table) for table in self.tables)

    def _repr_html_(self) -> str:
        return "\n".join(as_html(table) for table in self.tables)


@speaks_python
def compare(  # noqa: PLR0913 - each is a choice of the user's
    base: RunResult | str | Path,
    *others: RunResult | str | Path,
    metrics: str | Iterable[str] | None = None,
    by: str | None = None,
    moved: int = 0,
    statistics: Mapping[str, Any] | None = None,
    fail_if_worse: str | Iterable[str] = (),
    margin: float = 0.0,
    fail_under: Mapping[str, float] | None = None,
    confident: bool = False,
    undecided: str = "warn",
    failures: str = "zero",
    force: bool = False,
    ratings: str | Path | None = None,
) -> ComparisonResult:
    """Compare runs, or systems of runs, with a base.

    Args:
        base: A run, its folder, or `"FOLDER:SYSTEM"` for one of its systems.
        others: What is compared with it, likewise.
        metrics: Only these; None for all that the runs share.
        by: Break one run down by length, position, or a key of metadata.
        moved: Show so many documents that moved most, with both summaries.
        statistics: As for `run`.
        fail_if_worse: Metrics by which the gate judges.
        margin: How much worse the gate lets pass, in points of the table.
        fail_under: The least score, in points of the table, by metric.
        confident: Hold the interval's end against that, instead of the score.
        undecided: What the gate does where the documents leave it open: "fail", "warn" or "pass".
        failures: What a document without a summary counts: "zero", or nothing ("drop").
        force: Compare different corpora or signatures all the same.
        ratings: A file of people's preferences between the two systems, for a table of win rates.

    Raises:
        UsageError: For what cannot be compared.
        RunError: For a run that cannot be read.

    Returns:
        The tables, and whether the gate failed.
    """
    from sumbench.jobs.compare import CompareRequest
    from sumbench.jobs.compare import compare as carry_out

    outcome = carry_out(
        CompareRequest(
            runs=tuple(str(side.path) if isinstance(side, RunResult) else str(side) for side in (base, *others)),
            metrics=None if metrics is None else names_of(metrics),
            by=by,
            moved=moved,
            statistics=dict(statistics or {}),
            fail_if_worse=names_of(fail_if_worse),
            margin=margin,
            fail_under=tuple(f"{name}={least}" for name, least in (fail_under or {}).items()),
            confident=confident,
            undecided=undecided,
            failures=failures,
            force=force,
            ratings=None if ratings is None else str(ratings),
        )
    )
    return ComparisonResult(outcome.tables, outcome.failed, outcome.closing)


@speaks_python
def export(run: RunResult | str | Path, to: str, *, out: str | Path | None = None) -> list[str]:
    """Export a finished run to where results are kept, as `sumbench export` does.

    Args:
        run: A result, or a run's folder or address.
        to: csv, xlsx, mlflow, lm-eval or model-index; an export of your own by name or as `./own.py:NAME`.
        out: A file, a folder or an address, by the kind of export; None for its default.

    Raises:
        UsageError: For an unknown kind, and where a library is missing.
        RunError: For a run that cannot be read, and for a place that takes nothing.

    Returns:
        A line for each thing that was written.
    """
    from sumbench.jobs.export import export as carry_out
    from sumbench.storage import reading_run

    folder = run.path if isinstance(run, RunResult) else reading_run(run)
    return list(carry_out(folder, to, None if out is None else str(out)))
