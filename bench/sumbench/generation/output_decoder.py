"""Decodes a model's tokens to text, without special tokens except for those that show where thoughts begin and end."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from typing import cast

from sumbench.marks.thoughts import CHANNEL
from sumbench.marks.thoughts import is_mark

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True)
class OutputDecoder:
    """Decodes for one tokenizer.

    Some tokenizers have their tags of thoughts among the special tokens: if these were skipped with the others, the
    thoughts would stand in the text as if they were the summary.
    """

    tokenizer: "PreTrainedTokenizerBase"

    def text(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens."""
        if self._marks.isdisjoint(tokens):
            return cast("str", self.tokenizer.decode(list(tokens), skip_special_tokens=True))
        shown = [token for token in tokens if token in self._marks or token not in self._special]
        return cast("str", self.tokenizer.decode(shown, skip_special_tokens=False))

    @cached_property
    def _special(self) -> dict[int, str]:
        """The special tokens by their ids."""
        added = {number: token for number, token in self.tokenizer.added_tokens_decoder.items() if token.special}
        named = zip(self.tokenizer.all_special_ids, self.tokenizer.all_special_tokens, strict=True)
        return {**{number: str(token) for number, token in added.items()}, **dict(named)}

    @cached_property
    def _marks(self) -> frozenset[int]:
        channels = CHANNEL in self._special.values()
        return frozenset(number for number, token in self._special.items() if is_mark(token, channels=channels))
