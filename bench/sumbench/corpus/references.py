"""Opens the references of `sumbench score`: a corpus, a table or run (documents may be missing), or text files."""

from collections.abc import Sequence
from pathlib import Path

from sumbench.corpus import open_source
from sumbench.corpus.columns import SYSTEMS_COLUMN
from sumbench.corpus.columns import output_columns
from sumbench.corpus.conventions import Convention
from sumbench.corpus.conventions import convention
from sumbench.corpus.languages import reading_language
from sumbench.corpus.outputs import text_outputs
from sumbench.corpus.parts import parts_of
from sumbench.corpus.pipes import is_pipe
from sumbench.corpus.rows import RowReader
from sumbench.corpus.rows import is_table
from sumbench.corpus.rows import read_rows
from sumbench.corpus.rows import table_name
from sumbench.corpus.run_folder import is_run
from sumbench.corpus.run_folder import open_run
from sumbench.corpus.run_folder import run_systems
from sumbench.corpus.source import Source
from sumbench.corpus.spec import Spec
from sumbench.corpus.spec import parse_spec
from sumbench.errors import CorpusError
from sumbench.errors import UsageError
from sumbench.records import Document
from sumbench.spec_text import names_a_path


def read_references(names: Sequence[str], sentences: str, read: RowReader = read_rows) -> Source:
    """Open the references that `names` mean: texts with one reference a line, or one table, or run, or corpus.

    `sentences` names the sentence convention of text files and tables; a table's options may override it. A text file
    takes no option but the language. Documents of a table or run may be missing. Raises CorpusError and UsageError.
    """
    specs = [parse_spec(name) for name in names]
    if all(_is_text(spec.name) for spec in specs):
        return _from_lines([spec.name for spec in specs], sentences, _language(specs))
    if len(specs) > 1:
        raise UsageError("--references: several files must be text files, one reference a line")
    (spec,) = specs
    if is_run(spec.name) and not spec.options:
        return open_run(spec.name, needs_text=False, read=read)
    if not is_table(spec.name):
        return open_source(names[0])
    reader = spec.table_reader(sentences=sentences, needs_text=False)
    return Source(table_name(spec.name), reader.documents(read(spec.name)), str(spec))


def systems_in(name: str, read: RowReader = read_rows) -> tuple[str, list[str], list[str]]:
    """Return the table's or run's name without options, its systems, and a table's other output columns.

    A table's systems are those in its column `systems`. Whether every row has the same systems is checked when
    references and outputs are joined.
    """
    spec = parse_spec(name)
    if is_run(spec.name):
        return spec.name, list(run_systems(spec.name)), []
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
    path = Path(name).expanduser()
    if path.is_dir():
        return bool(parts_of(path)) and not is_table(name)
    return (path.is_file() or is_pipe(path) or names_a_path(name)) and not is_table(name)


def _language(specs: Sequence[Spec]) -> str:
    """Return the language that the options of text files say, "" for none; raise UsageError for two."""
    for spec in specs:
        spec.refuse_options("a text file", "language")
    said = list(dict.fromkeys(filter(None, (spec.language for spec in specs))))
    if len(said) > 1:
        raise UsageError(f"--references: are in {' and in '.join(said)}: references of one document have one language")
    return next(iter(said), "")


def _from_lines(names: Sequence[str], sentences: str, said: str) -> Source:
    cut = convention(sentences)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"--references: {twice} is named twice")
    columns = [list(text_outputs(name)) for name in names]
    for name, texts in zip(names, columns, strict=True):
        if len(texts) != len(columns[0]):
            raise CorpusError(f"{name}: has {len(texts)} lines, {names[0]} has {len(columns[0])}")
        empty = next((number for number, text in enumerate(texts, 1) if not text.strip()), None)
        if empty is not None:
            raise CorpusError(f"{name}, line {empty}: a reference is missing or empty")
    documents = [
        Document(str(number), "", _cut(cut, texts, said), language=said)
        for number, texts in enumerate(zip(*columns, strict=True), 1)
    ]
    return Source(table_name(names[0]), documents, ",".join(map(str, map(Spec, names))))


def _cut(cut: Convention, texts: Sequence[str], said: str) -> tuple[str, ...]:
    language = reading_language(said, "", texts)
    return tuple(cut(text, language) for text in texts)
