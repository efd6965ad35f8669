"""Published figures beside a run's own: what papers printed, our score, and the difference."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sumbench.errors import RunError
from sumbench.manifest import Manifest
from sumbench.manifest import SystemEntry
from sumbench.manifest import Value
from sumbench.stats import Standing
from sumbench.systems.seq2seq import Seq2Seq
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.validation import checked
from sumbench.validation import read_toml

FILE = Path(__file__).parent / "published.toml"

_COLUMNS = (
    Column("system", "system"),
    Column("metric", "metric"),
    Column("published", "published", 2),
    Column("ours", "ours", 2),
    Column("difference", "difference", 2),
    Column("program", "their program"),
    Column("source", "source"),
)


@dataclass(frozen=True)
class Figure:
    """What a paper printed for a system: scores by value (as tables show them), the ROUGE program, and the paper.

    It belongs beside our figure for `system` in `suite`, on `corpus` where the suite has several that can be asked
    for. `checked` says where it was read; empty for one that was not looked up, which tables then say.
    """

    suite: str
    system: str
    scores: Mapping[str, float]
    program: str
    source: str
    corpus: str = ""
    checked: str = ""


@dataclass(frozen=True)
class _Published:
    """The file's content."""

    figures: tuple[Figure, ...]


@cache
def figures() -> Sequence[Figure]:
    """Return all published figures that are known."""
    return checked(read_toml(FILE, RunError), _Published, str(FILE), RunError).figures


def published_table(record: Manifest, standings: Iterable[Standing]) -> Table | None:
    """Return the table of the figures published for the run's suite beside the run's own; None where there are none.

    A run whose scores have other metrics or systems shows those that both have.
    """
    known = [
        figure for figure in figures() if figure.suite == record.suite and figure.corpus in {"", record.corpus.name}
    ]
    if not known:
        return None
    usual = {entry.name for entry in record.systems if _decoded_as_published(entry)}
    means = {row.system: row.means for row in standings if row.system in usual}
    rows = [
        _row(figure, record.values[metric], published, means[figure.system][metric])
        for figure in known
        for metric, published in figure.scores.items()
        if metric in means.get(figure.system, {})
    ]
    if not rows:
        return None
    notes = ("difference: ours less published; other programs, tokens or documents than theirs explain much of it",)
    return Table(f"{record.suite}: published figures", _COLUMNS, (Section("", tuple(rows)),), notes)


def _decoded_as_published(entry: SystemEntry) -> bool:
    """Tell whether a system ran under its own defaults, as a paper's figure supposes: its name does not say."""
    options = entry.fingerprint.get("options", {})
    if entry.fingerprint.get("system") != Seq2Seq.__name__:
        return True
    return bool(options == Seq2Seq(name=entry.name, model=options["model"]).fingerprint()["options"])


def _row(figure: Figure, value: Value, published: float, score: float) -> Row:
    ours = value.scale * score
    # Adding zero takes the sign off a difference that rounds to none.
    difference = round(ours - published, value.decimals) + 0.0
    source = figure.source if figure.checked else f"{figure.source} (not checked)"
    return Row((figure.system, value.title, published, ours, difference, figure.program, source))
