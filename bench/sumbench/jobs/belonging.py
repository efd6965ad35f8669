"""Checks that runs belong together: shards of one run, or runs of different systems on one corpus."""

import json
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sumbench.errors import RunError
from sumbench.errors import UnfinishedError
from sumbench.errors import UsageError
from sumbench.jobs.changes import flat
from sumbench.manifest import Manifest
from sumbench.manifest import SystemEntry
from sumbench.records import Document
from sumbench.run_record import Run
from sumbench.runs import documents
from sumbench.runs.store import DOCUMENTS
from sumbench.runs.store import SUMMARIES
from sumbench.runs.store import read_run
from sumbench.runs.summary_index import SummaryIndex
from sumbench.runs.summary_index import indexed

Item = TypeVar("Item")


@dataclass(frozen=True)
class RunPart:
    """A run that is to be merged with others, and its folder."""

    path: Path
    run: Run

    @property
    def manifest(self) -> Manifest:
        """The run's manifest."""
        return self.run.manifest

    @property
    def shard(self) -> str | None:
        """Its shard as it is written (3/8), None for a run of the whole corpus."""
        shard = self.manifest.shard
        return None if shard is None else f"{shard.number}/{shard.of}"

    @property
    def whole(self) -> str:
        """The fingerprint of the whole corpus."""
        shard = self.manifest.shard
        return self.manifest.corpus.fingerprint if shard is None else shard.fingerprint

    @property
    def size(self) -> int:
        """The number of documents of the whole corpus."""
        shard = self.manifest.shard
        return self.manifest.corpus.documents if shard is None else shard.documents

    def documents(self) -> Iterator[Document]:
        """Yield its documents, which are not kept."""
        return documents.iter_documents(self.path / DOCUMENTS)

    @cached_property
    def summaries(self) -> Mapping[str, SummaryIndex]:
        """Where the summaries of each of its systems stand."""
        return indexed(self.path / SUMMARIES, [entry.name for entry in self.manifest.systems], self.run.ids)

    @cached_property
    def positions(self) -> Sequence[int]:
        """The place of each of its documents in the whole corpus."""
        if self.manifest.shard is None:
            return range(self.size)
        places = documents.read_positions(self.path / DOCUMENTS, self.size)
        if len(places) != self.manifest.corpus.documents:
            raise RunError(f"{self.path / DOCUMENTS}: has {len(places)} positions: the run is damaged")
        return places


def read_parts(paths: Sequence[Path]) -> list[RunPart]:
    """Read the runs that are to be merged.

    Raises UsageError for fewer than two, or one that is named twice, and RunError for one that is unfinished, damaged
    or without texts.
    """
    known: dict[Path, Path] = {}
    for path in paths:
        if (place := path.resolve()) in known:
            raise UsageError(f"{path}: is named twice")
        known[place] = path
    if len(known) < 2:  # noqa: PLR2004 - one is whole by itself
        raise UsageError("name the folders of two runs or more")
    parts = _read(paths)
    for part in parts:
        if not part.manifest.texts:
            raise RunError(f"{part.path}: holds no texts of its documents (--no-texts), which merging needs")
    return parts


def _read(paths: Sequence[Path]) -> list[RunPart]:
    """Read the runs; raise RunError for unfinished ones, naming all where there are several."""
    parts: list[RunPart] = []
    unfinished: dict[Path, UnfinishedError] = {}
    for path in paths:
        try:
            parts.append(_part(path))
        except UnfinishedError as error:
            unfinished[path] = error
    if not unfinished:
        return parts
    if len(unfinished) == 1:
        raise next(iter(unfinished.values()))
    raise UnfinishedError(
        f"{len(unfinished)} of {len(paths)} runs are not finished: give the command of each again: "
        f"{', '.join(map(str, unfinished))}"
    )


def _part(path: Path) -> RunPart:
    """Read a run; its scores, which were checked, are not kept: most metrics score again."""
    return RunPart(path, read_run(path).with_scores(lambda: read_run(path, checked=False).scores))


_SAME: Mapping[str, Callable[[Manifest], Any]] = {
    "suite": lambda record: record.suite,
    "seed": lambda record: record.seed,
    "--sentences": lambda record: record.sentences,
    "--words": lambda record: record.words,
    "value that ranks": lambda record: record.ranked_by,
    "statistics": lambda record: dict(record.statistics),
    "metrics": lambda record: [metric.name for metric in record.metrics],
    "version of sumbench": lambda record: record.version,
}
"""What runs that are merged have in common, by its name for readers."""


def check_parts(parts: Sequence[RunPart]) -> dict[str, list[RunPart]]:
    """Return the parts of each system, in the order in which systems come.

    Raises RunError, naming two folders, where runs do not belong together, and for a shard that is missing or doubled.
    """
    first, *others = parts
    for part in others:
        if (part.manifest.corpus.name, part.whole) != (first.manifest.corpus.name, first.whole):
            raise RunError(f"{part.path}: is of another corpus than {first.path}: {_corpus(part)}, {_corpus(first)}")
        for what, of in _SAME.items():
            here, there = of(part.manifest), of(first.manifest)
            if here != there:
                raise RunError(
                    f"{part.path}: has another {what} than {first.path}: {_short(here)}, not {_short(there)}"
                )
    by_system: defaultdict[str, list[RunPart]] = defaultdict(list)
    for part in parts:
        for entry in part.manifest.systems:
            by_system[entry.name].append(part)
    for name, some in by_system.items():
        _check_system(name, some)
        _check_shards(name, some)
    return dict(by_system)


def entry_of(part: RunPart, system: str) -> SystemEntry:
    """Return a system's entry in a part."""
    return next(entry for entry in part.manifest.systems if entry.name == system)


def _corpus(part: RunPart) -> str:
    return f"{part.manifest.corpus.name}, sha256 {part.whole[:16]}"


def _short(value: object) -> str:
    shown = json.dumps(value)
    return shown if len(shown) < 80 else f"{shown[:77]}…"  # noqa: PLR2004 - a part of a line


def _check_system(name: str, parts: Sequence[RunPart]) -> None:
    first, *others = parts
    known = entry_of(first, name)
    for part in others:
        entry = entry_of(part, name)
        if differs := next(_differences(known, entry), None):
            raise RunError(f"{part.path}: its {name} is not that of {first.path}: {differs}")


def _differences(one: SystemEntry, other: SystemEntry) -> Iterator[str]:
    mine, theirs = flat(one.fingerprint), flat(other.fingerprint)
    for key in [*mine, *(key for key in theirs if key not in mine)]:
        if mine.get(key) != theirs.get(key):
            yield f"{key} {_short(theirs.get(key))}, not {_short(mine.get(key))}"
    for what in ("role", "samples", "prompt"):
        if getattr(one, what) != getattr(other, what):
            yield f"{what} {_short(getattr(other, what))}, not {_short(getattr(one, what))}"


def _check_shards(name: str, parts: Sequence[RunPart]) -> None:
    """Raise RunError where parts of a system are not all shards of the corpus, each of them once, or one whole run."""
    whole = [part for part in parts if part.manifest.shard is None]
    if whole and len(parts) > 1:
        other = next(part for part in parts if part is not whole[0])
        raise RunError(f"{name} is in {whole[0].path}, on the whole corpus, and in {other.path}: leave one out")
    known: dict[str, RunPart] = {}
    counts = {part.manifest.shard.of: part for part in parts if part.manifest.shard is not None}
    if len(counts) > 1:
        one, other, *_ = counts.values()
        raise RunError(f"{other.path}: is shard {other.shard}, {one.path} is shard {one.shard}")
    for part in parts:
        if part.shard is not None and (other := known.setdefault(part.shard, part)) is not part:
            raise RunError(f"shard {part.shard} of {name} is there twice: {other.path} and {part.path}")
    missing = [shard for of in counts for number in range(1, of + 1) if (shard := f"{number}/{of}") not in known]
    if missing:
        named = f"of {name} {'shard' if len(missing) == 1 else 'shards'} {', '.join(missing)}"
        if len(missing) == 1:
            raise RunError(f"{named} is missing: run it with --shard {missing[0]}, or name its folder")
        raise RunError(f"{named} are missing: run each with its --shard, or name their folders")


def owners_of(parts: Sequence[RunPart]) -> NDArray[np.int64]:
    """Return for each document of the whole, in its order, in which of the parts it is."""
    places = np.concatenate([np.array(part.positions, np.int64) for part in parts])
    numbers = np.repeat(np.arange(len(parts)), [len(part.positions) for part in parts])
    return numbers[np.argsort(places, kind="stable")]


def in_turn(owners: NDArray[np.int64], streams: Sequence[Iterator[Item]]) -> Iterator[Item]:
    """Yield the next item of one stream after the other: `owners` has their numbers. They end together."""
    for number in owners.tolist():
        yield from islice(streams[number], 1)
