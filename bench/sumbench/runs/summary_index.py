"""Where in a journal each summary of a run stands: eight bytes of memory a summary, whose texts stay in the file."""

from array import array
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray

from sumbench import files
from sumbench.errors import RunError
from sumbench.records import Summary
from sumbench.runs import journal
from sumbench.runs.lines import LineError
from sumbench.runs.lines import lines_codec

BoolArray = NDArray[np.bool_]


class SummaryIndex(Sequence[Summary]):
    """The summaries of one system in a journal, in the order of documents and draws.

    `places` has the place of each document by its id. Of several summaries of a draw the one added last counts.
    """

    def __init__(self, file: Path, system: str, places: Mapping[str, int], samples: int = 1) -> None:
        """Begin without summaries."""
        self.file = file
        self.system = system
        self.samples = samples
        self.offsets = np.full(len(places) * samples, -1, np.int64)
        self._places = places

    def add(self, summary: Summary, offset: int) -> None:
        """Note that the line of a summary begins at this byte; a draw beyond those that are wanted is left aside."""
        if summary.draw <= self.samples:
            self.offsets[self.slot(summary)] = offset

    def widen(self, samples: int) -> None:
        """Make room for so many draws of each document."""
        if samples > self.samples:
            wider = np.full((len(self._places), samples), -1, np.int64)
            wider[:, : self.samples] = self.offsets.reshape(-1, self.samples)
            self.offsets, self.samples = wider.reshape(-1), samples

    def slot(self, summary: Summary) -> int:
        """Return the place of a summary in `offsets`."""
        return self._places[summary.document] * self.samples + summary.draw - 1

    def has(self, document: str, draw: int) -> bool:
        """Tell whether there is a summary of this draw of a document, which is given by its id."""
        return bool(self.offsets[self._places[document] * self.samples + draw - 1] >= 0)

    def there(self) -> BoolArray:
        """Return of which draws there is a summary: an array of shape (documents, draws)."""
        found: BoolArray = (self.offsets >= 0).reshape(-1, self.samples)
        return found

    def __len__(self) -> int:
        return int(np.count_nonzero(self.offsets >= 0))

    def __iter__(self) -> Iterator[Summary]:
        return self.read(self.offsets[self.offsets >= 0])

    @overload
    def __getitem__(self, index: int) -> Summary: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Summary, ...]: ...
    def __getitem__(self, index: int | slice) -> Summary | tuple[Summary, ...]:
        there = self.offsets[self.offsets >= 0]
        if isinstance(index, slice):
            return tuple(self.read(there[index]))
        return next(self.read(there[[index]]))

    def read(self, offsets: NDArray[np.int64]) -> Iterator[Summary]:
        """Yield the summaries whose lines begin at these bytes; raise RunError for a journal that has changed."""
        if not len(offsets):
            return
        read = lines_codec(Summary).read
        try:
            with self.file.open("rb") as content:
                at = 0
                for offset in offsets.tolist():
                    if offset != at:
                        content.seek(offset)
                    line = content.readline()
                    at = offset + len(line)
                    yield read(line)
        except OSError as error:
            raise RunError(f"{self.file}: cannot be read: {error.strerror}") from None
        except LineError as fault:
            raise RunError(f"{self.file}: was changed while the run went on: {fault}") from None

    def of_documents(self, start: int, stop: int) -> list[Summary]:
        """Return the summaries of the documents at the places from `start` to before `stop`."""
        some = self.offsets[start * self.samples : stop * self.samples]
        return list(self.read(some[some >= 0]))


class StoredSummaries(Sequence[Summary]):
    """The summaries of a run's systems in its journal, in the order of systems, documents and draws."""

    def __init__(self, systems: Sequence[SummaryIndex]) -> None:
        """Take the index of each system, all of one journal."""
        self.systems = systems

    def __len__(self) -> int:
        return sum(map(len, self.systems))

    def __iter__(self) -> Iterator[Summary]:
        return (summary for index in self.systems for summary in index)

    @overload
    def __getitem__(self, index: int) -> Summary: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Summary, ...]: ...
    def __getitem__(self, index: int | slice) -> Summary | tuple[Summary, ...]:
        offsets = self._offsets()
        if isinstance(index, slice):
            return tuple(self.systems[0].read(offsets[index]))
        return next(self.systems[0].read(offsets[[index]]))

    def _offsets(self) -> NDArray[np.int64]:
        """Return where the line of each summary begins, in the order of the summaries."""
        parts = [index.offsets[index.offsets >= 0] for index in self.systems]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)

    def of_documents(self, start: int, stop: int) -> list[Summary]:
        """Return the summaries of the documents from place `start` to before `stop`: document by document."""
        of_document: defaultdict[str, list[Summary]] = defaultdict(list)
        for index in self.systems:
            for summary in index.of_documents(start, stop):
                of_document[summary.document].append(summary)
        return [summary for draws in of_document.values() for summary in draws]

    def put_in_order(self, file: Path) -> None:
        """Put the journal in this order, atomically; nothing is written if it is in that order.

        Raises RunError when the disk does not take it; the journal then stays as it was.
        """
        if np.array_equal(self._offsets(), _line_starts(file)):
            return
        ends = array("q", [0])
        with files.replacing(file) as content:
            for summary in self:
                ends.append(ends[-1] + content.write(journal.line(summary)))
        starts = np.frombuffer(ends, np.int64)[:-1]
        done = 0
        for index in self.systems:
            there = index.offsets >= 0
            number = int(np.count_nonzero(there))
            index.offsets[there] = starts[done : done + number]
            done += number


def _line_starts(file: Path) -> NDArray[np.int64]:
    """Return where the lines of a journal begin; nothing where it is torn, or cannot be read."""
    starts = array("q", [0])
    line = b"\n"
    try:
        with file.open("rb") as content:
            for line in content:
                starts.append(starts[-1] + len(line))
    except OSError:
        return np.zeros(0, np.int64)
    return np.frombuffer(starts, np.int64)[:-1] if line.endswith(b"\n") else np.full(1, -2, np.int64)


def recovered(file: Path, systems: Mapping[str, int], places: Mapping[str, int]) -> dict[str, SummaryIndex]:
    """Index the journal of a run that will continue: by system the summaries that are there, not those that failed.

    `systems` have so many draws each. Lines that hold no summary, or one that does not belong to the run, are moved,
    byte for byte, to `summaries.jsonl.bad` beside the journal, and a warning names them; their summaries are then
    missing, and made again. Raises RunError when that cannot be written.
    """
    indexes = {name: SummaryIndex(file, name, places, samples) for name, samples in systems.items()}
    bad: dict[int, str] = {}
    for number, offset, text in journal.numbered_lines(file):
        try:
            summary = lines_codec(Summary).read(text)
        except LineError as damage:
            bad[number] = str(damage)
            continue
        if fault := journal.misplaced(summary, indexes, places):
            bad[number] = fault
        elif summary.error is None:
            indexes[summary.system].add(summary, offset)
    if not bad:
        return indexes
    journal.set_aside(file, bad)
    return recovered(file, systems, places)


def indexed(file: Path, systems: Iterable[str], ids: Sequence[str]) -> dict[str, SummaryIndex]:
    """Index the journal of a finished run by system; raise RunError for damage.

    Damage is a line that is no summary, or one of another system or document, or a second summary of a draw.
    """
    places = {identifier: place for place, identifier in enumerate(ids)}
    indexes = {name: SummaryIndex(file, name, places) for name in systems}
    for number, offset, text in journal.numbered_lines(file):
        try:
            summary = lines_codec(Summary).read(text)
        except LineError as damage:
            raise journal.damaged(file, number, str(damage)) from None
        if fault := journal.misplaced(summary, indexes, places):
            raise RunError(f"{file}, line {number}: {fault}")
        index = indexes[summary.system]
        index.widen(summary.draw)
        if index.has(summary.document, summary.draw):
            raise journal.doubled(file, number, summary)
        index.add(summary, offset)
    return indexes
