"""The Python API of metrics against people: `correlate`, and its result."""

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import Protocol

from sumbench.api_given import metrics_of
from sumbench.api_given import names_of
from sumbench.api_tables import as_frame
from sumbench.api_tables import as_html
from sumbench.api_tables import as_text
from sumbench.errors import speaks_python

if TYPE_CHECKING:
    import pandas as pd

    from sumbench.metrics import Metric
    from sumbench.stats.correlation import Correlations
    from sumbench.tables import Table


class ScoredRun(Protocol):
    """A run, as `run` and `score` return it: what matters is where its folder is."""

    @property
    def path(self) -> Path:
        """The run's folder."""


@dataclass(frozen=True)
class CorrelationResult:
    """Metrics held against people: the tables, of ratings the first one's figures, and of these a heat map (SVG).

    `correlations` are None, and `picture` is empty, where pairwise preferences alone were judged.
    """

    tables: "tuple[Table, ...]"
    correlations: "Correlations | None" = None
    picture: str = ""

    @property
    def table(self) -> "Table":
        """The table of correlations at the level and by the coefficient asked for; of preferences that of win rates."""
        return self.tables[0]

    @property
    def verdict(self) -> str:
        """Which metric follows people best, what cannot be told from it, and whether length alone does better."""
        return " ".join(self.table.verdict)

    def to_pandas(self) -> "pd.DataFrame":
        """Return the first table as a data frame, at full precision."""
        return as_frame(self.table)

    def __str__(self) -> str:
        return "\n".join(as_text(table) for table in self.tables)

    def _repr_html_(self) -> str:
        return "\n".join([*(as_html(table) for table in self.tables), self.picture])


@speaks_python
def correlate(  # noqa: PLR0913 - each is a choice of the user's
    source: ScoredRun | str | Path,
    *,
    ratings: str | Path | None = None,
    metrics: "str | Metric | Iterable[str | Metric] | None" = None,
    values: str | Iterable[str] | None = None,
    qualities: str | Iterable[str] | None = None,
    level: str = "summary",
    coefficient: str = "kendall",
    units: str | None = None,
    closest: float | None = None,
    partial: bool = False,
    sentences: str = "lines",
    language: str | None = None,
    seed: int = 0,
    statistics: Mapping[str, Any] | None = None,
    quiet: bool = True,
) -> CorrelationResult:
    """Hold metrics against people's ratings or preferences, as `sumbench correlate` does.

    Args:
        source: A run, its folder, a table of outputs, or a table of preferences.
        ratings: A table of ratings or preferences; None for the ratings beside the outputs, or in the run.
        metrics: Specs or metric objects to score with; None for ROUGE, or for those of the run.
        values: Only these values of them.
        qualities: Only these rated qualities.
        level: summary, system or pooled.
        coefficient: kendall, spearman, pearson, accuracy or soft.
        units: What intervals resample and tests exchange: documents, systems or both; None for both at the system
            level, else documents.
        closest: Only so many per cent of the pairs of systems, those that lie closest under a metric.
        partial: Show the correlations given length, too.
        sentences: How sentences are told apart in a table of outputs.
        language: The language of documents that do not say theirs.
        seed: Governs every draw.
        statistics: `confidence`, `resamples`, `correction`, `alpha`, where they are not to be as usual.
        quiet: Show no progress on stderr.

    Raises:
        UsageError: For what means nothing or cannot be correlated.
        CorpusError: For a table that cannot be read.
        RunError: For a run that cannot be read.

    Returns:
        The tables, and their figures.
    """
    from sumbench.jobs.correlate import CorrelateRequest
    from sumbench.jobs.correlate import correlate as carry_out
    from sumbench.progress import on_stderr
    from sumbench.runs.cache import summary_cache
    from sumbench.storage import localized
    from sumbench.weights import Store

    store = Store.default(quiet=quiet)
    made = carry_out(
        CorrelateRequest(
            source=localized(str(source if isinstance(source, str | Path) else source.path)),
            ratings=None if ratings is None else localized(str(ratings)),
            metrics=metrics_of(metrics),
            values=None if values is None else names_of(values),
            qualities=None if qualities is None else names_of(qualities),
            levels=(level,),
            coefficients=(coefficient,),
            units=units,
            closest=closest,
            partial=partial,
            sentences=sentences,
            language=language,
            seed=seed,
            statistics=dict(statistics or {}),
        ),
        store,
        on_stderr(quiet=quiet),
        summary_cache(store.home).file,
    )
    return CorrelationResult(made.tables, next(iter(made.correlations), None), made.picture)
