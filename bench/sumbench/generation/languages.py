"""Language tokens of multilingual checkpoints (mBART, M2M)."""

from collections.abc import Callable
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sumbench.errors import SummarizerError

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
        own = _token_of_code(tokenizer, language) if every is None else every
        ends = {0, len(ids) - 1}
        return [own if index in ends and one == default else one for index, one in enumerate(ids)]

    return marked


def language_token(tokenizer: "PreTrainedTokenizerBase", name: str) -> int:
    """Return the id of a language's token; raise SummarizerError where the tokenizer has none of that name."""
    found = tokenizer.convert_tokens_to_ids(name)
    if not isinstance(found, int) or found == tokenizer.unk_token_id:
        raise SummarizerError(f"the tokenizer has no token for the language {name!r}")
    return found


def is_language_token(tokenizer: "PreTrainedTokenizerBase", number: object) -> bool:
    """Tell whether a token id is that of a language token."""
    if not isinstance(number, int) or getattr(tokenizer, "src_lang", None) is None:
        return False
    name = str(tokenizer.convert_ids_to_tokens(number))
    return name in tokenizer.all_special_tokens and "_" in name


def _token_of_code(tokenizer: "PreTrainedTokenizerBase", language: str) -> int:
    """Return the id of a language's token by its ISO 639-1 code (en: en_XX of mBART, __en__ of M2M)."""
    code = language.partition("-")[0].lower()
    names = [name for name in tokenizer.all_special_tokens if "_" in name and name.strip("_").partition("_")[0] == code]
    if not names:
        raise SummarizerError(
            f"the tokenizer has no token for the document's language {language!r}: give source_language=…"
        )
    return language_token(tokenizer, names[0])
