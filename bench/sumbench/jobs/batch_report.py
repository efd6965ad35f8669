"""The size of a batch: requests, files, bytes, tokens, and what they may cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

from sumbench.generation.endpoint.fallbacks import Turns
from sumbench.generation.endpoint.inputs import estimated_tokens
from sumbench.systems.endpoint import Endpoint
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table


@dataclass
class BatchSize:
    """What is asked for a system: `requests` in `files` of so many bytes (`size`) together.

    `tokens` is about how many are to be read, rather too many than too few, and `new_tokens` how many may be written at
    most. `further` tells whether more requests may follow from the answers.
    """

    system: Endpoint
    new_tokens_each: int
    files: list[str] = field(default_factory=list)
    requests: int = 0
    size: int = 0
    tokens: int = 0

    @property
    def new_tokens(self) -> int:
        """How many tokens may be written at most."""
        return self.requests * self.new_tokens_each

    @property
    def further(self) -> bool:
        """Whether requests may follow from the answers: the summaries of chunks are summarized."""
        return self.system.max_input_tokens > 0 and self.system.long == "chunk"

    @property
    def cost(self) -> float | None:
        """What it costs at most, in the currency of the prices; None without prices."""
        if not (self.system.price_in or self.system.price_out):
            return None
        return (self.system.price_in * self.tokens + self.system.price_out * self.new_tokens) / 1e6

    def add(self, file: str, turns: Turns, size: int) -> None:
        """Count a request that stands in a file."""
        if file not in self.files[-1:]:
            self.files.append(file)
        self.requests += 1
        self.size += size
        self.tokens += sum(estimated_tokens(turn["content"]) for turn in turns)


def batch_table(corpus: str, sizes: Sequence[BatchSize], there: int, *, dry_run: bool) -> Table:
    """Return the table of an export; `there` is how many requests stand in files of an earlier one."""
    priced = any(size.cost is not None for size in sizes)
    columns = (
        Column("system", "system"),
        Column("requests", "requests", 0),
        Column("files", "files"),
        Column("megabytes", "MB", 2),
        Column("input_tokens", "tokens to read", 0),
        Column("output_tokens", "to write at most", 0),
        *([Column("cost", "cost at most", 2)] if priced else []),
    )
    rows = tuple(
        Row(
            (
                size.system.name,
                size.requests,
                _range(size.files),
                size.size / 1e6,
                size.tokens,
                size.new_tokens,
                *([size.cost] if priced else []),
            )
        )
        for size in sizes
    )
    notes = ["tokens to read are estimated, rather too many than too few"]
    if any(size.further for size in sizes):
        notes.append("long=chunk: further requests follow from the answers; the import writes them")
    if there:
        notes.append(f"{there} requests stand in files of an earlier export: remove a file to have its requests again")
    title = f"{corpus}: {'what would be asked' if dry_run else 'what is asked'}"
    return Table(title, columns, (Section("", rows),), tuple(notes))


def _range(files: Sequence[str]) -> str:
    return files[0] if len(files) == 1 else f"{files[0]} to {files[-1]}" if files else "none"
