"""Tells whether a line inside a quoted cell looks like a row of the same table, which a stray quote swallowed."""

import re
from collections.abc import Sequence

_LONGEST_ID = 64
_LONG = 16
_LETTERS_OR_DIGITS = re.compile(r"[^\W_]+")
_LARGE_NUMBER = re.compile(r"\d{1,3}(,\d{3})+\b")


class RowLooks:
    """What rows of a table look like: their number of cells, and ids of one form in the first of them."""

    def __init__(self, delimiter: str, columns: int) -> None:
        """Take the delimiter of cells and the number of columns."""
        self._delimiter = delimiter
        self._columns = columns
        self._opening = ""
        self._form: object = None

    def is_row_of(self, opening: str, line: str) -> bool:
        """Tell whether a line looks like a row whose id has the form of that in the line `opening`.

        False where the first cell of `opening` is none: it is too long for an id, or holds blanks.
        """
        if line.count(self._delimiter) != self._columns - 1 or self._columns == 1:
            return False
        if opening is not self._opening:
            self._opening, self._form = opening, self._form_of(opening)
        return self._form is not None and self._has_cells(line) and self._form_of(line) == self._form

    def has_id(self, opening: str) -> bool:
        """Tell whether the first cell of a line may be an id."""
        return self._columns > 1 and self._form_of(opening) is not None

    def all_rows(self, lines: Sequence[str]) -> bool:
        """Tell whether each of several lines has the cells of a row, the first of them being no id."""
        return self._columns > 1 and not self.has_id(lines[0]) and all(self._has_cells(line) for line in lines)

    def _has_cells(self, line: str) -> bool:
        """Tell whether a line has the cells of a row; a comma in running text has a blank behind it."""
        if line.count(self._delimiter) != self._columns - 1 or f"{self._delimiter} " in line:
            return False
        return not (self._delimiter == "," and _LARGE_NUMBER.match(line))

    def _form_of(self, line: str) -> tuple[object, ...] | None:
        """Return the form of the id in a line's first cell: its kinds of characters, and its length if it is long."""
        cell, found, _ = line.partition(self._delimiter)
        cell = cell.strip('"')
        if not found or not cell or len(cell) > _LONGEST_ID or any(character.isspace() for character in cell):
            return None
        marks = frozenset(_LETTERS_OR_DIGITS.sub("", cell))
        digits = any(character.isdigit() for character in cell)
        letters = any(character.isalpha() for character in cell)
        return digits, letters, marks, len(cell) if len(cell) >= _LONG else 0
