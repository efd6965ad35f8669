"""Reads systems' existing outputs from a table (one or several systems) or a text file (one a line)."""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

from sumbench.corpus.columns import AMBIGUOUS_COLUMN
from sumbench.corpus.columns import ID_COLUMNS
from sumbench.corpus.columns import OUTPUT_COLUMNS
from sumbench.corpus.columns import SYSTEMS_COLUMN
from sumbench.corpus.columns import missing_column
from sumbench.corpus.compressed import read_text
from sumbench.corpus.rows import RowReader
from sumbench.corpus.rows import TableRow
from sumbench.corpus.rows import is_table
from sumbench.corpus.rows import read_rows
from sumbench.errors import CorpusError
from sumbench.records import Document

_USUAL = (*OUTPUT_COLUMNS, AMBIGUOUS_COLUMN)


@dataclass
class SystemOutputs:
    """The outputs of one system in the file's order; `ids` maps document ids to indexes, where the file has ids.

    An output is None where the file holds none.
    """

    texts: list[str | None] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)

    def add(self, output: str | None, identifier: str | None, row: TableRow) -> None:
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

    def aligned_to(self, documents: Sequence[Document], where: str) -> list[str | None]:
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
    or a column of outputs for the system "": the named `column`, or the first with a usual name. What the first row has
    and another one lacks is a missing output there. Raises CorpusError.
    """
    if not is_table(file):
        return {"": SystemOutputs([*read_lines(Path(file))])}
    found: dict[str, SystemOutputs] = {}
    for row in read(file):
        identifier = row_id(row, id_column)
        given = dict(row_outputs(row, column, optional=bool(found)))
        if found and identifier is None:
            given = {**dict.fromkeys(found), **given}
        for system, output in given.items():
            texts = found.setdefault(system, SystemOutputs())
            texts.add(output, identifier, row)
    if not found:
        raise CorpusError(f"{file}: holds no outputs")
    return found


def read_lines(file: Path) -> list[str]:
    """Return the lines of a text file, one text each; raise CorpusError for one that cannot be read."""
    return read_text(file.expanduser()).removesuffix("\n").split("\n")


def output_columns(names: Sequence[str], references: Sequence[str]) -> list[str]:
    """Return the columns with a usual name of outputs, those of references excluded."""
    return [name for name in _USUAL if name in names and name not in references]


def row_id(row: TableRow, column: str | None) -> str | None:
    """Return the id of a row of outputs, in the named column or one with a usual name; None where there is none."""
    if column is not None and column not in row.values:
        raise CorpusError(f"{row.where}: no column {column!r}: there are {', '.join(row.values)}")
    return row.label(column or next((name for name in ID_COLUMNS if name in row.values), None))


def row_outputs(row: TableRow, column: str | None, *, optional: bool = False) -> Iterator[tuple[str, str | None]]:
    """Yield a row's (system, output) pairs, None for a missing output; see `read_outputs`.

    With `optional` a row without the column lacks its output.
    """
    names = tuple(row.values)
    if column is None and SYSTEMS_COLUMN in names:
        if not (optional and row.is_missing(SYSTEMS_COLUMN)):
            yield from row.texts_by_name(SYSTEMS_COLUMN).items()
        return
    chosen = column or next((name for name in _USUAL if name in names), None)
    if optional and chosen not in names:
        return
    if column is not None and column not in names:
        raise CorpusError(f"{row.where}: no column {column!r}: there are {', '.join(names)}")
    if chosen is None:
        raise CorpusError(f"{row.where}: {missing_column('output', _USUAL, names)}")
    if row.is_missing(chosen):
        yield "", None
        return
    texts = row.texts(chosen, lists=False)
    if len(texts) != 1:
        raise CorpusError(f"{row.where}: {chosen} holds {len(texts)} texts where one output is wanted")
    yield "", texts[0]
