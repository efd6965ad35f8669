"""Prepares a text as ROUGE-1.5.5 does: sentences, length limit, tokens, stop words, stems, in that order.

The original reads bytes. Here a text is held as a string with one character for each byte of its UTF-8 form, so that
lengths and cuts are those of the bytes.
"""

import re
from typing import NamedTuple

from sumbench.rouge.perl.data import stop_words
from sumbench.rouge.perl.options import Options
from sumbench.rouge.perl.porter import stem
from sumbench.rouge.texts import check_text

_TOKEN = re.compile(r"[a-z0-9]+")
_WORD = re.compile(r"\S+", re.ASCII)


class Text(NamedTuple):
    """The tokens of one text.

    Attributes:
        tokens: all tokens in reading order; what ROUGE-N, ROUGE-S and every unigram budget count.
        sentences: the tokens sentence by sentence, as ROUGE-L and ROUGE-W align them; a sentence may be empty.
            Joined they are `tokens`, except under a byte limit.
    """

    tokens: list[str]
    sentences: list[list[str]]


class Reader:
    """Turns texts into tokens as the options say."""

    def __init__(self, options: Options) -> None:
        """Keep what `options` say about lengths, stop words and stems."""
        self._max_words = options.max_words or 0
        self._max_bytes = options.max_bytes or 0
        self._stemming = options.stemming
        self._stop_words = stop_words() if options.stop_words else frozenset()

    def read(self, text: str) -> Text:
        """Return the tokens of `text`, whose sentences are its non-empty lines.

        Raises RougeError if `text` is not a string or holds a lone surrogate.
        """
        lines = self._lines(text)
        if self._max_bytes:
            # The original's reader for ROUGE-L and ROUGE-W forgets to add up the bytes it has read.
            sentences = self._tokenize(cut_bytes(lines, self._max_bytes, adding_up=False))
            flat = self._tokenize(cut_bytes(lines, self._max_bytes))
        else:
            sentences = flat = self._tokenize(cut_words(lines, self._max_words) if self._max_words else lines)
        return Text([token for sentence in flat for token in sentence], sentences)

    def _lines(self, text: str) -> list[str]:
        content = check_text(text, "a text").encode()
        return [line for line in content.lower().decode("latin-1").split("\n") if line]

    def _tokenize(self, lines: list[str]) -> list[list[str]]:
        sentences = [_TOKEN.findall(line) for line in lines]
        if self._stop_words:
            sentences = [[token for token in tokens if token not in self._stop_words] for tokens in sentences]
        if self._stemming:
            sentences = [[stem(token) for token in tokens] for tokens in sentences]
        return sentences


def cut_words(lines: list[str], limit: int) -> list[str]:
    """Return the first `limit` words of `lines`.

    Words lie between ASCII blanks; blanks at the beginning of a line of words make an empty word that counts.
    """
    kept: list[str] = []
    total = 0
    for line in lines:
        words = _WORD.findall(line)
        if words and not line.startswith(words[0]):
            words.insert(0, "")
        if total + len(words) >= limit:
            return [*kept, " ".join(words[: limit - total])]
        kept.append(line)
        total += len(words)
    return kept


def cut_bytes(lines: list[str], limit: int, *, adding_up: bool = True) -> list[str]:
    """Return the first `limit` bytes of `lines`, ends of lines not counted.

    Without `adding_up`, every line is measured against the whole limit, and the first that reaches it is cut and ends
    the text.
    """
    kept: list[str] = []
    total = 0
    for line in lines:
        if total + len(line) >= limit:
            return [*kept, line[: limit - total]]
        kept.append(line)
        total += len(line) if adding_up else 0
    return kept
