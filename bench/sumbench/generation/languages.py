"""Language tokens of multilingual checkpoints (mBART, M2M, NLLB)."""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from sumbench.errors import SummarizerError
from sumbench.languages import UnknownLanguageError
from sumbench.languages import base
from sumbench.languages import canonical

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

LanguageMarker = Callable[[Sequence[int], str], list[int]]
"""Takes an encoder's input tokens and a language; returns them with that language's token."""


def language_marker(tokenizer: "PreTrainedTokenizerBase", source: str = "") -> LanguageMarker:
    """Return a function that replaces the tokenizer's default language token by that of a document's language.

    With `source`, it is the token of that name for every document. For tokenizers without source languages it changes
    nothing. Raises SummarizerError for a language that the tokenizer has no token for.
    """
    usual = getattr(tokenizer, "src_lang", None)
    if usual is None:
        if source:
            raise SummarizerError(f"the tokenizer takes no source language: leave out source_language={source}")
        return lambda ids, _language: list(ids)
    default = language_token(tokenizer, usual)
    every = language_token(tokenizer, source) if source else None

    def marked(ids: Sequence[int], language: str) -> list[int]:
        own = _token_of_code(tokenizer, language) if language and every is None else every or default
        ends = {0, len(ids) - 1}
        return [own if index in ends and one == default else one for index, one in enumerate(ids)]

    return marked


def language_token(tokenizer: "PreTrainedTokenizerBase", name: str) -> int:
    """Return the id of a language's token: the token called `name`, else that of the language which `name` means.

    Raises SummarizerError where the tokenizer has none.
    """
    found = tokenizer.convert_tokens_to_ids(name)
    if isinstance(found, int) and found != tokenizer.unk_token_id:
        return found
    try:
        return _token_of_language(tokenizer, canonical(name))
    except (UnknownLanguageError, LookupError):
        raise SummarizerError(f"the tokenizer has no token for the language {name!r}") from None


def is_language_token(tokenizer: "PreTrainedTokenizerBase", number: object) -> bool:
    """Tell whether a token id is that of a language token."""
    if not isinstance(number, int) or getattr(tokenizer, "src_lang", None) is None:
        return False
    name = str(tokenizer.convert_ids_to_tokens(number))
    return name in tokenizer.all_special_tokens and "_" in name


def _token_of_code(tokenizer: "PreTrainedTokenizerBase", language: str) -> int:
    try:
        return _token_of_language(tokenizer, language)
    except LookupError:
        raise SummarizerError(
            f"the tokenizer has no token for the document's language {language!r}: give source_language=…"
        ) from None


def _token_of_language(tokenizer: "PreTrainedTokenizerBase", language: str) -> int:
    """Return the id of a language's token by its code (en_XX of mBART, __en__ of M2M, eng_Latn of NLLB for en).

    A token for the same script or region goes before one for the language alone. Raises LookupError where there is
    none.
    """
    named = _languages(tuple(zip(tokenizer.all_special_tokens, tokenizer.all_special_ids, strict=True)))
    for wanted in (language, base(language)):
        if wanted in named:
            return named[wanted]
    near = next((number for code, number in named.items() if base(code) == base(language)), None)
    if near is None:
        raise LookupError(language)
    return near


@lru_cache(maxsize=8)
def _languages(tokens: tuple[tuple[str, int], ...]) -> Mapping[str, int]:
    """Return the ids of the tokens that name languages, by the code of the language."""
    named: dict[str, int] = {}
    for token, number in tokens:
        try:
            code = canonical(token) if "_" in token else ""
        except UnknownLanguageError:
            continue
        if code:
            named.setdefault(code, number)
    return named
