"""Stemmers by name: cached functions from a token to its stem."""

from collections.abc import Callable
from functools import cache
from typing import Final

from sumbench.rouge.cache import BoundedCache
from sumbench.rouge.errors import RougeError
from sumbench.rouge.porter import porter

Stemmer = Callable[[str], str]

NO_STEMMER: Final = "none"
PORTER_NLTK: Final = "porter-nltk"
SNOWBALL: Final = "snowball-"

_LONGEST_UNSTEMMED: Final = 3
_LONGEST_STEMMED: Final = 1000
"""A longer token is no word of any language, and Snowball would take seconds for a million letters."""
_CACHE_SIZE: Final = 1 << 18


class StemCache(BoundedCache[str]):
    """The stems of the tokens seen so far; asking for another one stems it."""

    def __init__(self, stem: Stemmer, size: int = _CACHE_SIZE) -> None:
        """Keep up to `size` results of `stem`."""
        super().__init__(stem, size)


@cache
def stem_cache(name: str) -> StemCache | None:
    """Return the stem cache of a stemmer name, filled on demand; None for `none`.

    `porter-nltk` is what rouge_score's `use_stemmer=True` does: NLTK's Porter stemmer on tokens of more than three
    characters. `snowball-LANGUAGE` is the Snowball stemmer of that language, such as `snowball-turkish`, and needs
    the package snowballstemmer.

    Raises:
        RougeError: If there is no such stemmer, or its package is not installed.
    """
    if name == NO_STEMMER:
        return None
    if name == PORTER_NLTK:
        return StemCache(_porter_longer_than_three)
    if name.startswith(SNOWBALL):
        return StemCache(_snowball(name.removeprefix(SNOWBALL)))
    msg = f"unknown stemmer {name!r}: known are {NO_STEMMER}, {PORTER_NLTK} and {SNOWBALL}LANGUAGE"
    raise RougeError(msg)


def _porter_longer_than_three(token: str) -> str:
    return porter(token) if len(token) > _LONGEST_UNSTEMMED else token


def _snowball(language: str) -> Stemmer:
    try:
        import snowballstemmer
    except ImportError as error:
        msg = f"stemmer '{SNOWBALL}{language}' needs the package snowballstemmer: pip install snowballstemmer"
        raise RougeError(msg) from error
    known = snowballstemmer.algorithms()
    if language not in known:
        msg = f"unknown stemmer '{SNOWBALL}{language}': Snowball has {', '.join(sorted(known))}"
        raise RougeError(msg)
    stem: Stemmer = snowballstemmer.stemmer(language).stemWord
    return lambda token: stem(token) if len(token) <= _LONGEST_STEMMED else token
