"""What tables with a header have in common, be they delimited text or spreadsheets: its names, and rows below it."""

from collections.abc import Iterable
from collections.abc import Sequence

from sumbench.corpus.formats.location import LocatedRows
from sumbench.corpus.formats.location import RowLocation
from sumbench.errors import CorpusError

NumberedCells = Iterable[tuple[int, Sequence[str]]]
"""The number of each row's first line, with its cells."""


def header(file: str, where: str, cells: Sequence[str]) -> list[str]:
    """Return the columns' names, "" for a column without one; raise CorpusError for a name that comes twice."""
    names = [name.strip() for name in cells]
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        raise CorpusError(f"{file}, {where}: two columns have the name {twice!r}")
    if not any(names):
        raise CorpusError(f"{file}, {where}: is empty: the first line must name the columns")
    return names


def named_rows(file: str, unit: str, names: Sequence[str], numbered: NumberedCells) -> LocatedRows:
    """Yield rows keyed by the names of their columns.

    The first column may lack a name, as the index of a data frame does, and is left out then; another column without a
    name must be empty. Blank rows are skipped, rows of empty cells only at the end. Raises CorpusError for a row with
    too many or too few cells, for a blank line that may be meant as an empty cell, and for the header come again.
    """
    named = [(index, name) for index, name in enumerate(names) if name]
    whole = len(named) == len(names)
    empty: list[tuple[int, Sequence[str]]] = []
    for number, cells in numbered:
        if not any(cells) and (len(names) > 1 or not cells):
            empty += [(number, cells)] if cells or len(names) == 1 else []
            continue
        for each, row in (*empty, (number, cells)) if empty else ((number, cells),):
            location = RowLocation(file, unit, each)
            if len(row) != len(names):
                raise _wrong_count(location, names, row)
            if row[0] == names[0] and list(row) == list(names):
                raise CorpusError(f"{location}: names the columns again: leave out this row")
            if whole:
                yield location, dict(zip(names, row, strict=True))
            else:
                _refuse_nameless(location, names, row)
                yield location, {name: row[index] for index, name in named}
        empty = []


def _wrong_count(location: RowLocation, names: Sequence[str], row: Sequence[str]) -> CorpusError:
    if not row:
        return CorpusError(f'{location}: is blank, in a table of one column: write "" for an empty cell')
    return CorpusError(
        f"{location}: {len(row)} cells for {len(names)} columns: "
        "quote cells that hold a delimiter or a line break, and double the quotes in them"
    )


def _refuse_nameless(location: RowLocation, names: Sequence[str], row: Sequence[str]) -> None:
    at = next((index for index, name in enumerate(names) if index and not name and row[index]), None)
    if at is not None:
        raise CorpusError(f"{location}: column {at + 1} has a cell, but no name in the first line")
