"""Analyses a text once for all ROUGE variants: its tokens, and its tokens sentence by sentence."""

import re
from collections.abc import Callable
from collections.abc import Sequence
from itertools import chain
from typing import Final
from typing import NamedTuple

from sumbench.rouge.errors import RougeError
from sumbench.rouge.tokens import Tokenizer
from sumbench.rouge.tokens import WordTokenizer

_SURROGATE: Final = re.compile("[\ud800-\udfff]")

_MANY_LINES: Final = 1000
"""Of so many lines some are often the same, and are tokenized once."""

Sentences = Sequence[Sequence[str]]


class AnalyzedText(NamedTuple):
    """A text ready to be scored: its tokens in order, and those of each sentence.

    With most tokenizers `tokens` are the sentences' tokens put together; a tokenizer that looks across sentence ends
    may find others.
    """

    tokens: Sequence[str]
    sentences: Sentences

    @property
    def is_one_sentence(self) -> bool:
        """Whether the text is one sentence with the text's very tokens."""
        return len(self.sentences) == 1 and self.sentences[0] is self.tokens

    @classmethod
    def of_sentences(cls, sentences: Sentences) -> "AnalyzedText":
        """Return the text that consists of these sentences."""
        if len(sentences) == 1:
            return cls(sentences[0], sentences)
        return cls(list(chain.from_iterable(sentences)), sentences)


Analyzer = Callable[[str], AnalyzedText]


def newline_sentences(text: str) -> list[str]:
    """Return the lines of `text` that are not empty: rouge_score's sentences. Only a line feed ends a line."""
    return [line for line in text.split("\n") if line]


def punkt_sentences(text: str) -> list[str]:
    """Return the sentences that NLTK's English Punkt model finds, as rouge_score's `split_summaries` does.

    Raises:
        RougeError: If NLTK or the model's data is not installed; nothing is downloaded.
    """
    try:
        from nltk import sent_tokenize
    except ImportError as error:
        msg = "split_summaries needs NLTK: pip install nltk"
        raise RougeError(msg) from error
    try:
        sentences: list[str] = sent_tokenize(text)
    except LookupError as error:
        msg = (
            "split_summaries needs NLTK's Punkt data, which is not installed: run 'python -m nltk.downloader "
            "punkt_tab' once, or put one sentence a line yourself and leave split_summaries out"
        )
        raise RougeError(msg) from error
    return [sentence for sentence in sentences if sentence]


def make_analyzer(tokenizer: Tokenizer, *, split_summaries: bool = False) -> Analyzer:
    """Return the function that analyzes texts for this tokenizer.

    Args:
        tokenizer: A tokenizer of this package, or any object with `tokenize(text)`.
        split_summaries: Find sentences with NLTK's Punkt rather than taking each line as one.
    """
    split = punkt_sentences if split_summaries else newline_sentences
    tokenize = tokenizer.tokenize

    def analyze_words(text: str) -> AnalyzedText:
        lines = split(text)
        if len(lines) > _MANY_LINES:
            tokens = {line: tokenize(line) for line in dict.fromkeys(lines)}
            return AnalyzedText.of_sentences([tokens[line] for line in lines])
        return AnalyzedText.of_sentences([tokenize(line) for line in lines])

    def analyze_any(text: str) -> AnalyzedText:
        return AnalyzedText(tokenize(text), [tokenize(sentence) for sentence in split(text)])

    # Punkt cuts inside a line and may strip it; only line ends are sure to end a word of every WordTokenizer.
    return analyze_words if isinstance(tokenizer, WordTokenizer) and not split_summaries else analyze_any


def is_text(text: object) -> bool:
    """Tell whether ROUGE can be computed from `text`: it is a string, and holds no half of a surrogate pair."""
    return isinstance(text, str) and (text.isascii() or not _SURROGATE.search(text))


def check_text(text: object, what: str) -> str:
    """Return `text` if ROUGE can be computed from it.

    Raises:
        RougeError: If it is no string, or holds half a surrogate pair, which is not Unicode text.
    """
    if not isinstance(text, str):
        msg = f"{what} is a {type(text).__name__}, not a string"
        raise RougeError(msg)
    if not is_text(text) and (found := _SURROGATE.search(text)):
        half = f"U+{ord(found[0]):04X} at character {found.start()}"
        msg = f"{what} holds a lone surrogate ({half}): it is no Unicode text"
        raise RougeError(msg)
    return text
