"""Blocks of tokenized texts as integer arrays, the input of the corpus scorer."""

from collections.abc import Iterable
from collections.abc import Sequence
from itertools import chain
from typing import Final
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sumbench.rouge.stems import StemCache
from sumbench.rouge.texts import Sentences
from sumbench.rouge.tokens import ASCII_SEPARATORS

Integers = NDArray[np.int64]

_TEXT_END: Final = b"\x00"
_LINE_END: Final = b"\x01"
_END_OF_TEXT: Final = -2
_END_OF_LINE: Final = -1
_VOCABULARY_SIZE: Final = 1 << 20

_MARKS: Final = {0: _TEXT_END[0], ord("\n"): _LINE_END[0]}
_MARKED_BYTES: Final = bytes(_MARKS.get(byte, lowered) for byte, lowered in enumerate(ASCII_SEPARATORS))


class TextBlock(NamedTuple):
    """The tokens of several texts in one row.

    `tokens` are integers from 0 that are equal where tokens are. Text i is
    `tokens[text_starts[i]:text_starts[i + 1]]`, sentence j likewise by `sentence_starts`; text i's sentences are
    those from `first_sentences[i]` up to `first_sentences[i + 1]`. There are no empty sentences.
    """

    tokens: Integers
    text_starts: Integers
    sentence_starts: Integers
    first_sentences: Integers

    @property
    def text_lengths(self) -> Integers:
        """The number of tokens of each text."""
        return np.diff(self.text_starts)

    @classmethod
    def of_ends(cls, tokens: Integers, text_ends: Integers, sentence_ends: Integers) -> "TextBlock":
        """Build a block from where its texts and its sentences end, every text's end being a sentence's too."""
        text_starts = np.concatenate([[0], text_ends])
        ends = np.concatenate([[0], sentence_ends])
        # They ascend; empty sentences end where the one before them does.
        sentence_starts = ends[np.concatenate([[True], ends[1:] != ends[:-1]])]
        return cls(tokens, text_starts, sentence_starts, np.searchsorted(sentence_starts, text_starts))


class Interner:
    """Turns texts that were analyzed one by one into blocks; equal tokens have equal numbers within a block."""

    def __init__(self) -> None:
        """Start with no token known."""
        self._numbers = _Numbers()

    def block(self, texts: Iterable[Sentences]) -> TextBlock:
        """Return the block of these texts, each given as its sentences' tokens."""
        numbers = self._numbers
        if len(numbers) > _VOCABULARY_SIZE:
            numbers.clear()
        lists = list(texts)
        sentences = list(chain.from_iterable(lists))
        words = chain.from_iterable(sentences)
        tokens = np.fromiter(map(numbers.__getitem__, words), dtype=np.int64)
        sentence_ends = np.cumsum(np.fromiter(map(len, sentences), dtype=np.int64))
        sentences_so_far = np.cumsum(np.fromiter(map(len, lists), dtype=np.int64))
        text_ends = np.concatenate([[0], sentence_ends])[sentences_so_far]
        return TextBlock.of_ends(tokens, text_ends, sentence_ends)


class _Numbers(dict[str, int]):
    """The number of each token; asking for one that is new numbers it."""

    def __missing__(self, token: str) -> int:
        number = self[token] = len(self)
        return number


class AsciiInterner:
    """Turns raw texts into blocks with the `ascii` tokenizer, all at once: the fast way for that tokenizer.

    A line is a sentence.
    """

    def __init__(self, stems: StemCache | None) -> None:
        """Take the stems to apply, or None for unstemmed words."""
        self._stems = stems
        self._numbers = _WordNumbers(stems)

    def block(self, texts: Sequence[str]) -> TextBlock:
        """Return the block of these texts, which must be Unicode text."""
        if len(self._numbers) > _VOCABULARY_SIZE:
            self._numbers = _WordNumbers(self._stems)
        # Capitals of ASCII are lowered with the separators; only the texts with others need str.lower.
        texts = [text if text.isascii() else text.lower() for text in texts]
        joined = " \x00 ".join(texts)
        if joined.count("\x00") >= len(texts):
            joined = " \x00 ".join([text.replace("\x00", " ") for text in texts])
        marked = joined.encode().translate(_MARKED_BYTES).replace(_LINE_END, b" \x01 ")
        words = marked.split()
        numbers = np.fromiter(map(self._numbers.__getitem__, words), dtype=np.int64, count=len(words))
        is_word = numbers >= 0
        words_so_far = np.cumsum(is_word)
        total = words_so_far[-1:] if len(words) else np.zeros(1, dtype=np.int64)
        text_ends = np.concatenate([words_so_far[numbers == _END_OF_TEXT], total])
        sentence_ends = np.concatenate([words_so_far[~is_word], total])
        return TextBlock.of_ends(numbers[is_word], text_ends, sentence_ends)


class _WordNumbers(dict[bytes, int]):
    """The number of each word's stem; asking for a word that is new stems and numbers it."""

    def __init__(self, stems: StemCache | None) -> None:
        super().__init__({_TEXT_END: _END_OF_TEXT, _LINE_END: _END_OF_LINE})
        self._stems = stems
        self._stem_numbers: dict[str, int] = {}

    def __missing__(self, word: bytes) -> int:
        text = word.decode("ascii")
        stem = text if self._stems is None else self._stems[text]
        number = self[word] = self._stem_numbers.setdefault(stem, len(self._stem_numbers))
        return number
