"""The system protocol: a cheap description that loads a summarizer."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from enum import StrEnum
from typing import Any
from typing import Protocol

from sumbench.records import Document
from sumbench.records import Summary
from sumbench.weights import Store

Summarizer = Callable[[Sequence[Document]], Iterator[Summary]]
"""A loaded system: yields, in any order, a Summary for each draw of each document that `Context.made` lacks."""


class Role(StrEnum):
    """The role of a system in a table: ranked, or set apart as a floor or ceiling."""

    RANKED = "ranked"
    FLOOR = "floor"
    CEILING = "ceiling"


@dataclass(frozen=True)
class Context:
    """What a system may need from the run it takes part in.

    `seed` governs every random draw, `store` holds model weights, `device` is a torch device name or "auto". `made`
    has, by document id, the numbers of the draws that were made before and are not to be made again. It covers the
    current chunk of documents only and changes from chunk to chunk: call `wanted` just before a document is summarized,
    not when the system is loaded.
    """

    seed: int
    store: Store
    device: str = "auto"
    made: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def wanted(self, document: str, samples: int) -> list[int]:
        """Return the numbers of the draws, of 1 to `samples`, that are still to be made of a document (its id)."""
        there = self.made.get(document, frozenset())
        return [draw for draw in range(1, samples + 1) if draw not in there]


class System(Protocol):
    """A system as it was named on the command line: its options are its fields, and building it loads nothing."""

    @property
    def name(self) -> str:
        """The name shown in tables."""

    @property
    def role(self) -> Role:
        """Ranked among the others, or set apart as a floor or a ceiling."""

    @property
    def weights(self) -> str | None:
        """The catalog name of the weights it needs, or None."""

    @property
    def uses_references(self) -> bool:
        """Whether it looks at the references."""

    @property
    def seeded(self) -> bool:
        """Whether its output depends on the run's seed."""

    @property
    def samples(self) -> int:
        """How many summaries it draws of each document: 1 for one that draws none at random."""

    @property
    def isolated(self) -> bool:
        """Whether it runs in a process of its own, which shows its memory and keeps its crashes from other systems."""

    @property
    def remote(self) -> bool:
        """Whether it asks a server, for several documents at once: a second process of it would gain nothing."""

    @property
    def trained_on(self) -> Sequence[str]:
        """The names of the corpora that it is known to have been trained on."""

    @property
    def prompt_text(self) -> str | None:
        """The text of its prompt, as a prompt file has it; None for a system without one."""

    def cost(self, summary: Summary) -> float | None:
        """Return the cost of one of its summaries, in the currency of its prices; None without prices."""

    def fingerprint(self) -> Mapping[str, Any]:
        """Return everything that can change its output, as JSON values."""

    def load(self, context: Context) -> Summarizer:
        """Make it ready to work; raise SummarizerError or WeightsError when that cannot be done."""
