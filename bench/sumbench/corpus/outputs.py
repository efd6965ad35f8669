"""Reads systems' existing outputs: from a table or run (one or several systems), or a text file (one a line)."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from itertools import chain
from pathlib import Path
from typing import TypeAlias
from typing import get_args

from sumbench.corpus.columns import AMBIGUOUS_COLUMN
from sumbench.corpus.columns import ID_COLUMNS
from sumbench.corpus.columns import OUTPUT_COLUMNS
from sumbench.corpus.columns import SYSTEMS_COLUMN
from sumbench.corpus.columns import missing_column
from sumbench.corpus.columns import output_columns
from sumbench.corpus.compressed import file_lines
from sumbench.corpus.pipes import is_pipe
from sumbench.corpus.rows import RowReader
from sumbench.corpus.rows import TableRow
from sumbench.corpus.rows import is_table
from sumbench.corpus.rows import matching_files
from sumbench.corpus.rows import read_rows
from sumbench.corpus.run_folder import is_run
from sumbench.corpus.run_folder import run_systems
from sumbench.corpus.run_folder import summaries_file
from sumbench.errors import CorpusError
from sumbench.records import Document
from sumbench.records import FailureKind
from sumbench.spec_text import names_a_path

LONG_COLUMNS = ("document", "system", "text")
"""The columns of a table with a summary a row, as a run's `summaries.jsonl` is; `draw`, `error`, `failure` may be."""


@dataclass(frozen=True, slots=True)
class NoOutput:
    """Why a document has no output: the reason, and of which kind it is (None where the file does not say)."""

    error: str
    failure: FailureKind | None = None


Output: TypeAlias = str | NoOutput | None
"""A text; None where there is none, without a reason."""


@dataclass
class SystemOutputs:
    """The outputs of one system in the file's order; `ids` maps document ids to indexes, where the file has ids.

    `draws` has the outputs of the second and further draws, where the system drew several summaries of a document.
    """

    texts: list[Output] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)
    draws: list["SystemOutputs"] = field(default_factory=list)

    def add(self, output: Output, identifier: str | None, row: TableRow) -> None:
        """Append an output; raise CorpusError for a duplicate id, or when only some of the rows have one."""
        if identifier is None and self.ids:
            raise CorpusError(f"{row.where}: has no id, but other rows do")
        if identifier is not None and len(self.ids) < len(self.texts):
            raise CorpusError(f"{row.where}: has an id, but other rows do not")
        if identifier in self.ids:
            raise CorpusError(f"{row.where}: id {identifier!r} comes twice")
        if identifier is not None:
            self.ids[identifier] = len(self.texts)
        self.texts.append(output)

    def aligned_to(self, documents: Sequence[Document], where: str) -> list[Output]:
        """Return the output for each document: joined by id, or by order where there are no ids.

        None for a document whose id the file lacks. Raises CorpusError, whose message begins with `where`, where it
        has none of the ids, or an output for another document, or without ids not just one for each.
        """
        if not self.ids:
            if len(self.texts) != len(documents):
                raise CorpusError(
                    f"{where} has {len(self.texts)} outputs for {len(documents)} documents: "
                    "without ids there must be one for each, in the documents' order"
                )
            return self.texts
        wanted = {document.id for document in documents}
        unknown = [identifier for identifier in self.ids if identifier not in wanted]
        if unknown:
            more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
            whole = unknown[0].removesuffix(".0")
            hint = f": write the id as {whole!r}, without a fraction" if whole in wanted else ""
            raise CorpusError(f"{where} has an output for unknown document {unknown[0]!r}{more}{hint}")
        known = [None if (at := self.ids.get(document.id)) is None else self.texts[at] for document in documents]
        if documents and all(text is None for text in known):
            raise CorpusError(f"{where} has no output for any document")
        return known


def read_outputs(
    file: str, column: str | None = None, id_column: str | None = None, read: RowReader = read_rows
) -> dict[str, SystemOutputs]:
    """Read the outputs in a file by system.

    A text file has one output a line, for the system "". A table has a column `systems`, an object of texts by system,
    or a column of outputs for the system "": the named `column`, or one with a usual name; what the first row has and
    another one lacks is a missing output there. Or it has a summary a row, as the file `summaries.jsonl` of a run,
    whose folder means that file. Raises CorpusError.
    """
    if is_run(file):
        return _long(summaries_file(file), "document", read(summaries_file(file)))
    if not is_table(file):
        if column is not None and is_pipe(Path(file)):
            raise CorpusError(f"{file}: seems to be text, without a column {column!r}: give a table as a file")
        return {"": SystemOutputs([*text_outputs(file)])}
    found: dict[str, SystemOutputs] = {}
    rows = iter(read(file))
    first = next(rows, None)
    if first is None:
        raise CorpusError(f"{file}: holds no outputs")
    rows = chain([first], rows)
    if column is None and is_long(first):
        return _long(file, id_column or "document", rows)
    usual = UsualColumn()
    for row in rows:
        identifier = row_id(row, id_column)
        given = dict(row_outputs(row, column or usual.of(row), optional=bool(found)))
        if found and identifier is None:
            given = {**dict.fromkeys(found), **given}
        for system, output in given.items():
            texts = found.setdefault(system, SystemOutputs())
            texts.add(output, identifier, row)
    if not found:
        raise CorpusError(f"{file}: holds no outputs")
    return found


def is_there(name: str) -> bool:
    """Tell whether a name is that of something that can be read: a path that exists, a pattern, a pipe."""
    return names_a_path(name) or is_pipe(Path(name))


def split_system(name: str) -> tuple[str, str]:
    """Split `FILE:SYSTEM` into file and system; the system is "" where the whole is a file, or none of it exists."""
    if is_there(name):
        return name, ""
    colons = (at for at in range(len(name) - 1, 0, -1) if name[at] == ":")
    at = next((at for at in colons if is_there(name[:at])), len(name))
    return name[:at], name[at + 1 :]


def named_systems(file: str) -> list[str]:
    """Return the names of the systems whose outputs a file or run holds; none where they have no names."""
    if is_run(file):
        return list(run_systems(file))
    return [name for name in read_outputs(file) if name] if is_table(file) else []


def is_long(row: TableRow) -> bool:
    """Tell whether a table with such a row has a summary a row, with its system in a column."""
    return SYSTEMS_COLUMN not in row.values and all(name in row.values for name in LONG_COLUMNS)


def _long(file: str, id_column: str, rows: Iterable[TableRow]) -> dict[str, SystemOutputs]:
    """Return the outputs of a table with a summary a row by their systems; `id_column` has the documents' ids."""
    found: dict[str, dict[int, SystemOutputs]] = {}
    for row in rows:
        system, draw = row.label("system"), _draw(row)
        if system is None:
            raise CorpusError(f"{row.where}: names no system")
        identifier = row_id(row, id_column)
        if identifier is None:
            raise CorpusError(f"{row.where}: names no document")
        found.setdefault(system, {}).setdefault(draw, SystemOutputs()).add(_long_output(row), identifier, row)
    if not found:
        raise CorpusError(f"{file}: holds no outputs")
    for system, draws in found.items():
        if set(draws) != set(range(1, len(draws) + 1)):
            raise CorpusError(f"{file}: {system} has the draws {', '.join(map(str, sorted(draws)))}: count them from 1")
        draws[1].draws = [draws[number] for number in range(2, len(draws) + 1)]
    return {system: draws[1] for system, draws in found.items()}


def _draw(row: TableRow) -> int:
    text = row.label("draw") or "1"
    if not text.isdecimal():
        raise CorpusError(f"{row.where}: draw {text!r} is no whole number")
    return int(text)


def _long_output(row: TableRow) -> Output:
    error, failure = (row.label(name) for name in ("error", "failure"))
    if failure is not None and failure not in get_args(FailureKind):
        raise CorpusError(f"{row.where}: failure {failure!r} is none of {', '.join(get_args(FailureKind))}")
    if error is not None or failure is not None:
        kind: FailureKind | None = failure  # type: ignore[assignment] # it is one of them
        return NoOutput(error or "no output was given", kind)
    texts = row.texts("text", lists=False)
    if len(texts) > 1:
        raise CorpusError(f"{row.where}: text holds {len(texts)} texts where one output is wanted")
    return texts[0] if texts else None


def text_outputs(name: str) -> Iterator[str]:
    """Yield the lines of a text file, or of the parts of one, a text each; raise CorpusError for what is none.

    A part may be empty; a file that is has one line, which is.
    """
    lines = chain.from_iterable(map(file_lines, matching_files(name)))
    yield next(lines, "")
    yield from lines


class UsualColumn:
    """The column of a table's outputs by its usual name: the same in all rows, so that no reference passes for one."""

    def __init__(self) -> None:
        """Begin before the first row."""
        self._found: str | None = None

    def of(self, row: TableRow) -> str | None:
        """Return the column; None where there is none, and for a row with the column `systems`.

        Raises CorpusError for a row whose outputs seem to be in another column than those before.
        """
        if SYSTEMS_COLUMN in row.values:
            return None
        if self._found is None:
            self._found = next(iter(output_columns(tuple(row.values))), None)
        other = next((name for name in OUTPUT_COLUMNS if name in row.values), self._found)
        if other != self._found and (self._found == AMBIGUOUS_COLUMN or self._found not in row.values):
            raise CorpusError(
                f"{row.where}: has a column {other!r}, where the rows before have {self._found!r}: "
                "give all rows the same columns, with null for an output that is missing"
            )
        return self._found


def row_id(row: TableRow, column: str | None) -> str | None:
    """Return the id of a row of outputs, in the named column or one with a usual name; None where there is none."""
    if column is not None and column not in row.values:
        raise CorpusError(f"{row.where}: no column {column!r}: there are {', '.join(row.values)}")
    return row.label(column or next((name for name in ID_COLUMNS if name in row.values), None))


def row_outputs(row: TableRow, column: str | None, *, optional: bool = False) -> Iterator[tuple[str, str | None]]:
    """Yield a row's (system, output) pairs, None for a missing output: of the `column`, or (None) of `systems`.

    With `optional` a row without the column lacks its output.
    """
    names = tuple(row.values)
    if column is None and SYSTEMS_COLUMN in names:
        if not (optional and row.is_missing(SYSTEMS_COLUMN)):
            yield from row.texts_by_name(SYSTEMS_COLUMN).items()
        return
    if optional and column not in names:
        return
    if column is None:
        raise CorpusError(f"{row.where}: {missing_column('output', (*OUTPUT_COLUMNS, AMBIGUOUS_COLUMN), names)}")
    if column not in names:
        raise CorpusError(f"{row.where}: no column {column!r}: there are {', '.join(names)}")
    if row.is_missing(column):
        yield "", None
        return
    texts = row.texts(column, lists=False)
    if len(texts) != 1:
        raise CorpusError(f"{row.where}: {column} holds {len(texts)} texts where one output is wanted")
    yield "", texts[0]
