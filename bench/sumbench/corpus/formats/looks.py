"""Tells whether a line inside a quoted cell looks like a row of the same table, which a stray quote swallowed."""

import re
from typing import NamedTuple

_LONGEST_ID = 200
_LONG = 16
_ENOUGH = 6
_LETTERS_OR_DIGITS = re.compile(r"[^\W_]+")
_LARGE_NUMBER = re.compile(r"\d{1,3}(,\d{3})+\b")


class _Form(NamedTuple):
    """The form of an id: whether it has digits or is a number, its marks, its letters' kind, and its length."""

    digits: bool
    number: bool
    marks: frozenset[str]
    ascii: bool
    length: int

    def is_that_of(self, other: "_Form") -> bool:
        """Tell whether both are surely ids of one table."""
        if self.length == other.length >= _LONG:
            # What is long is a checksum or the like, which may lack letters.
            return self.marks == other.marks
        return self[:-1] == other[:-1] and max(self.length, other.length) < _LONG

    def is_like(self, other: "_Form") -> bool:
        """Tell whether both may be ids of one table: those that are words or addresses differ more than numbers."""
        same = (self.digits, self.number, self.ascii) == (other.digits, other.number, other.ascii)
        return same or (self.length == other.length >= _ENOUGH and self.marks == other.marks)


class RowLooks:
    """What rows of a table look like: their number of cells, and ids of one form in the first of them."""

    def __init__(self, delimiter: str, columns: int) -> None:
        """Take the delimiter of cells and the number of columns."""
        self._delimiter = delimiter
        self._columns = columns
        self._opening: tuple[str, _Form | None] = ("", None)

    def is_row_of(self, opening: str, line: str) -> bool:
        """Tell whether a line surely looks like a row: its id has the form of that in the line `opening`.

        False where the first cell of `opening` is no id: it is too long for one, or holds blanks.
        """
        form = self._opening_form(opening) if self._has_cells(line) else None
        found = _form(self._first_cell(line)) if form else None
        return form is not None and found is not None and form.is_that_of(found)

    def is_like_row_of(self, opening: str, line: str) -> bool:
        """Tell whether a line may be a row: it has as many cells, and an id where the line `opening` has one."""
        if not self._has_cells(line):
            return False
        form, found = self._opening_form(opening), _form(self._first_cell(line))
        return form is None or (found is not None and (form.is_like(found) or form.is_that_of(found)))

    def _opening_form(self, opening: str) -> _Form | None:
        if opening is not self._opening[0]:
            self._opening = opening, _form(self._first_cell(opening))
        return self._opening[1]

    def _has_cells(self, line: str) -> bool:
        """Tell whether a line has the cells of a row; a comma in running text has a blank behind it."""
        if line.count(self._delimiter) != self._columns - 1 or f"{self._delimiter} " in line:
            return False
        return not (self._delimiter == "," and _LARGE_NUMBER.match(line))

    def _first_cell(self, line: str) -> str:
        return line.partition(self._delimiter)[0].strip('"') if self._columns > 1 else ""


def _form(cell: str) -> _Form | None:
    """Return the form of an id; None for what is none."""
    if not cell or len(cell) > _LONGEST_ID or len(cell.split()) != 1:
        return None
    return _Form(
        any(character.isdigit() for character in cell),
        cell.isdigit(),
        frozenset(_LETTERS_OR_DIGITS.sub("", cell)),
        cell.isascii(),
        len(cell),
    )
