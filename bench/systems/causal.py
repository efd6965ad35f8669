"""Summaries written by a causal language model, with its chat template where it has one."""

from dataclasses import dataclass
from typing import Any
from typing import ClassVar

from bench.errors import UsageError
from bench.generation import batching
from bench.generation import checkpoint
from bench.generation import device
from bench.generation import greedy
from bench.generation import long
from bench.generation import prompts
from bench.generation import working
from bench.generation.batching import Batcher
from bench.generation.chat import Chat
from bench.records import Document
from bench.systems.described import Described
from bench.systems.protocol import Context
from bench.systems.protocol import Summarizer
from bench.weights.catalog import find


@dataclass(frozen=True, kw_only=True)
class Causal(Described):
    """A language model that is asked for a summary, greedily decoded.

    `model` is a catalog name, a folder or a hub id. `sentences` is the length budget: the `prompt` asks for it,
    decoding ends once a further sentence has begun, and what exceeds the budget is cut. Decoding also ends after
    `max_new_tokens`; a last sentence that is cut off there is dropped, unless it is the only one.
    It ends at the string `stop`, too; `clean` takes an announcement ("Here is a summary:") off what is written.
    A document longer than `max_input_tokens` (0: what the model's context has room for) is treated as `long` says:
    `truncate` gives the model the beginning, `head-tail` the beginning and the end, `chunk` one part after the other
    and then their summaries, and with `none` the document fails. The Summary says how many of its tokens were seen;
    its output tokens are all that were written. `batch_size` documents are summarized together, which changes no
    summary: a number, or `auto`.
    """

    model: str = "smollm2-135m"
    sentences: int = 3
    prompt: str = "summarize"
    max_new_tokens: int = 160
    max_input_tokens: int = 0
    stop: str = ""
    clean: bool = False
    long: str = "truncate"
    batch_size: str = batching.AUTO
    revision: ClassVar[int] = 2
    libraries: ClassVar[tuple[str, ...]] = ("sentencex", "tokenizers", "torch", "transformers")

    def __post_init__(self) -> None:
        """Refuse lengths that mean nothing, and prompts that are not there."""
        for field, least in (("sentences", 1), ("max_new_tokens", 1), ("max_input_tokens", 0)):
            if getattr(self, field) < least:
                raise UsageError(f"{self.name}: {field}={getattr(self, field)} is no length: give {least} or more")
        prompts.read(self.prompt)
        long.check(self.long)
        batching.rows(self.name, self.batch_size)

    @property
    def weights(self) -> str:
        """The name of the weights it needs."""
        return self.model

    @property
    def trained_on(self) -> tuple[str, ...]:
        """The corpora that the model is known to be trained on."""
        known = find(self.model)
        return known.trained_on if known else ()

    def fingerprint(self) -> dict[str, Any]:
        """Return everything that can change the output; the weights' own sha256 is the store's to tell."""
        described = super().fingerprint()
        del described["options"]["batch_size"]
        told = {"prompt": prompts.read(self.prompt).fingerprint, "decoding": "greedy", "dtype": "by device"}
        return {**described, **told}

    def load(self, context: Context) -> Summarizer:
        """Load tokenizer and model; raise SummarizerError for a checkpoint that cannot do this work."""
        device.share_cores()
        from transformers import AutoModelForCausalLM

        folder = context.store.folder(self.model)
        where = device.choose(context.device)
        tokenizer = checkpoint.tokenizer(self.name, folder)
        model = checkpoint.model(self.name, AutoModelForCausalLM, folder, where, device.precision(where))
        space = checkpoint.context(model, tokenizer)
        chat = Chat(
            tokenizer, prompts.read(self.prompt), self.sentences, space, self.max_new_tokens, self.stop, self.clean
        )
        room = chat.room(self.name)
        limit = min(room, self.max_input_tokens or room)
        batcher = Batcher(greedy.writer(model, chat), batching.rows(self.name, self.batch_size))

        def start(document: Document) -> long.Dialogue:
            return long.read(self.long, chat, document.text, limit, document.language)

        return working.summarizer(self.name, start, chat.ids, batcher)


@dataclass(frozen=True, kw_only=True)
class Gemma(Causal):
    """Gemma 3 270M, asked for a summary as any causal language model; its terms must be accepted first."""

    model: str = "gemma-3-270m"
