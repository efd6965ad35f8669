"""Scores one summary against one or several references: rouge_score's interface, bit-equal figures."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from sumbench.rouge.counts import Counts
from sumbench.rouge.errors import RougeError
from sumbench.rouge.lcs import lcs_counts
from sumbench.rouge.lcs import summary_lcs_counts
from sumbench.rouge.letters import LetterWatch
from sumbench.rouge.ngrams import ngram_counts
from sumbench.rouge.scoring import BaseScorer
from sumbench.rouge.scoring import Score
from sumbench.rouge.stems import NO_STEMMER
from sumbench.rouge.stems import PORTER_NLTK
from sumbench.rouge.texts import AnalyzedText
from sumbench.rouge.texts import check_text
from sumbench.rouge.texts import make_analyzer
from sumbench.rouge.tokens import ASCII
from sumbench.rouge.tokens import Tokenizer
from sumbench.rouge.tokens import WordTokenizer
from sumbench.rouge.unions import long_summary_lcs_counts
from sumbench.rouge.variants import ROUGE_L
from sumbench.rouge.variants import ROUGE_LSUM
from sumbench.rouge.variants import check_rouge_types
from sumbench.rouge.variants import ngram_order

_MANY_SENTENCE_PAIRS: Final = 1 << 11


class RougeScorer(BaseScorer):
    """Scores summaries one at a time; all figures equal rouge_score 0.1.2's in every bit.

    Args:
        rouge_types: Names from rouge1 to rouge9, rougeL (blind to sentences) and rougeLsum (the ROUGE-L of papers).
        use_stemmer: Stem English words as rouge_score does. Of no effect with a tokenizer of one's own.
        split_summaries: For rougeLsum, find the sentences with NLTK's Punkt; otherwise a line is a sentence.
        tokenizer: A tokenizer for other languages (`language_tokenizer`), or any object with `tokenize(text)`.
        warn: With rouge_score's words, runs of a-z and 0-9, warn (`LostLettersWarning`) of the first text that loses
            more than a tenth of its letters. Figures are rouge_score's all the same.

    Raises:
        RougeError: If a rouge type is unknown.
    """

    def __init__(
        self,
        rouge_types: Sequence[str],
        use_stemmer: bool = False,  # noqa: FBT001, FBT002 - rouge_score's signature
        split_summaries: bool = False,  # noqa: FBT001, FBT002 - rouge_score's signature
        tokenizer: Tokenizer | None = None,
        *,
        warn: bool = True,
    ) -> None:
        """Prepare the functions that the texts go through."""
        self.rouge_types = check_rouge_types(rouge_types)
        if tokenizer is None:
            tokenizer = WordTokenizer(ASCII, PORTER_NLTK if use_stemmer else NO_STEMMER)
        self._watch = LetterWatch(active=warn and isinstance(tokenizer, WordTokenizer) and tokenizer.words == ASCII)
        self._analyze = make_analyzer(tokenizer, split_summaries=split_summaries)
        self._count = {name: counting_function(name) for name in self.rouge_types}

    def score(self, target: str, prediction: str) -> dict[str, Score]:
        """Return the score of `prediction` against the reference `target`, for each rouge type.

        Raises:
            RougeError: If one of the texts is no string or no Unicode text.
        """
        return {name: Score.of(counts) for name, counts in self.counts(target, prediction).items()}

    def score_multi(self, targets: Sequence[str], prediction: str) -> dict[str, Score]:
        """Return, for each rouge type, the score against that reference of `targets` whose F1 is highest.

        Raises:
            RougeError: If there is no reference, or one of the texts is no string or no Unicode text.
        """
        if isinstance(targets, str):
            msg = "the targets are one string: pass a list of references"
            raise RougeError(msg)
        if not targets:
            msg = "the list of references is empty"
            raise RougeError(msg)
        references = [self._analyze(check_text(text, f"target {number}")) for number, text in enumerate(targets, 1)]
        system = self._analyze(check_text(prediction, "the prediction"))
        self._watch.look((*targets, prediction))
        counts = [self._counts(reference, system) for reference in references]
        return {
            name: max((Score.of(one[name]) for one in counts), key=lambda score: score.fmeasure)
            for name in self.rouge_types
        }

    def counts(self, target: str, prediction: str) -> dict[str, Counts]:
        """Return the counts from which `score` makes its figures.

        Raises:
            RougeError: If one of the texts is no string or no Unicode text.
        """
        reference = self._analyze(check_text(target, "the target"))
        system = self._analyze(check_text(prediction, "the prediction"))
        self._watch.look((target, prediction))
        return self._counts(reference, system)

    def _counts(self, reference: AnalyzedText, system: AnalyzedText) -> dict[str, Counts]:
        # Of texts of one sentence the two kinds of LCS are the same.
        same_lcs = reference.is_one_sentence and system.is_one_sentence
        counts: dict[str, Counts] = {}
        for name, count in self._count.items():
            known = counts.get(ROUGE_L) if same_lcs and name == ROUGE_LSUM else None
            counts[name] = known or count(reference, system)
        return counts


def counting_function(rouge_type: str) -> "partial[Counts]":
    """Return the function (reference, system) -> Counts of one ROUGE variant on two analyzed texts."""
    order = ngram_order(rouge_type)
    if order:
        return partial(_ngrams, order)
    return partial({ROUGE_L: _lcs, ROUGE_LSUM: _summary_lcs}[rouge_type])


def _ngrams(order: int, reference: AnalyzedText, system: AnalyzedText) -> Counts:
    return ngram_counts(reference.tokens, system.tokens, order)


def _lcs(reference: AnalyzedText, system: AnalyzedText) -> Counts:
    return lcs_counts(reference.tokens, system.tokens)


def _summary_lcs(reference: AnalyzedText, system: AnalyzedText) -> Counts:
    many = len(reference.sentences) * len(system.sentences) > _MANY_SENTENCE_PAIRS
    count = long_summary_lcs_counts if many else summary_lcs_counts
    return count(reference.sentences, system.sentences)
