"""ROUGE as a metric of runs, with the presets google and perl."""

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import ClassVar
from typing import Protocol

import numpy as np

from sumbench.errors import MetricError
from sumbench.errors import UsageError
from sumbench.manifest import Value
from sumbench.metrics.grid import SummaryGrid
from sumbench.metrics.protocol import BatchNote
from sumbench.metrics.protocol import BatchScores
from sumbench.metrics.protocol import MetricContext
from sumbench.metrics.protocol import Needs
from sumbench.metrics.protocol import Scorer
from sumbench.metrics.rouge.lost_letters import ENGLISH_REMEDY
from sumbench.metrics.rouge.lost_letters import PERL_REMEDY
from sumbench.metrics.rouge.lost_letters import reference_notes
from sumbench.metrics.rouge.lost_letters import refuse_references
from sumbench.metrics.rouge.lost_letters import summary_notes
from sumbench.metrics.rouge.values import values
from sumbench.metrics.rouge.values import with_parts
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.rouge import REFERENCE_HANDLINGS
from sumbench.rouge import CorpusCounts
from sumbench.rouge import CorpusScorer
from sumbench.rouge import DocumentTexts
from sumbench.rouge import RougeError
from sumbench.rouge import Signature
from sumbench.rouge import WordTokenizer
from sumbench.rouge import language_tokenizer
from sumbench.rouge.languages import BY_LANGUAGE
from sumbench.rouge.languages import TOKENIZATIONS
from sumbench.rouge.perl import PerlRouge
from sumbench.rouge.signature import sentence_splitting
from sumbench.rouge.texts import check_text
from sumbench.rouge.tokens import ASCII

if TYPE_CHECKING:
    from sumbench.scores import FloatArray

ROUGE_TYPES = ("rouge1", "rouge2", "rougeL", "rougeLsum")

GOOGLE = "google"
PERL = "perl"

_PERL_WORDS = WordTokenizer()
_PERL_STEMS = "porter-1.5.5"
_PERL_HANDLINGS = {"pooled": "-f A", "best": "-f B"}
"""What ROUGE-1.5.5 itself does with several references."""


class NamedTokenizer(Protocol):
    """A tokenizer with the names of its `words` and its `stemmer`."""

    @property
    def words(self) -> str:
        """The name of how words are found."""

    @property
    def tok(self) -> str:
        """The name of the words in signatures, with the version of a dictionary."""

    @property
    def stemmer(self) -> str:
        """The name of the stemmer."""

    def tokenize(self, text: str) -> list[str]:
        """Return the tokens of a text, in order."""


@dataclass(frozen=True, kw_only=True)
class RougeMetric:
    """ROUGE-1, ROUGE-2, ROUGE-L and ROUGE-Lsum: words, word pairs and subsequences shared with the references.

    Values are F1, precision and recall, 0 to 1 (Lin, 2004), of each of the `types`. `handling` says what becomes of
    several references: jackknife, max, mean, pooled or best. With the `preset` google words and stems follow the
    document's language, and English ones are rouge_score's; with perl they are those of ROUGE-1.5.5 with `-m`,
    whatever the language. Each program has its own way with several references, and the jackknife is neither's:
    rouge_score's is max, ROUGE-1.5.5's are pooled (`-f A`, its default) and best (`-f B`).

    With `tok` words a dictionary finds the words of Chinese, Japanese, Thai, Lao, Khmer and Burmese (the extra
    `words`); by default these are read letter by letter, each with its marks, and Katakana in words.
    """

    name: str = "rouge"
    types: tuple[str, ...] = ROUGE_TYPES
    handling: str = "jackknife"
    preset: str = GOOGLE
    tok: str = BY_LANGUAGE
    needs: ClassVar[Needs] = Needs()
    costly: ClassVar[bool] = False

    def __post_init__(self) -> None:
        """Refuse ROUGE types, handlings, presets and words that are none, with a UsageError."""
        try:
            CorpusScorer(self.types)
        except RougeError as error:
            raise UsageError(str(error)) from None
        for what, name, known in (
            ("handling of references", self.handling, REFERENCE_HANDLINGS),
            ("preset", self.preset, (GOOGLE, PERL)),
            ("tok", self.tok, TOKENIZATIONS),
        ):
            if name not in known:
                raise UsageError(f"unknown {what} {name!r}: known are {', '.join(known)}")
        if self.preset == PERL and self.tok != BY_LANGUAGE:
            raise UsageError(f"{self.name}: tok={self.tok} does not go with preset=perl: ROUGE-1.5.5 has its own words")

    def values(self) -> tuple[Value, ...]:
        """Return F1, precision and recall of each ROUGE type."""
        return values(self.types)

    def signatures(self, languages: Collection[str]) -> dict[str, str]:
        """Return the signature line of each value."""
        tokenizers = [self._tokenizer(language) for language in languages or ("",)]
        words = "+".join(sorted({tokenizer.tok for tokenizer in tokenizers}))
        stems = "+".join(sorted({tokenizer.stemmer for tokenizer in tokenizers}))
        lines = {
            name: str(
                Signature(
                    name,
                    stem=_PERL_STEMS if self.preset == PERL else stems,
                    refs=self.handling,
                    tok=words,
                    sent=sentence_splitting(name),
                )
            )
            for name in self.types
        }
        return with_parts(lines, "f1")

    def reader_notes(self, *, several_references: bool) -> Sequence[str]:
        """Return what a reader of the figures should know: how far they are ROUGE-1.5.5's with several references."""
        if not several_references or self.preset != PERL:
            return ()
        own = _PERL_HANDLINGS.get(self.handling)
        ways = " and ".join(f"{handling} ({flag})" for handling, flag in _PERL_HANDLINGS.items())
        what = f"{self.name}: words and stems are ROUGE-1.5.5's; several references: {self.handling}"
        return (f"{what}, as with its {own}" if own else f"{what}, which it does not do: its own ways are {ways}",)

    def load(self, context: MetricContext) -> Scorer:  # noqa: ARG002 - nothing to load
        """Return the scorer; it raises MetricError, naming the document, for a text that cannot be scored."""
        scorers: dict[NamedTokenizer, CorpusScorer] = {}

        def score(documents: Sequence[Document], summaries: Sequence[Summary]) -> BatchScores:
            _check_texts(documents, summaries)
            self.check_documents(documents)
            batch = _Batch(documents, summaries, [value.name for value in self.values()])
            for tokenizer, rows in self._groups(documents).items():
                if tokenizer not in scorers:
                    scorers[tokenizer] = self._scorer(tokenizer)
                batch.score(scorers[tokenizer], rows, self.types, self.handling)
            return BatchScores(batch.values, agreement=batch.agreement, notes=self._notes(documents, summaries))

        return score

    def check_documents(self, documents: Sequence[Document]) -> None:
        """Raise MetricError, naming the document, for a reference that the preset perl does not read."""
        if self.preset == PERL:
            refuse_references(documents)

    def _notes(self, documents: Sequence[Document], summaries: Sequence[Summary]) -> list[BatchNote]:
        """Return notes on texts of which words that are runs of a-z and 0-9 lose letters."""
        if self.preset == PERL:
            return summary_notes(summaries, PERL_REMEDY)
        mine = [document for document in documents if self._tokenizer(document.language).words == ASCII]
        ids = {document.id for document in mine}
        theirs = [summary for summary in summaries if summary.document in ids]
        return [*reference_notes(mine, ENGLISH_REMEDY), *summary_notes(theirs, ENGLISH_REMEDY)]

    def _groups(self, documents: Sequence[Document]) -> dict[NamedTokenizer, list[int]]:
        """Return the documents, by index, that are read by each tokenizer."""
        groups: dict[NamedTokenizer, list[int]] = defaultdict(list)
        for index, document in enumerate(documents):
            groups[self._tokenizer(document.language)].append(index)
        return groups

    def _tokenizer(self, language: str) -> NamedTokenizer:
        if self.preset == PERL:
            return _PERL_WORDS
        try:
            return language_tokenizer(language, tok=self.tok)
        except RougeError as error:
            raise UsageError(f"{self.name}: {error}") from None

    def _scorer(self, tokenizer: NamedTokenizer) -> CorpusScorer:
        if self.preset == PERL:
            return CorpusScorer(self.types, analyze=PerlRouge("-n 1 -m").sentences, agreement=True)
        return CorpusScorer(self.types, tokenizer=tokenizer, agreement=True, warn=False)


class _Batch(SummaryGrid):
    """The texts of a batch laid out for the scorer, and its results."""

    def __init__(self, documents: Sequence[Document], summaries: Sequence[Summary], names: Sequence[str]) -> None:
        super().__init__(documents, summaries)
        self.documents = documents
        self.values: dict[str, FloatArray] = {name: np.full(len(summaries), np.nan) for name in names}
        self.agreement: dict[str, FloatArray] = {name: np.full(len(documents), np.nan) for name in names}

    def score(self, scorer: CorpusScorer, rows: Sequence[int], types: Sequence[str], handling: str) -> None:
        """Fill in the values of the summaries of the documents in these rows."""
        texts = (DocumentTexts(self.documents[row].references, self.texts[row]) for row in rows)
        counts = CorpusCounts.concatenate(list(scorer.stream(texts)))
        scored_row = np.full(len(self.documents), -1)
        scored_row[rows] = np.arange(len(rows))
        mine = np.flatnonzero(scored_row[self.cells[:, 0]] >= 0)
        row, column = scored_row[self.cells[mine, 0]], self.cells[mine, 1]
        several = [len(self.documents[row].references) > 1 for row in rows]
        for name in types:
            scored = counts.scores(name, handling)
            among = counts.agreement_scores(name, handling)
            for key, figures, agreed in (
                (name, scored.f1, among.f1),
                (f"{name}_precision", scored.precision, among.precision),
                (f"{name}_recall", scored.recall, among.recall),
            ):
                self.values[key][mine] = figures[row, column]
                self.agreement[key][rows] = np.where(several, agreed, np.nan)


def _check_texts(documents: Sequence[Document], summaries: Sequence[Summary]) -> None:
    for document in documents:
        for reference in document.references:
            _check(reference, f"a reference of document {document.id!r}")
    for summary in summaries:
        _check(summary.text, f"{summary.system}'s summary of document {summary.document!r}")


def _check(text: str, what: str) -> None:
    try:
        check_text(text, what)
    except RougeError as error:
        raise MetricError(str(error)) from None
