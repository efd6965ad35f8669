"""Builds a causal model's input tokens from a document: prompt and, where the model has one, chat template."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING
from typing import cast

from sumbench.generation import budget
from sumbench.generation.cleaning import clean
from sumbench.generation.cleaning import cut_at_stop
from sumbench.generation.limits import document_token_limit
from sumbench.generation.prompts import Prompt
from sumbench.length import Length

if TYPE_CHECKING:
    from collections.abc import Callable

    from transformers import PreTrainedTokenizerBase

TODAY = datetime(2024, 7, 26, tzinfo=UTC)
"""The date for chat templates that print today's, fixed so that prompts never change. It is Llama's own default."""

NOW = re.compile(r"""strftime_now\(\s*(["'])(.*?)\1\s*\)""")
"""How chat templates ask for today's date."""

VARIABLES = MappingProxyType({"date_string": TODAY.strftime("%d %b %Y"), "enable_thinking": False})
"""Variables for chat templates: the date, and that reasoning models should answer without thinking aloud."""


@dataclass(frozen=True)
class Chat:
    """A prompt for summaries of a `length`, tokenized for one model.

    A tokenizer without a chat template gets the prompt's completion. `context` is how many tokens the model can attend
    to, `max_new_tokens` how many of them are reserved for its output. The output is cut at the string `stop`, and with
    `clean` a preamble ("Here is a summary:") is removed.
    """

    tokenizer: "PreTrainedTokenizerBase"
    prompt: Prompt
    length: Length
    context: int
    max_new_tokens: int
    stop: str = ""
    clean: bool = False

    def room(self, name: str) -> int:
        """Return how many tokens of a document fit; raise SummarizerError, which names `name`, when none do."""
        return document_token_limit(name, self.context, len(self.ids("")), self.max_new_tokens)

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Return each token's first and last character offset in a document's text."""
        encoding = self.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        return cast("list[tuple[int, int]]", encoding["offset_mapping"])

    def fits(self, text: str) -> bool:
        """Tell whether the context has room for the prompt around a document's text and for the answer."""
        return len(self.ids(text)) + self.max_new_tokens <= self.context

    def ids(self, text: str) -> list[int]:
        """Return the tokens of the whole prompt around a document's text."""
        if not self.tokenizer.chat_template:
            return self._tokens(self.prompt.completion_prompt(text, self.length), special=True)
        return self._tokens(self._render(*self.prompt.chat_turns(text, self.length)), special=False)

    def text(self, tokens: list[int]) -> str:
        """Return what the model wrote, without special tokens, preamble, and what follows a stop string."""
        written = cut_at_stop(self._decoded(tokens), self.stop)
        return clean(written) if self.clean else written

    def full(self, tokens: list[int], language: str) -> bool:
        """Tell whether what the model wrote fills the length budget or contains the stop string."""
        if not budget.is_due(len(tokens)):
            return False
        if self.stop and self.stop in self._decoded(tokens):
            return True
        return budget.fills_budget(self.text(tokens), self.length, language)

    def _decoded(self, tokens: list[int]) -> str:
        return cast("str", self.tokenizer.decode(tokens, skip_special_tokens=True))

    def _render(self, system: str, user: str) -> str:
        from jinja2.exceptions import TemplateError

        template: Callable[..., object] = self.tokenizer.apply_chat_template
        settings = {**VARIABLES, "chat_template": NOW.sub(_dated, self.tokenizer.get_chat_template())}
        turns = [{"role": "system", "content": system}] if system else []
        turns.append({"role": "user", "content": user})
        try:
            return str(template(turns, add_generation_prompt=True, tokenize=False, **settings))
        except TemplateError:
            # Some templates, such as Gemma 2's, do not support a system turn.
            turns = [{"role": "user", "content": f"{system}\n\n{user}".strip()}]
            return str(template(turns, add_generation_prompt=True, tokenize=False, **settings))

    def _tokens(self, text: str, *, special: bool) -> list[int]:
        return cast("list[int]", self.tokenizer(text, add_special_tokens=special, verbose=False)["input_ids"])


def _dated(call: re.Match[str]) -> str:
    return f"'{TODAY.strftime(call[2])}'"
