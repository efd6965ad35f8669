"""Counts the marks in the texts of systems, references and documents, and makes the notes about them."""

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field

from sumbench.marks.kinds import BY_NAME
from sumbench.marks.kinds import CLEAN
from sumbench.marks.kinds import marks_in
from sumbench.records import Document

REFERENCES = "references"

_SHOWN = 24


@dataclass
class MarkCounter:
    """Counts texts by whose they are (a system's name, or `references`), and those with marks of each kind."""

    texts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    found: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    examples: dict[tuple[str, str], str] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, whose: str, text: str) -> None:
        """Look through a text."""
        self.texts[whose] += 1
        for name, example in marks_in(text).items():
            self.found[whose, name] += 1
            self.examples.setdefault((whose, name), example)

    def add_references(self, documents: Iterable[Document]) -> None:
        """Look through the references of documents."""
        for document in documents:
            for text in document.references:
                self.add(REFERENCES, text)

    def clean(self, whose: str, *, changed: bool) -> None:
        """Count a text that was cleaned, and whether that changed it."""
        self.changed[whose] += changed

    def notes(self, *, run: bool = False) -> Iterator[str]:
        """Yield a line for each system's texts that were cleaned, and for each kind of mark that texts still hold.

        The remedies are flags of `score`, or in a `run` options of the system and the corpus.
        """
        for whose, number in self.changed.items():
            way = _as_option(CLEAN) if run else CLEAN
            texts = _count(self.texts[whose])
            kept = "; summaries.jsonl has them as they were (raw)" if number else ""
            yield f"marks: {way} changed {number} of {texts} of {whose}{kept}"
        for (whose, name), number in self.found.items():
            held = f"{number} of {_count(self.texts[whose])} of {whose} hold"
            if whose == REFERENCES:
                held = f"{number} of {self.texts[whose]} references hold"
            remedy = _remedy(name, reference=whose == REFERENCES, cleaned=whose in self.changed)
            remedy = _as_option(remedy, reference=whose == REFERENCES) if run else remedy
            example = shown(self.examples[whose, name])
            yield f"marks: {held} {name} ({example}), scored as they stand: {remedy}"


def _remedy(name: str, *, reference: bool, cleaned: bool) -> str:
    kind = BY_NAME[name]
    if reference:
        return kind.elsewhere
    if kind.remedy != CLEAN:
        return kind.remedy
    return "take them out of the file" if cleaned else f"{CLEAN} takes them off"


def _as_option(remedy: str, *, reference: bool = False) -> str:
    """Return a remedy that names flags of `score` as one that names the options of a run's system or corpus."""
    return remedy.replace(CLEAN, "clean=true").replace("--sentences ", "sentences=" if reference else "convention=")


def _count(number: int) -> str:
    return f"{number} {'text' if number == 1 else 'texts'}"


def shown(example: str) -> str:
    """Return a mark in one short line."""
    line = " ".join(example.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN].rstrip()}…"
