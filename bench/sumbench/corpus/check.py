"""Describes a corpus (sizes, lengths, languages) and finds problems that would spoil a comparison."""

import re
from collections import Counter
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from sumbench.corpus import duplicates
from sumbench.corpus.resemblance import NearDuplicateFinder
from sumbench.languages import contradicts
from sumbench.languages import guess
from sumbench.marks.kinds import BY_NAME
from sumbench.marks.kinds import marks_in
from sumbench.records import Document
from sumbench.sentences import words

_WORD = re.compile(r"\w+")

NO_TEXT = "document without text"
NO_REFERENCE = "document without reference"
EMPTY_REFERENCE = "empty reference"
SAME_REFERENCES = "identical references"
LONG_REFERENCE = "reference longer than its document"
COPIED = "reference copied from its document"
WRONG_LANGUAGE = "language differs from what is declared"
SAME_ID = "id used before"
DUPLICATE = "duplicate documents"
NEAR_DUPLICATE = "near-duplicate documents"


class Spread(NamedTuple):
    """Smallest, median, mean and largest of some counts."""

    least: float
    median: float
    mean: float
    most: float


class Finding(NamedTuple):
    """A problem, and the documents that have it: their ids with the number of their row, or groups of them."""

    what: str
    where: tuple[str, ...]


@dataclass(frozen=True)
class CorpusReport:
    """What a corpus holds.

    `references` counts documents by their number of references. Lengths are in words, of references also in
    sentences (lines). `extractive` is the mean share (0 to 1) of a reference's word pairs that occur in its document,
    None where documents have no text. `languages` counts the languages that texts seem to be in, "" for unclear.
    """

    documents: int
    references: dict[int, int]
    document_words: Spread | None
    reference_words: Spread | None
    reference_sentences: Spread | None
    extractive: float | None
    languages: dict[str, int]
    findings: tuple[Finding, ...]


def check_documents(documents: Iterable[Document]) -> CorpusReport:
    """Describe the documents in one pass; their texts are not kept."""
    checker = _Checker()
    groups = duplicates.duplicate_groups(checker.observe(documents))
    group_of = {label: number for number, group in enumerate(groups) for label in group}
    checker.found[DUPLICATE] = [" = ".join(group) for group in groups]
    checker.found[NEAR_DUPLICATE] = [
        f"{one} ≈ {other} ({alike:.0%})"
        for one, other, alike in checker.near()
        if one not in group_of or group_of[one] != group_of.get(other)
    ]
    return CorpusReport(
        documents=checker.number,
        references=dict(sorted(Counter(checker.reference_counts).items())),
        document_words=_spread(checker.document_words),
        reference_words=_spread(checker.reference_words),
        reference_sentences=_spread(checker.reference_sentences),
        extractive=float(np.mean(checker.extractive)) if checker.extractive else None,
        languages=dict(checker.languages.most_common()),
        findings=tuple(Finding(what, tuple(where)) for what, where in checker.found.items() if where),
    )


@dataclass
class _Checker:
    number: int = 0
    ids: set[str] = field(default_factory=set)
    with_text: list[str] = field(default_factory=list)
    reference_counts: list[int] = field(default_factory=list)
    document_words: list[int] = field(default_factory=list)
    reference_words: list[int] = field(default_factory=list)
    reference_sentences: list[int] = field(default_factory=list)
    extractive: list[float] = field(default_factory=list)
    languages: Counter[str] = field(default_factory=Counter)
    found: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    resemblances: NearDuplicateFinder = field(default_factory=NearDuplicateFinder)

    def observe(self, documents: Iterable[Document]) -> Iterator[Document]:
        """Yield the documents once they are checked, each with its label (id and number of the row) as its id."""
        for document in documents:
            self.number += 1
            label = f"{document.id} (row {self.number})"
            if document.id in self.ids:
                self.found[SAME_ID].append(label)
            self.ids.add(document.id)
            self._check(document, label)
            yield replace(document, id=label)

    def _check_marks(self, document: Document, label: str) -> None:
        found = {
            f"marks in references: {name} ({BY_NAME[name].elsewhere})"
            for text in document.references
            for name in marks_in(text)
        }
        found |= {f"marks in documents: {name}" for name in marks_in(document.text, document=True)}
        for what in sorted(found):
            self.found[what].append(label)

    def _check(self, document: Document, label: str) -> None:
        self._check_marks(document, label)
        references = [text for text in document.references if text.strip()]
        size = words(document.text)
        self.reference_counts.append(len(references))
        for what, holds in (
            (NO_TEXT, not size),
            (NO_REFERENCE, not document.references),
            (EMPTY_REFERENCE, len(references) < len(document.references)),
            (SAME_REFERENCES, len({" ".join(text.split()) for text in references}) < len(references)),
            (LONG_REFERENCE, bool(size) and any(words(text) > size for text in references)),
        ):
            if holds:
                self.found[what].append(label)
        self.reference_words += [words(text) for text in references]
        self.reference_sentences += [sum(1 for line in text.split("\n") if line.strip()) for text in references]
        if size:
            self._check_text(document, references, label)

    def _check_text(self, document: Document, references: list[str], label: str) -> None:
        self.document_words.append(words(document.text))
        inside = set(_bigrams(document.text))
        shares = [
            sum(pair in inside for pair in pairs) / len(pairs) for text in references if (pairs := _bigrams(text))
        ]
        self.extractive += shares
        if any(share == 1 for share in shares):
            self.found[COPIED].append(label)
        guessed = guess(document.text)
        self.languages[guessed.language] += 1
        if document.language and contradicts(guessed, document.language):
            self.found[WRONG_LANGUAGE].append(f"{label}: {document.language} declared, looks like {guessed.language}")
        self.with_text.append(label)
        self.resemblances.add(document.text)

    def near(self) -> Iterator[tuple[str, str, float]]:
        """Yield the labels of near-duplicates, and how much they resemble each other."""
        for one, other, alike in self.resemblances.pairs():
            yield self.with_text[one], self.with_text[other], alike


def _bigrams(text: str) -> list[tuple[str, str]]:
    return list(pairwise(_WORD.findall(text.casefold())))


def _spread(counts: list[int]) -> Spread | None:
    if not counts:
        return None
    values = np.array(counts)
    return Spread(float(values.min()), float(np.median(values)), float(values.mean()), float(values.max()))
