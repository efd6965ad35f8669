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
"""A loaded system: takes documents, yields one Summary for each draw of each that is not made, in any order."""


class Role(StrEnum):
    """How a system stands in a table."""

    RANKED = "ranked"
    FLOOR = "floor"
    CEILING = "ceiling"


@dataclass(frozen=True)
class Context:
    """What a system may need from the run it takes part in.

    `seed` governs every random draw, `store` holds model weights, `device` is a torch device name or "auto". `made`
    has, by document id, the numbers of the draws that are there already; those of a document it lacks are all wanted.
    It is of the documents that a loaded system has just been handed, and changes from one chunk of them to the next:
    ask `wanted` when a document's turn has come.
    """

    seed: int
    store: Store
    device: str = "auto"
    made: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def wanted(self, document: str, samples: int) -> list[int]:
        """Return the numbers of the draws, of 1 to `samples`, that are not there yet of a document (its id)."""
        there = self.made.get(document, frozenset())
        return [draw for draw in range(1, samples + 1) if draw not in there]


class System(Protocol):
    """A system as it was named on the command line: its options are its fields, and building it loads nothing."""

    @property
    def name(self) -> str:
        """The name that stands in tables."""

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
        """Whether it works in another process, so that its memory is measured and its crash harms nobody else."""

    @property
    def trained_on(self) -> Sequence[str]:
        """The names of the corpora that it is known to have been trained on."""

    @property
    def prompt_text(self) -> str | None:
        """The text of its prompt, as a prompt file has it; None for a system without one."""

    def cost(self, summary: Summary) -> float | None:
        """Return what a summary of its own cost, in the currency of its price; None where there is no price."""

    def fingerprint(self) -> Mapping[str, Any]:
        """Return everything that can change its output, as JSON values."""

    def load(self, context: Context) -> Summarizer:
        """Make it ready to work; raise SummarizerError or WeightsError when that cannot be done."""
