"""Opens the references of `sumbench score`: a corpus, a table (documents may be missing), or text files."""

from collections.abc import Sequence
from pathlib import Path

from sumbench.corpus import open_source
from sumbench.corpus.columns import SYSTEMS_COLUMN
from sumbench.corpus.compressed import base_name
from sumbench.corpus.conventions import convention
from sumbench.corpus.outputs import output_columns
from sumbench.corpus.outputs import read_lines
from sumbench.corpus.rows import RowReader
from sumbench.corpus.rows import is_table
from sumbench.corpus.rows import read_rows
from sumbench.corpus.source import Source
from sumbench.corpus.spec import parse_spec
from sumbench.errors import CorpusError
from sumbench.errors import UsageError
from sumbench.records import Document


def read_references(names: Sequence[str], sentences: str, read: RowReader = read_rows) -> Source:
    """Open the references that `names` mean: text files with one reference a line, or one table, or one corpus.

    `sentences` names the sentence convention of text files and tables; a table's options may override it. A table's
    documents may be missing. Raises CorpusError and UsageError.
    """
    specs = [parse_spec(name) for name in names]
    if all(_is_text(spec.name) for spec in specs):
        return _from_lines([Path(spec.name).expanduser() for spec in specs], sentences)
    if len(specs) > 1:
        raise UsageError("--references: several files must be text files, one reference a line")
    (spec,) = specs
    if not is_table(spec.name):
        return open_source(names[0])
    reader = spec.reader(sentences=sentences, needs_text=False)
    return Source(base_name(Path(spec.name)), reader.documents(read(spec.name)), str(spec))


def systems_in(name: str, read: RowReader = read_rows) -> tuple[str, list[str], list[str]]:
    """Return the table's name without options, the systems in its column `systems`, and its other output columns.

    Whether every row has the same systems is checked when references and outputs are joined.
    """
    spec = parse_spec(name)
    if not is_table(spec.name):
        return spec.name, [], []
    systems: dict[str, None] = {}
    columns: list[str] = []
    for row in read(spec.name):
        if SYSTEMS_COLUMN in row.values and not row.is_missing(SYSTEMS_COLUMN):
            systems.update(dict.fromkeys(row.texts_by_name(SYSTEMS_COLUMN)))
        elif not columns and not systems:
            names = tuple(row.values)
            columns = output_columns(names, spec.reader(needs_text=False).columns.roles(names).references)
    return spec.name, list(systems), columns


def _is_text(name: str) -> bool:
    return Path(name).expanduser().is_file() and not is_table(name)


def _from_lines(files: Sequence[Path], sentences: str) -> Source:
    cut = convention(sentences)
    columns = [read_lines(file) for file in files]
    for file, texts in zip(files, columns, strict=True):
        if len(texts) != len(columns[0]):
            raise CorpusError(f"{file}: has {len(texts)} lines, {files[0]} has {len(columns[0])}")
        empty = next((number for number, text in enumerate(texts, 1) if not text.strip()), None)
        if empty is not None:
            raise CorpusError(f"{file}, line {empty}: a reference is missing or empty")
    documents = [
        Document(str(number), "", tuple(cut(text, "en") for text in texts))
        for number, texts in enumerate(zip(*columns, strict=True), 1)
    ]
    return Source(files[0].stem, documents, ",".join(map(str, files)))
