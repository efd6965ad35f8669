"""ROUGE for runs: documents with their references, and everybody's summaries of them."""

from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sumbench.errors import MetricError
from sumbench.metrics.protocol import AGREEMENT
from sumbench.records import Document
from sumbench.records import Score
from sumbench.records import Summary
from sumbench.rouge import REFERENCE_HANDLINGS
from sumbench.rouge import CorpusScorer
from sumbench.rouge import DocumentTexts
from sumbench.rouge import RougeError
from sumbench.rouge import Signature
from sumbench.rouge import WordTokenizer
from sumbench.rouge import language_tokenizer
from sumbench.rouge.perl import PerlRouge
from sumbench.rouge.texts import check_text

ROUGE_TYPES = ("rouge1", "rouge2", "rougeL", "rougeLsum")

GOOGLE = "google"
PERL = "perl"

_PERL_WORDS = WordTokenizer()
_PERL_STEMS = "porter-1.5.5"

Draw: TypeAlias = tuple[str, int]
"""A system, and which of its draws."""


@dataclass(frozen=True)
class RougeMetric:
    """ROUGE-1, ROUGE-2, ROUGE-L and ROUGE-Lsum: words, word pairs and subsequences shared with the references.

    Values are F1, 0 to 1 (Lin, 2004). `handling` says what becomes of several references. With the preset `google`
    words and stems follow the document's language, and English ones are rouge_score's; with `perl` they are those of
    ROUGE-1.5.5 with `-m`, whatever the language.
    """

    rouge_types: tuple[str, ...] = ROUGE_TYPES
    handling: str = "jackknife"
    preset: str = GOOGLE

    def __post_init__(self) -> None:
        """Refuse ROUGE types, handlings and presets that are none, with a RougeError."""
        CorpusScorer(self.rouge_types)
        for what, name, known in (
            ("handling of references", self.handling, REFERENCE_HANDLINGS),
            ("preset", self.preset, (GOOGLE, PERL)),
        ):
            if name not in known:
                raise RougeError(f"unknown {what} {name!r}: known are {', '.join(known)}")

    def signatures(self, documents: Sequence[Document]) -> dict[str, str]:
        """Return the signature line of each ROUGE type, by its name."""
        tokenizers = [self._tokenizer(document) for document in documents]
        words = "+".join(sorted({tokenizer.words for tokenizer in tokenizers}))
        stems = "+".join(sorted({tokenizer.stemmer for tokenizer in tokenizers}))
        return {
            name: str(
                Signature(
                    name,
                    stem=_PERL_STEMS if self.preset == PERL else stems,
                    refs=self.handling,
                    tok=words,
                    sent="none" if name == "rougeL" else "newline",
                )
            )
            for name in self.rouge_types
        }

    def score(self, documents: Sequence[Document], summaries: Sequence[Summary]) -> list[Score]:
        """Return the scores of every summary that did not fail, and the references' agreement.

        Raises MetricError, naming the document, for a text that cannot be scored.
        """
        for document in documents:
            for reference in document.references:
                _check(reference, f"a reference of document {document.id!r}")
        texts: dict[str, dict[Draw, str]] = {document.id: {} for document in documents}
        draws: dict[Draw, None] = {}
        for summary in summaries:
            if summary.error is None:
                _check(summary.text, f"{summary.system}'s summary of document {summary.document!r}")
                texts[summary.document][summary.system, summary.draw] = summary.text
                draws[summary.system, summary.draw] = None
        groups: dict[WordTokenizer, list[Document]] = defaultdict(list)
        for document in documents:
            groups[self._tokenizer(document)].append(document)
        return [
            score
            for tokenizer, group in groups.items()
            for score in self._scores(self._scorer(tokenizer), group, list(draws), texts)
        ]

    def _tokenizer(self, document: Document) -> WordTokenizer:
        return _PERL_WORDS if self.preset == PERL else language_tokenizer(document.language)

    def _scorer(self, tokenizer: WordTokenizer) -> CorpusScorer:
        if self.preset == PERL:
            return CorpusScorer(self.rouge_types, analyze=PerlRouge("-n 1 -m").sentences, agreement=True)
        return CorpusScorer(self.rouge_types, tokenizer=tokenizer, agreement=True)

    def _scores(
        self,
        scorer: CorpusScorer,
        documents: Sequence[Document],
        draws: Sequence[Draw],
        texts: Mapping[str, Mapping[Draw, str]],
    ) -> Iterator[Score]:
        # A summary that failed takes part as an empty text, whose scores are left out again.
        rows = (
            DocumentTexts(document.references, [texts[document.id].get(draw, "") for draw in draws])
            for document in documents
        )
        start = 0
        for counts in scorer.stream(rows):
            block = documents[start : start + len(counts.present)]
            start += len(block)
            for name in self.rouge_types:
                values = counts.scores(name, self.handling).f1
                agreement = counts.agreement_scores(name, self.handling).f1
                for document, of_document, among in zip(block, values.tolist(), agreement.tolist(), strict=True):
                    for (system, draw), value in zip(draws, of_document, strict=True):
                        if (system, draw) in texts[document.id]:
                            yield Score(document.id, system, name, value, draw)
                    if len(document.references) > 1:
                        yield Score(document.id, AGREEMENT, name, among)


def _check(text: str, what: str) -> None:
    try:
        check_text(text, what)
    except RougeError as error:
        raise MetricError(str(error)) from None
