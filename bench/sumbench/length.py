"""Length budgets of summaries: so many sentences, or so many words."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sumbench.errors import UsageError
from sumbench.sentences import words

SENTENCES = 3
"""The budget where none is given."""

BUDGETS = ("max_sentences", "sentences", "words")
"""The options and settings that are length budgets: one system has one of them."""

TOKENS_A_WORD = 3
"""How many tokens are allowed for a word: about twice what English takes, and what most languages do not exceed."""


@dataclass(frozen=True)
class Length:
    """A length budget: at most so many `sentences`, or whole sentences of at most so many `words` together.

    One of the two is a number, the other None. Words are counted as `sumbench.sentences.words` counts them, in every
    language.
    """

    sentences: int | None = None
    words: int | None = None

    def kept(self, sentences: Sequence[str]) -> int:
        """Return how many of the first sentences are within the budget; one at least, if there is any."""
        if self.words is None:
            return min(self.sentences or 0, len(sentences))
        total = 0
        for number, sentence in enumerate(sentences):
            total += words(sentence)
            if total > self.words:
                return max(number, 1)
        return len(sentences)

    def chosen(self, ranked: Iterable[int], sentences: Sequence[str], *, skip: bool = True) -> list[int]:
        """Return those of the `ranked` sentences (their indices, best first) that are taken within the budget.

        With a budget in words, one that would exceed it is skipped and the next one tried, which is the usual greedy
        solution of this knapsack problem (McDonald, 2007); without `skip` it ends the summary. Where none fits, the
        first is taken: no sentence is cut, and no summary is empty.
        """
        order = list(ranked)
        if self.words is None:
            return order[: self.sentences]
        taken: list[int] = []
        room = self.words
        for index in order:
            size = words(sentences[index])
            if size <= room:
                taken.append(index)
                room -= size
            elif not skip:
                break
        return taken or order[:1]

    def new_tokens(self, given: int, usual: int) -> int:
        """Return the limit of new tokens for a model that writes to this budget.

        It is the one `given`; where that is the `usual` one, and more words are wanted than it has room for, it is what
        they may take.
        """
        return given if self.words is None or given != usual else max(usual, TOKENS_A_WORD * self.words)


def budget(name: str, sentences: int, words: int | None) -> Length:
    """Return the length budget of the system `name` with these two options; `sentences` counts where words are None.

    Raises UsageError for numbers below 1, and for two budgets at once.
    """
    for option, number in (("sentences", sentences), ("words", words)):
        if number is not None and number < 1:
            raise UsageError(f"{name}: {option}={number} means nothing: give 1 or more")
    if words is None:
        return Length(sentences=sentences)
    if sentences != SENTENCES:
        raise two_budgets(name, sentences=sentences, words=words)
    return Length(words=words)


def two_budgets(where: str, **given: int) -> UsageError:
    """Return the error for two length budgets of one system, or one run."""
    named = " and ".join(f"{option}={number}" for option, number in given.items())
    return UsageError(f"{where}: {named} are two length budgets: give one of them")


def told(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return a system's options without that of `sentences` and `words` which is not its budget.

    Summaries that were made before there were budgets in words have the same fingerprint as today's.
    """
    idle = "words" if options.get("words") is None else "sentences"
    return {option: value for option, value in options.items() if option != idle}
