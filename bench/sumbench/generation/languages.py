"""Languages of multilingual checkpoints (mBART, M2M): tokens that say what is read and what is to be written."""

from collections.abc import Callable
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sumbench.errors import SummarizerError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

LanguageMarker = Callable[[Sequence[int], str], list[int]]
"""Returns an encoder's input tokens, made to say that the text is in this language."""


def language_marker(tokenizer: "PreTrainedTokenizerBase", source: str = "") -> LanguageMarker:
    """Return what puts the token of a document's language where the tokenizer puts that of its default language.

    With `source`, it is the token of that name for every document. Tokenizers that know no source language are left
    alone. Raises SummarizerError for a language that the tokenizer has no token for.
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
        return [own if place in ends and one == default else one for place, one in enumerate(ids)]

    return marked


def language_token(tokenizer: "PreTrainedTokenizerBase", name: str) -> int:
    """Return the id of a language's token; raise SummarizerError where the tokenizer has none of that name."""
    found = tokenizer.convert_tokens_to_ids(name)
    if not isinstance(found, int) or found == tokenizer.unk_token_id:
        raise SummarizerError(f"the tokenizer has no token for the language {name!r}")
    return found


def is_language_token(tokenizer: "PreTrainedTokenizerBase", number: object) -> bool:
    """Tell whether a token's id is that of a language."""
    if not isinstance(number, int) or getattr(tokenizer, "src_lang", None) is None:
        return False
    name = str(tokenizer.convert_ids_to_tokens(number))
    return name in tokenizer.all_special_tokens and "_" in name


def _token_of_code(tokenizer: "PreTrainedTokenizerBase", language: str) -> int:
    """Return the token of a language by its two letters (en: en_XX of mBART, __en__ of M2M)."""
    code = language.partition("-")[0].lower()
    names = [name for name in tokenizer.all_special_tokens if "_" in name and name.strip("_").partition("_")[0] == code]
    if not names:
        raise SummarizerError(
            f"the tokenizer has no token for the document's language {language!r}: give source_language=…"
        )
    return language_token(tokenizer, names[0])
