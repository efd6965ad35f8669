"""What the reading of tables found that a reader of the figures should know, such as lists in cells of text."""

from collections import Counter
from collections.abc import Iterator


class ReadingNotes:
    """Collects notes while tables are read: iterated, they are lines for below a table, each once."""

    def __init__(self) -> None:
        """Begin without notes."""
        self._texts: dict[str, None] = {}
        self._lists: Counter[tuple[str, str, str]] = Counter()
        self._last: dict[tuple[str, str, str], int] = {}

    def add(self, text: str) -> None:
        """Add a note."""
        self._texts[text] = None

    def add_cell(self, file: str, number: int, column: str, what: str) -> None:
        """Count a cell of text, in the row of that number, that was read as a list or an object, as `what` says.

        Rows are read in their order; those that are read again are counted once.
        """
        key = (file, column, what)
        if number > self._last.get(key, 0):
            self._last[key] = number
            self._lists[key] += 1

    def knows_cells(self, file: str, column: str) -> bool:
        """Tell whether a cell of the column was read as a list or an object before."""
        return any(key[:2] == (file, column) for key in self._lists)

    def __iter__(self) -> Iterator[str]:
        """Yield the notes."""
        yield from self._texts
        for (file, column, what), cells in self._lists.items():
            yield f"{file}: {cells} cell{'s' * (cells > 1)} of the column {column} read as {what}, not as text"
