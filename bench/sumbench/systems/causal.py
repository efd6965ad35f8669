"""Summarizers that prompt a causal language model, through its chat template where it has one."""

from dataclasses import dataclass
from typing import Any
from typing import ClassVar

from sumbench import length
from sumbench.generation import causal
from sumbench.generation import checkpoint
from sumbench.generation import prompts
from sumbench.generation.chat import Chat
from sumbench.generation.ctranslate2 import generator
from sumbench.length import Length
from sumbench.systems.neural import Neural
from sumbench.systems.protocol import Context
from sumbench.systems.protocol import Summarizer

NEW_TOKENS = 160
"""The limit of new tokens where neither it nor a length in words is given."""


@dataclass(frozen=True, kw_only=True)
class Causal(Neural):
    """A language model that is asked for a summary, decoded greedily or sampled.

    `model` is a catalog name, a folder or a hub id. `sentences` is the length budget: the `prompt` asks for it,
    decoding ends once a further sentence has begun, and what exceeds the budget is cut. With `words` the prompt asks
    for about so many words, and the first sentences stay that together have no more, one at least. Decoding also ends
    after `max_new_tokens` (160, or three for each of the `words` where that is more); a last sentence that is cut off
    there is dropped, unless it is the only one.
    It ends at the string `stop`, too; `clean` takes off what is wrapped around a summary: an announcement ("Here is a
    summary:"), a code fence, a JSON object, a word to the reader. Thoughts (`<think>…</think>`) are never summary: the
    length budget begins behind them, and a document whose thoughts use up `max_new_tokens` fails.
    A document longer than `max_input_tokens` (0: what the model's context has room for) is treated as `long` says:
    `truncate` gives the model the beginning, `head-tail` the beginning and the end, `chunk` one part after the other
    and then their summaries, and with `none` the document fails. The Summary says how many of its tokens were seen;
    its output tokens are all that were written. `batch_size` documents are summarized together, which changes no
    summary: a number, or `auto`. `dtype` is the number format: float32, bfloat16, float16, or `auto`, the device's own.
    With a `temperature` above 0 tokens are drawn at random: of the `top_k` likeliest (0: of all), and of the fewest of
    those that have at least the probability `top_p`. Of each document `samples` summaries are drawn, each from a
    stream of its own: a draw is the same whatever the batch, the order and the number of draws.
    With `backend=ctranslate2` (extra `fast`) the model is converted once to the format `compute` (int8) and kept.
    """

    model: str = "smollm2-135m"
    sentences: int = length.SENTENCES
    words: int | None = None
    prompt: str = "summarize"
    max_new_tokens: int = NEW_TOKENS
    stop: str = ""
    clean: bool = True
    decoding: ClassVar[str] = "greedy"
    revision: ClassVar[int] = 3
    least = {"max_new_tokens": 1}  # noqa: RUF012 - declared by the base

    def __post_init__(self) -> None:
        """Refuse numbers that mean nothing, and prompts that are not there."""
        super().__post_init__()
        prompts.read_prompt(self.prompt).check(self.length)

    @property
    def length(self) -> Length:
        """The length budget."""
        return length.budget(self.name, self.sentences, self.words)

    @property
    def prompt_text(self) -> str:
        """The text of its prompt, as a prompt file has it."""
        return prompts.read_prompt(self.prompt).text

    def fingerprint(self) -> dict[str, Any]:
        """Return everything that can change the output; the weights' own sha256 is the store's to tell."""
        described = super().fingerprint()
        options = length.told(described["options"])
        return {**described, "options": options, "prompt": prompts.read_prompt(self.prompt).fingerprint}

    def load(self, context: Context) -> Summarizer:
        """Load tokenizer and model; raise SummarizerError for a checkpoint that cannot do this work."""
        opened = self._open(context)
        from transformers import AutoModelForCausalLM

        words, asked = opened.tokenizer, prompts.read_prompt(self.prompt)
        space = checkpoint.context_length(opened.config, words)
        most = self.length.new_tokens(self.max_new_tokens, NEW_TOKENS)
        chat = Chat(words, asked, self.length, space, most, self.stop, self.clean)
        room = chat.room(self.name)
        if self.converted:
            settings = checkpoint.load_generation_config(opened.folder, opened.config)
            write = generator.ctranslate2_causal_backend(
                self.name, self._convert(opened, context, "Generator"), chat, settings
            )
            return self._summarizer(chat, room, self._batcher(write, None), context)
        model = self._load(opened, AutoModelForCausalLM, context)
        write = causal.causal_backend(model, chat, self._decoding(context))
        return self._summarizer(chat, room, self._batcher(write, model), context)
