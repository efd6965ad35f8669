"""Workers without a process that do as they are told, for tests of what is tried again, and by whom."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field

from sumbench.executors.attempts import Attempts
from sumbench.executors.attempts import BrokenOffError
from sumbench.executors.protocol import Assignment
from sumbench.executors.protocol import Chunk
from sumbench.executors.protocol import Event
from sumbench.executors.protocol import Loaded
from sumbench.executors.protocol import LoadFailed
from sumbench.executors.protocol import Made
from sumbench.executors.protocol import Spent
from sumbench.records import Summary


@dataclass
class Plan:
    """What a worker of these tests does, and what it has done: the documents in the groups in which it got them."""

    loads: bool = True
    dies_on: str = ""
    seconds: float = 0.0
    done: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)


class Scripted(Attempts):
    """A worker in this thread that does as its plan says."""

    def __init__(self, assignment: Assignment, plan: Plan, *, singly: bool = False) -> None:
        """Follow the plan."""
        super().__init__(assignment, singly=singly)
        self.plan = plan
        self._loaded = False

    def _attempt(self, chunk: Chunk) -> Iterator[Event]:
        if not self._loaded:
            if not self.plan.loads:
                yield LoadFailed("no room on this device")
                return
            self._loaded = True
            yield Loaded(0.5)
        self.plan.groups.append("".join(document.id for document in chunk.documents))
        for document in chunk.documents:
            if self.plan.dies_on and self.plan.dies_on in document.text:
                raise BrokenOffError("died")
            time.sleep(self.plan.seconds)
            self.plan.done.append(document.id)
            yield Made(Summary(document.id, "f", document.text, 1, 1, 1, 0.1))
        yield Spent(1.0, 7)

    def discard(self) -> None:
        """Load again."""
        self._loaded = False

    def done(self) -> None:
        """Nothing is held."""
