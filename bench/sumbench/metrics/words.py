"""Words of texts as ROUGE finds them, not stemmed, kept for all metrics that ask for them."""

from collections.abc import Collection
from dataclasses import dataclass
from dataclasses import field
from functools import cache

from sumbench.rouge import WordTokenizer
from sumbench.rouge import language_tokenizer

MOST = 4_000_000
"""How many words are kept; beyond that it starts afresh, so that a stream of texts cannot fill the memory."""


@cache
def tokenizer(language: str) -> WordTokenizer:
    """Return what finds the words of a language: as ROUGE does by default, without stems."""
    return language_tokenizer(language, stem=False)


def tokenizers(languages: Collection[str]) -> str:
    """Return the names of the tokenizers of some languages, as signatures have them."""
    return "+".join(sorted({tokenizer(language).tok for language in languages or ("",)}))


@dataclass
class Words:
    """The words of the texts seen lately: each text is tokenized once, whatever number of metrics asks for it."""

    most: int = MOST
    _known: dict[tuple[str, str], list[str]] = field(default_factory=dict, init=False)
    _same: dict[str, str] = field(default_factory=dict, init=False)
    _held: int = field(default=0, init=False)

    def of(self, text: str, language: str) -> list[str]:
        """Return the words of a text in order: small letters, without punctuation."""
        found = self._known.get((text, language))
        if found is None:
            # Equal words are one object: that takes less memory, and they are compared faster.
            same = self._same.setdefault
            found = [same(word, word) for word in tokenizer(language).tokenize(text)]
            if self._held + len(found) > self.most:
                self._known.clear()
                self._same.clear()
                self._held = 0
            self._held += len(found) + 1
            self._known[text, language] = found
        return found
