"""Published figures beside a run's own: what papers printed, our score, and the difference."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sumbench.errors import RunError
from sumbench.manifest import Manifest
from sumbench.manifest import SystemEntry
from sumbench.manifest import Value
from sumbench.rouge.perl import parse_options
from sumbench.stats import Standing
from sumbench.systems.seq2seq import Seq2Seq
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.validation import checked
from sumbench.validation import read_toml

FILE = Path(__file__).parent / "published.toml"

_SELECTIONS = ("--limit ", "--sample ", "--ids ", "--filter ")
"""How notes on what was left out of a corpus begin."""

_ROUGE_SCORE = {"porter-nltk": "rouge_score", "none": "rouge_score, no stems"}
"""What rouge_score's figures are called, by the stemmer."""

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
    for. It is over so many `documents` (0: not known). `checked` says where it was read; empty for one that was not
    looked up, which tables then say.
    """

    suite: str
    system: str
    scores: Mapping[str, float]
    program: str
    source: str
    corpus: str = ""
    documents: int = 0
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
    beside = [
        (figure, metric) for figure in known for metric in figure.scores if metric in means.get(figure.system, {})
    ]
    if not beside:
        return None
    rows = [
        _row(figure, record.values[metric], figure.scores[metric], means[figure.system][metric])
        for figure, metric in beside
    ]
    title = f"{record.suite}: published figures"
    return Table(title, _COLUMNS, (Section("", tuple(rows)),), tuple(_notes(record, beside)))


def _notes(record: Manifest, beside: Sequence[tuple[Figure, str]]) -> Iterator[str]:
    """Say how far the figures of the rows are of the same documents, summaries and program."""
    yield "difference: ours less published"
    yield from _on_documents(record, {figure.documents for figure, _ in beside})
    named = {figure.system for figure, _ in beside}
    if any(entry.fingerprint.get("system") != "Outputs" for entry in record.systems if entry.name in named):
        yield "ours are of summaries made in this run, theirs of their own"
    programs: dict[tuple[str, str], dict[str, None]] = {}
    for figure, metric in beside:
        ours = _program(record, metric)
        programs.setdefault((figure.program, ours), {})[figure.system] = None
    for (theirs, ours), systems in programs.items():
        whose = "all" if len(programs) == 1 else ", ".join(systems)
        what = (
            f"the same program, {ours}" if theirs == ours else f"not the same program: theirs is {theirs}, ours {ours}"
        )
        yield f"{whose}: {what}"
    if record.corpus.references > record.corpus.documents:
        yield "documents have several references: papers differ in what they do with them, and do not always say"


def _on_documents(record: Manifest, sizes: Collection[int]) -> Iterator[str]:
    ours = record.corpus.documents
    left_out = [note for note in record.corpus.notes if note.startswith(_SELECTIONS)]
    known = sorted(size for size in sizes if size)
    others = [size for size in known if size != ours]
    if others:
        theirs = " or ".join(f"{size:,}" for size in others)
        yield f"not the same documents: ours are over {ours:,}, theirs over {theirs}"
    elif left_out:
        yield f"not the same documents: ours are a part of theirs ({'; '.join(left_out)})"
    elif known:
        yield f"as many documents as theirs: {ours:,}"


def _program(record: Manifest, metric: str) -> str:
    """Return which program's figure ours is, as `Figure.program` names programs; and what it is if it is no F1."""
    _, kind, *parts = record.signatures[metric].split("|")
    settings = dict(part.partition(":")[::2] for part in parts)
    words, stems, options = (settings.get(key, "") for key in ("tok", "stem", "options"))
    if settings.get("preset") == "perl":
        name = f"ROUGE-1.5.5 {_unusual(options)}".rstrip()
    elif stems == "porter-1.5.5":
        name = "ROUGE-1.5.5"
    elif words == "ascii" and stems in _ROUGE_SCORE:
        name = _ROUGE_SCORE[stems]
    else:
        name = f"sumbench's ROUGE (words {words}, stems {stems})"
    return name if kind == "f1" else f"{name} ({record.values[metric].unit})"


def _unusual(options: str) -> str:
    """Return the options of ROUGE-1.5.5 where they are not those of papers: stems, no stop list, whole texts."""
    read = parse_options(options)
    usual = read.stemming and not (read.stop_words or read.max_words or read.max_bytes)
    return "" if usual else f"with {options!r}"


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
