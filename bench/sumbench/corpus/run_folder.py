"""Reads the folder of a run as a corpus of its documents, and as the outputs of its systems.

What these files hold is described in `runs.store`. They are read here as tables are, by those who open a corpus.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sumbench import checksums
from sumbench import files
from sumbench.corpus.rows import RowReader
from sumbench.corpus.rows import TableRow
from sumbench.corpus.rows import read_rows
from sumbench.corpus.source import Source
from sumbench.errors import CorpusError
from sumbench.records import Document
from sumbench.validation import parse_json

MANIFEST, DOCUMENTS, SUMMARIES = "run.json", "documents.parquet", "summaries.jsonl"


def is_run(name: str) -> bool:
    """Tell whether a name is that of a run's folder."""
    return (Path(name).expanduser() / MANIFEST).is_file()


@dataclass(frozen=True)
class _Record:
    """What is needed of run.json: the corpus' name, the systems' names, whether the run has finished, and can go on."""

    corpus: str
    systems: tuple[str, ...]
    finished: bool
    resumable: bool


def open_run(name: str, *, needs_text: bool = True, read: RowReader = read_rows) -> Source:
    """Open the documents of a run, with their references, as the corpus that they were.

    With `needs_text` none of them may be without text. Raises CorpusError for a run that keeps no texts, RunError for
    one that was changed after it was finished.
    """
    folder = Path(name).expanduser()
    checksums.refuse_changed(folder, (MANIFEST, DOCUMENTS))
    file = folder / DOCUMENTS
    if not file.is_file():
        raise CorpusError(f"{folder}: holds no documents: the run is damaged, or an earlier sumbench made it")
    rows = read(str(file))
    return Source(_record(folder).corpus, _documents(rows, folder, needs_text=needs_text), name)


def run_systems(name: str) -> tuple[str, ...]:
    """Return the names of the systems of a finished run.

    Raises CorpusError for another, RunError for one that was changed after it was finished.
    """
    folder = Path(name).expanduser()
    record = _record(folder)
    if not record.finished:
        again = f"sumbench run --resume {folder}" if record.resumable else "give its own command again"
        raise CorpusError(f"{folder}: the run is not finished: {again}")
    checksums.refuse_changed(folder, (MANIFEST, SUMMARIES))
    return record.systems


def summaries_file(name: str) -> str:
    """Return the name of the file with the summaries of a finished run; raise as `run_systems`."""
    run_systems(name)
    return str(Path(name).expanduser() / SUMMARIES)


def _record(folder: Path) -> _Record:
    file = folder / MANIFEST
    content = parse_json(files.read_bytes(file, CorpusError) or b"", str(file), CorpusError)
    try:
        systems = tuple(str(system["name"]) for system in content["systems"])
        return _Record(
            str(content["corpus"]["name"]), systems, content["finished"] is True, bool(content.get("request"))
        )
    except (KeyError, TypeError):
        raise CorpusError(f"{file}: is not that of a run") from None


def _documents(rows: Any, folder: Path, *, needs_text: bool) -> Iterator[Document]:  # noqa: ANN401 - rows of a table
    for row in rows:
        if "text" not in row.values and "sha256" in row.values:
            raise CorpusError(f"{folder}: holds no texts of its documents: the run was made with --no-texts")
        document = _document(row)
        if needs_text and not document.text.strip():
            raise CorpusError(f"{row.where}: the document is empty: the run was of summaries without their documents")
        yield document


def _document(row: TableRow) -> Document:
    absent = next((name for name in ("id", "text", "references", "title", "language") if name not in row.values), None)
    if absent is not None:
        raise CorpusError(f"{row.where}: column {absent!r} is missing: the run is damaged")
    metadata = row.values.get("metadata") or ()
    return Document(
        row.label("id") or "",
        "".join(row.texts("text", lists=False)),
        row.texts("references"),
        title=row.label("title") or "",
        language=row.label("language") or "",
        metadata=dict(metadata.items() if isinstance(metadata, Mapping) else metadata),
    )
