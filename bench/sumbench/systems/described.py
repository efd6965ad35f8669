"""Base class of systems: options as dataclass fields, the fingerprint made of them, and timing of each document."""

import json
import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import fields
from importlib.metadata import version
from typing import Any
from typing import ClassVar
from typing import NamedTuple

from sumbench.errors import failure_kind
from sumbench.errors import failure_reason
from sumbench.options import plain
from sumbench.plugins import provenance
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.systems.protocol import Role
from sumbench.systems.protocol import Summarizer


@dataclass(frozen=True, kw_only=True)
class Described:
    """The base of the systems: a subclass' fields are its options, and with its class they make its fingerprint.

    `uses_references` is True for one that looks at the references, `isolated` for one that works in a process of its
    own, `remote` for one that asks a server, for several documents at once. `libraries` names the packages whose
    version can change the output; `revision` counts changes of the system's own code that do.
    """

    name: str
    role: ClassVar[Role] = Role.RANKED
    uses_references: ClassVar[bool] = False
    isolated: ClassVar[bool] = True
    remote: ClassVar[bool] = False
    libraries: ClassVar[tuple[str, ...]] = ()
    revision: ClassVar[int] = 1

    @property
    def weights(self) -> str | None:
        """The catalog name of the weights it needs, or None."""
        return None

    @property
    def trained_on(self) -> tuple[str, ...]:
        """The names of the corpora that it is known to have been trained on."""
        return ()

    @property
    def seeded(self) -> bool:
        """Whether its output depends on the run's seed."""
        return False

    @property
    def samples(self) -> int:
        """How many summaries it draws of each document."""
        return 1

    @property
    def prompt_text(self) -> str | None:
        """The text of its prompt, as a prompt file has it; None for a system without one."""
        return None

    def cost(self, summary: Summary) -> float | None:  # noqa: ARG002 - most cost nothing that is billed
        """Return the cost of one of its summaries, in the currency of its prices; None without prices."""
        return None

    def fingerprint(self) -> dict[str, Any]:
        """Return everything that can change the output: the class and where it comes from, options, libraries.

        A class of an installed distribution is named with the distribution's version, one of a plug-in file with the
        file's SHA-256. One of sumbench is not named with sumbench's version: summaries are kept beyond a release, and
        `revision` counts the changes of the system's code that matter to them. How many `samples` are drawn is left
        out: a draw is the same whatever the number of others.
        """
        return {
            "system": type(self).__name__,
            **provenance(type(self)),
            "revision": self.revision,
            "options": {
                field.name: plain(getattr(self, field.name))
                for field in fields(self)
                if field.name not in {"name", "samples"}
            },
            "libraries": {library: version(library) for library in self.libraries},
        }

    def tells_apart(self) -> str:
        """Return the name of its random streams, different for each system: its class and its options.

        Versions and weights are not in it, so that both can change and the same numbers are drawn.
        """
        parts = self.fingerprint()
        return json.dumps([parts["system"], parts["options"]], sort_keys=True)


class Draft(NamedTuple):
    """A summary's text (one sentence a line) with the tokens read and written, before anyone timed it."""

    text: str
    input_tokens: int
    seen_tokens: int
    output_tokens: int


def one_by_one(name: str, write: Callable[[Document], Draft]) -> Summarizer:
    """Turn `write`, which drafts one summary, into a Summarizer that times each and continues after a failure.

    A document on which `write` raises becomes a Summary with the reason in `error`; the others are not touched.
    """

    def summarize(documents: Sequence[Document]) -> Iterator[Summary]:
        for document in documents:
            start = time.perf_counter()
            error, kind = None, None
            try:
                draft = write(document)
            except Exception as failure:  # noqa: BLE001 - a document that fails is a result, and the run goes on
                draft = Draft("", 0, 0, 0)
                error, kind = failure_reason(failure), failure_kind(failure)
            seconds = time.perf_counter() - start
            yield Summary(document.id, name, *draft, seconds=seconds, error=error, failure=kind)

    return summarize
