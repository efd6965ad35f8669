"""Builds a causal model's input tokens from a document: prompt and, where the model has one, chat template."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING
from typing import NamedTuple

from sumbench.errors import SummarizerError
from sumbench.generation import budget
from sumbench.generation.cleaning import Written
from sumbench.generation.cleaning import count_thought_tokens
from sumbench.generation.cleaning import read_written
from sumbench.generation.control_tokens import DocumentEncoder
from sumbench.generation.limits import document_token_limit
from sumbench.generation.output_decoder import OutputDecoder
from sumbench.generation.prompts import Prompt
from sumbench.generation.requests import Answer
from sumbench.length import Length
from sumbench.marks.thoughts import opened_thought

if TYPE_CHECKING:
    from collections.abc import Callable

    from transformers import PreTrainedTokenizerBase

TODAY = datetime(2024, 7, 26, tzinfo=UTC)
"""The date for chat templates that print today's, fixed so that prompts never change. It is Llama's own default."""

NOW = re.compile(r"""strftime_now\(\s*(["'])(.*?)\1\s*\)""")
"""How chat templates ask for today's date."""

STAND_IN = "sumbench-document-73b1f0"
"""Stands for the document where the prompt around it is made."""

BLANKS = " \n"
"""White space that shows whether a chat template trims the document."""

VARIABLES = MappingProxyType({"date_string": TODAY.strftime("%d %b %Y"), "enable_thinking": False})
"""Variables for chat templates: the date, and that reasoning models should answer without thinking aloud."""


@dataclass(frozen=True)
class Chat:
    """A prompt for summaries of a `length`, tokenized for one model.

    A tokenizer without a chat template gets the prompt's completion. `context` is how many tokens the model can attend
    to, `max_new_tokens` how many of them are reserved for its output. Thoughts are taken out of the output; it is cut
    at the string `stop`, and with `clean` what is wrapped around the summary ("Here is a summary:", a fence) goes.
    """

    tokenizer: "PreTrainedTokenizerBase"
    prompt: Prompt
    length: Length
    context: int
    max_new_tokens: int
    stop: str = ""
    clean: bool = True

    def room(self, name: str) -> int:
        """Return how many tokens of a document fit; raise SummarizerError, which names `name`, when none do."""
        return document_token_limit(name, self.context, len(self.ids("")), self.max_new_tokens)

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Return each token's first and last character offset in a document's text."""
        return self._encoder.spans(text)

    def fits(self, text: str) -> bool:
        """Tell whether the context has room for the prompt around a document's text and for the answer."""
        return len(self.ids(text)) + self.max_new_tokens <= self.context

    def ids(self, text: str) -> list[int]:
        """Return the tokens of the whole prompt around a document's text, in which no control token is one."""
        special, frame = not self.tokenizer.chat_template, self._frame
        if not special and not text.strip():
            # Where there is no document, a template may trim the prompt itself.
            prompt = self._render(*self.prompt.chat_turns(text, self.length))
            return self._encoder.encode((prompt, ""), "", special=special).ids
        return self._encoder.encode(frame.around, frame.trimmed(text), special=special).ids

    def text(self, tokens: list[int]) -> str:
        """Return the summary in what the model wrote, without thoughts, special tokens, and what follows a stop."""
        return self.read(tokens).text

    def read(self, tokens: list[int]) -> Written:
        """Read what the model wrote; it begins with the tag of thoughts with which the prompt may end."""
        return read_written(self._opening + self._decoder.text(tokens), clean=self.clean, stop=self.stop)

    def full(self, tokens: list[int], language: str) -> bool:
        """Tell whether what the model wrote fills the length budget or has the stop string; thoughts do not count."""
        if not budget.is_due(len(tokens)):
            return False
        written = self.read(tokens)
        if written.thoughts.unfinished:
            return False
        return written.stopped or budget.fills_budget(written.text, self.length, language)

    def answer(self, tokens: list[int], *, ended: bool, language: str, seconds: float) -> Answer:
        """Return the answer for the tokens that a model wrote; `ended` says that the limit did not break them off."""
        written = self.read(tokens)
        text = budget.trim_to_budget(written.text, self.length, cut=not ended, language=language)
        decode = self._decoder.text
        thought = count_thought_tokens(written.thoughts, tokens, decode, len(self._opening))
        return Answer(text, len(tokens), seconds, thought, written.kept, written.nothing)

    @cached_property
    def _decoder(self) -> OutputDecoder:
        return OutputDecoder(self.tokenizer)

    @cached_property
    def _opening(self) -> str:
        """The opening tag of thoughts that the chat template writes for the model, "" for none."""
        if not self.tokenizer.chat_template:
            return ""
        return opened_thought(self._render(*self.prompt.chat_turns("", self.length)))

    @cached_property
    def _encoder(self) -> DocumentEncoder:
        return DocumentEncoder(self.tokenizer)

    @cached_property
    def _frame(self) -> "_Frame":
        """The prompt around any document: the chat template never sees one, and so acts on none."""
        if not self.tokenizer.chat_template:
            return _Frame(self.prompt.completion_prompt(STAND_IN, self.length).split(STAND_IN))
        around, probe = (self._around(blanks) for blanks in ("", BLANKS))
        if len(around) == 1:
            raise SummarizerError(f"the model's chat template leaves out the document (prompt {self.prompt.name})")
        return _Frame(around, probe[0] == around[0], probe[-1] == around[-1])

    def _around(self, blanks: str) -> list[str]:
        """Return the texts around a document that begins and ends with these `blanks`."""
        turns = self.prompt.chat_turns(f"{blanks}{STAND_IN}{blanks}", self.length)
        return self._render(*turns).split(STAND_IN)

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


class _Frame(NamedTuple):
    """The texts around a document, and on which sides of it white space is trimmed, as some chat templates do."""

    around: Sequence[str]
    left: bool = False
    right: bool = False

    def trimmed(self, document: str) -> str:
        """Return a document without the white space that is trimmed."""
        document = document.lstrip() if self.left else document
        return document.rstrip() if self.right else document


def _dated(call: re.Match[str]) -> str:
    return f"'{TODAY.strftime(call[2])}'"
