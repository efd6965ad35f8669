"""ROUGE for runs: documents with their references, and everybody's summaries of them."""

from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.errors import MetricError
from bench.metrics.protocol import AGREEMENT
from bench.records import Document
from bench.records import Score
from bench.records import Summary
from bench.rouge import REFERENCE_HANDLINGS
from bench.rouge import CountArrays
from bench.rouge import Counts
from bench.rouge import RougeError
from bench.rouge import RougeScorer
from bench.rouge import Signature
from bench.rouge import combine_references
from bench.rouge import language_tokenizer
from bench.rouge import reference_agreement

ROUGE_TYPES = ("rouge1", "rouge2", "rougeL", "rougeLsum")


@dataclass(frozen=True)
class RougeMetric:
    """ROUGE-1, ROUGE-2, ROUGE-L and ROUGE-Lsum: words, word pairs and subsequences shared with the references.

    Values are F1, 0 to 1 (Lin, 2004). `handling` says what becomes of several references. Words and stems follow
    the document's language.
    """

    rouge_types: tuple[str, ...] = ROUGE_TYPES
    handling: str = "jackknife"
    preset: str = "google"

    def __post_init__(self) -> None:
        """Refuse ROUGE types, handlings and presets that are none, with a RougeError."""
        RougeScorer(self.rouge_types)
        if self.handling not in REFERENCE_HANDLINGS:
            known = ", ".join(REFERENCE_HANDLINGS)
            raise RougeError(f"unknown handling of references {self.handling!r}: known are {known}")

    def signatures(self, documents: Sequence[Document]) -> dict[str, str]:
        """Return the signature line of each ROUGE type, by its name."""
        tokenizers = {language_tokenizer(document.language) for document in documents}
        words = "+".join(sorted({tokenizer.words for tokenizer in tokenizers}))
        stems = "+".join(sorted({tokenizer.stemmer for tokenizer in tokenizers}))
        return {
            name: str(Signature(name, stem=stems, refs=self.handling, tok=words, sent=_sentences(name)))
            for name in self.rouge_types
        }

    def score(self, documents: Sequence[Document], summaries: Sequence[Summary]) -> list[Score]:
        """Return the scores of every summary that did not fail; raise MetricError for a text that cannot be scored."""
        of_document: dict[str, list[Summary]] = defaultdict(list)
        for summary in summaries:
            if summary.error is None:
                of_document[summary.document].append(summary)
        return [
            Score(document.id, summary.system, name, value)
            for document in documents
            for summary in of_document[document.id]
            for name, value in self._summary(document, summary).items()
        ]

    def agreement(self, documents: Sequence[Document]) -> list[Score]:
        """Return each document's reference agreement; documents with one reference have none."""
        return [
            Score(document.id, AGREEMENT, name, value)
            for document in documents
            if len(document.references) > 1
            for name, value in self._references(document).items()
        ]

    def _summary(self, document: Document, summary: Summary) -> dict[str, float]:
        pairs = self._pairs(document, [summary.text], f"the summary of {summary.system}")
        return {name: float(combine_references(counts, self.handling).f1[0]) for name, counts in self._arrays(pairs)}

    def _references(self, document: Document) -> dict[str, float]:
        pairs = self._pairs(document, document.references, "a reference")
        return {name: float(reference_agreement(counts, self.handling).f1) for name, counts in self._arrays(pairs)}

    def _pairs(self, document: Document, texts: Sequence[str], what: str) -> list[list[Mapping[str, Counts]]]:
        scorer = RougeScorer(self.rouge_types, tokenizer=language_tokenizer(document.language))
        try:
            return [[scorer.counts(reference, text) for reference in document.references] for text in texts]
        except RougeError as error:
            raise MetricError(f"document {document.id}, {what}: {error}") from None

    def _arrays(self, pairs: list[list[Mapping[str, Counts]]]) -> Iterator[tuple[str, CountArrays]]:
        for name in self.rouge_types:
            table = np.array([[pair[name] for pair in row] for row in pairs])
            yield name, CountArrays(*np.moveaxis(table, -1, 0))


def _sentences(rouge_type: str) -> str:
    return "none" if rouge_type == "rougeL" else "newline"
