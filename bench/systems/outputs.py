"""Summaries made elsewhere, from a file, so that they stand in the same table."""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from typing import ClassVar

from bench.corpus import rows
from bench.errors import CorpusError
from bench.records import Document
from bench.records import Summary
from bench.sentences import words
from bench.systems.described import Described
from bench.systems.protocol import Context
from bench.systems.protocol import Summarizer

JSON_LINES = ".jsonl"


@dataclass(frozen=True, kw_only=True)
class Outputs(Described):
    """Summaries made elsewhere: a .jsonl file, joined by id, or a text file with one summary a line, in order.

    `path` is the file; `system` is the name of one of its systems, where it holds several. How many tokens were
    read and how long it took is not known.
    """

    isolated: ClassVar[bool] = False
    path: str
    system: str = ""

    def fingerprint(self) -> dict[str, Any]:
        """Return the file's checksum with the options: the file is the system."""
        return {**super().fingerprint(), "sha256": sha256(_bytes(Path(self.path))).hexdigest()}

    def check(self, documents: Sequence[Document]) -> None:
        """Raise CorpusError when the file does not hold exactly one summary for each of the documents."""
        self._texts(documents)

    def load(self, context: Context) -> Summarizer:  # noqa: ARG002 - nothing to load but the file
        """Make it ready to hand out the file's summaries."""

        def summarize(documents: Sequence[Document]) -> Iterator[Summary]:
            for document, text in zip(documents, self._texts(documents), strict=True):
                yield Summary(document.id, self.name, text, None, None, words(text), None)

        return summarize

    def _texts(self, documents: Sequence[Document]) -> list[str]:
        file = Path(self.path)
        if file.suffix != JSON_LINES:
            return _by_order(file, len(documents))
        systems = _systems(file, _stamp(file))
        if self.system not in systems:
            known = ", ".join(filter(None, systems)) or "no named system"
            raise CorpusError(f"{file}: no outputs of {self.system or 'a system without a name'!r}: it holds {known}")
        texts = systems[self.system]
        wanted = {document.id for document in documents}
        for what, ids in (("no output for", wanted - texts.keys()), ("an output for unknown", texts.keys() - wanted)):
            if ids:
                more = f" and {len(ids) - 1} more" if len(ids) > 1 else ""
                raise CorpusError(f"{file}: {self.name} has {what} document {min(ids)!r}{more}")
        return [texts[document.id] for document in documents]


def _by_order(file: Path, wanted: int) -> list[str]:
    try:
        lines = _bytes(file).decode("utf-8-sig").replace("\r\n", "\n").removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise CorpusError(f"{file}: byte {error.start + 1} is not UTF-8: save the file as UTF-8") from None
    if len(lines) != wanted:
        raise CorpusError(f"{file}: has {len(lines)} lines for {wanted} documents: it needs one summary a line")
    return lines


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CorpusError(f"{file}: {error.strerror}") from None


def _stamp(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError as error:
        raise CorpusError(f"{file}: {error.strerror}") from None


@lru_cache(maxsize=2)
def _systems(file: Path, stamp: int) -> dict[str, dict[str, str]]:  # noqa: ARG001 - a changed file is read anew
    return rows.outputs(file)
