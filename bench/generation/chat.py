"""From a document to the tokens that a model goes on from, through its chat template where it has one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import cast

from bench.generation.limits import Fit
from bench.generation.limits import head
from bench.generation.limits import room
from bench.generation.prompts import Prompt

if TYPE_CHECKING:
    from collections.abc import Callable

    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True)
class Chat:
    """A prompt for summaries of `sentences` sentences, in the words of one model.

    A tokenizer without a chat template gets the prompt's turns and "Summary:" in one text. `context` is how many
    tokens the model can attend to, `max_new_tokens` how many of them are kept for what it writes.
    """

    tokenizer: "PreTrainedTokenizerBase"
    prompt: Prompt
    sentences: int
    context: int
    max_new_tokens: int

    def room(self, name: str) -> int:
        """Return how many tokens of a document fit; raise SummarizerError, which says `name`, when none do."""
        return room(name, self.context, len(self.ids("")), self.max_new_tokens)

    def fit(self, text: str, limit: int) -> Fit:
        """Return the document `text`, cut to its first `limit` tokens and to what the context has room for."""
        encoding = self.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        spans = cast("list[tuple[int, int]]", encoding["offset_mapping"])
        return head(text, spans, limit, self._fits)

    def ids(self, text: str) -> list[int]:
        """Return the tokens of the whole prompt around a document's text."""
        system, user = self.prompt.ask(text, self.sentences)
        if not self.tokenizer.chat_template:
            whole = "\n\n".join(part for part in (system, user, "Summary:") if part)
            return self._tokens(whole, special=True)
        turns = [{"role": "system", "content": system}] if system else []
        turns.append({"role": "user", "content": user})
        template: Callable[..., object] = self.tokenizer.apply_chat_template
        return self._tokens(str(template(turns, add_generation_prompt=True, tokenize=False)), special=False)

    def _tokens(self, text: str, *, special: bool) -> list[int]:
        return cast("list[int]", self.tokenizer(text, add_special_tokens=special, verbose=False)["input_ids"])

    def _fits(self, text: str) -> bool:
        return len(self.ids(text)) + self.max_new_tokens <= self.context
