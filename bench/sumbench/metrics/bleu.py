"""BLEU of each summary, by sacrebleu."""

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from statistics import fmean
from typing import TYPE_CHECKING
from typing import ClassVar
from typing import Final
from typing import Literal

import numpy as np

from sumbench.errors import UsageError
from sumbench.languages import ENGLISH
from sumbench.languages import base
from sumbench.manifest import Value
from sumbench.metrics.protocol import BatchScores
from sumbench.metrics.protocol import MetricContext
from sumbench.metrics.protocol import Needs
from sumbench.metrics.protocol import Scorer
from sumbench.metrics.sacrebleu_scores import JACKKNIFE
from sumbench.metrics.sacrebleu_scores import Handling
from sumbench.metrics.sacrebleu_scores import one_segment
from sumbench.metrics.sacrebleu_scores import reader_notes
from sumbench.metrics.sacrebleu_scores import signature
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.sentences import COUNTED_BY_CHARACTERS

if TYPE_CHECKING:
    from sacrebleu.metrics.bleu import BLEU

NAME: Final = "bleu"

BY_LANGUAGE: Final = "language"

# Not sacrebleu's sentencepiece ones, which it would fetch by itself from addresses that pin nothing.
TOKENIZERS: Final = ("13a", "intl", "zh", "ja-mecab", "ko-mecab", "char", "none")

_BY_LANGUAGE: Final = {
    **dict.fromkeys(COUNTED_BY_CHARACTERS, "char"),
    **dict.fromkeys(("zh", "yue", "wuu"), "zh"),
    "ja": "ja-mecab",
    "ko": "ko-mecab",
}
"""sacrebleu's own choice for Chinese, Japanese and Korean; where no blanks part words, the characters."""


@dataclass(frozen=True, kw_only=True)
class BleuMetric:
    """BLEU of each summary (0 to 100): word sequences of one to four words that the references have, too.

    Sentence-level BLEU as sacrebleu computes it (Papineni et al., 2002; Post, 2018), equal to its `sentence_score` with
    effective order: a summary is one segment, and a table's figure is the mean over documents, not corpus-level BLEU.
    `smooth` is its way with orders without a match: exp, floor, add-k or none.

    `tok` names its tokenizer: 13a, intl, zh, ja-mecab, ko-mecab, char or none; by default the document's language
    chooses: zh for Chinese, ja-mecab and ko-mecab for Japanese and Korean (the extra `mecab`), char for Thai, Lao,
    Khmer and Burmese, 13a for all others. A summary meets all references at once (`handling` sacrebleu), or, with
    jackknife, all but one, each left out in turn, as ROUGE does here, so that it stands beside the references' own
    agreement.
    """

    name: str = NAME
    tok: str = BY_LANGUAGE
    lowercase: bool = False
    smooth: Literal["exp", "floor", "add-k", "none"] = "exp"
    handling: Handling = "sacrebleu"
    needs: ClassVar[Needs] = Needs()
    costly: ClassVar[bool] = False

    def __post_init__(self) -> None:
        """Refuse tokenizers that are none, with a UsageError."""
        if self.tok not in {BY_LANGUAGE, *TOKENIZERS}:
            raise UsageError(f"unknown tok {self.tok!r}: known are {', '.join((BY_LANGUAGE, *TOKENIZERS))}")

    def values(self) -> tuple[Value, ...]:
        """Return BLEU."""
        return (Value(NAME, "BLEU", "0-100"),)

    def signatures(self, languages: Collection[str]) -> dict[str, str]:
        """Return sacrebleu's signature in ours; raise UsageError where a language's tokenizer is not installed."""
        names = sorted({self._tokenizer(language) for language in languages or ("",)})
        bleus = [self._bleu(tok, ("",)) for tok in names]
        theirs = bleus[0].get_signature()
        theirs.update("tok", "+".join(bleu.tokenizer_signature for bleu in bleus))
        return {NAME: signature(NAME, theirs, self.handling)}

    def reader_notes(self, *, several_references: bool) -> Sequence[str]:
        """Return what a reader of the figures should know."""
        return reader_notes(self.name, "BLEU", self.handling, several_references=several_references)

    def load(self, context: MetricContext) -> Scorer:  # noqa: ARG002 - nothing to load
        """Return what scores batches."""
        return partial(self._score, {})

    def _score(
        self, tokenizers: "dict[str, BLEU]", documents: Sequence[Document], summaries: Sequence[Summary]
    ) -> BatchScores:
        values = np.full(len(summaries), np.nan)
        agreement = np.full(len(documents), np.nan)
        of_document: defaultdict[str, list[int]] = defaultdict(list)
        for index, summary in enumerate(summaries):
            of_document[summary.document].append(index)
        for row, document in enumerate(documents):
            name = self._tokenizer(document.language)
            if name not in tokenizers:
                tokenizers[name] = self._bleu(name, ("",))
            references = _References(self, tokenizers[name], document.references)
            for index in of_document[document.id]:
                values[index] = references.score(summaries[index].text)
            if len(document.references) > 1:
                agreement[row] = references.agreement()
        return BatchScores({NAME: values}, agreement={NAME: agreement})

    def _tokenizer(self, language: str) -> str:
        return _BY_LANGUAGE.get(base(language or ENGLISH), "13a") if self.tok == BY_LANGUAGE else self.tok

    def _bleu(self, tok: str, references: Sequence[str]) -> "BLEU":
        from sacrebleu.metrics.bleu import BLEU

        try:
            return BLEU(
                lowercase=self.lowercase,
                tokenize=tok,
                smooth_method=self.smooth,
                effective_order=True,
                references=[[text] for text in references],
            )
        except RuntimeError:
            raise UsageError(
                f"{self.name}: the tokenizer {tok} is not installed: pip install 'sumbench[mecab]', "
                "or count characters, `bleu,tok=char`"
            ) from None


class _References:
    """The references of one document, whose word sequences are counted once for all systems."""

    def __init__(self, metric: BleuMetric, tokenizer: "BLEU", references: Sequence[str]) -> None:
        self._metric, self._tokenizer = metric, tokenizer
        self._texts = [self._tokenized(text) for text in references]
        self._left_out: list[BLEU] = []
        self._bleus = self._without_each() if metric.handling == JACKKNIFE else [self._counted(self._texts)]

    def score(self, text: str) -> float:
        """Return the BLEU of a summary."""
        tokens = self._tokenized(text)
        return fmean(_score(bleu, tokens) for bleu in self._bleus)

    def agreement(self) -> float:
        """Return the mean BLEU of each reference against the others."""
        return fmean(_score(bleu, text) for bleu, text in zip(self._without_each(), self._texts, strict=True))

    def _without_each(self) -> "list[BLEU]":
        if not self._left_out:
            texts = self._texts
            rests = [[*texts[:at], *texts[at + 1 :]] or texts for at in range(len(texts))]
            self._left_out = [self._counted(rest) for rest in rests]
        return self._left_out

    def _tokenized(self, text: str) -> str:
        text = one_segment(text).rstrip()
        return str(self._tokenizer.tokenizer(text.lower() if self._metric.lowercase else text))

    def _counted(self, texts: Sequence[str]) -> "BLEU":
        # What is tokenized stays as it is: one tokenizer, which may hold a dictionary, serves all documents.
        return self._metric._bleu("none", texts)  # noqa: SLF001 - this module's own


def _score(bleu: "BLEU", tokens: str) -> float:
    return float(bleu.corpus_score([tokens], None).score)
