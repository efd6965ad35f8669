"""Summaries written by a causal language model, with its chat template where it has one."""

from dataclasses import dataclass
from typing import Any
from typing import ClassVar

from bench.errors import SummarizerError
from bench.errors import UsageError
from bench.generation import budget
from bench.generation import checkpoint
from bench.generation import device
from bench.generation import greedy
from bench.generation import prompts
from bench.generation.chat import Chat
from bench.records import Document
from bench.systems.described import Described
from bench.systems.described import Draft
from bench.systems.described import one_by_one
from bench.systems.protocol import Context
from bench.systems.protocol import Summarizer


@dataclass(frozen=True, kw_only=True)
class Causal(Described):
    """A language model that is asked for a summary, greedily decoded.

    `model` is a catalog name, a folder or a hub id. `sentences` is the length budget: the `prompt` asks for it,
    decoding ends once a further sentence has begun, and what exceeds the budget is cut. Decoding also ends after
    `max_new_tokens`; a last sentence that is cut off there is dropped, unless it is the only one.
    Of a document longer than `max_input_tokens` (0: what the model's context has room for) the model sees the
    beginning; the Summary says how many of its tokens.
    """

    model: str = "smollm2-135m"
    sentences: int = 3
    prompt: str = "summarize"
    max_new_tokens: int = 160
    max_input_tokens: int = 0
    libraries: ClassVar[tuple[str, ...]] = ("sentencex", "tokenizers", "torch", "transformers")

    def __post_init__(self) -> None:
        """Refuse lengths that mean nothing, and prompts that are not there."""
        for field, least in (("sentences", 1), ("max_new_tokens", 1), ("max_input_tokens", 0)):
            if getattr(self, field) < least:
                msg = f"{self.name}: {field}={getattr(self, field)} is no length: give {least} or more"
                raise UsageError(msg)
        prompts.read(self.prompt)

    @property
    def weights(self) -> str:
        """The name of the weights it needs."""
        return self.model

    def fingerprint(self) -> dict[str, Any]:
        """Return everything that can change the output; the weights' own sha256 is the store's to tell."""
        return {
            **super().fingerprint(),
            "prompt": prompts.read(self.prompt).fingerprint,
            "decoding": "greedy",
            "long_documents": "truncate",
        }

    def load(self, context: Context) -> Summarizer:
        """Load tokenizer and model; raise SummarizerError for a checkpoint that cannot do this work."""
        device.share_cores()
        from transformers import AutoModelForCausalLM

        folder = context.store.folder(self.model)
        where = device.choose(context.device)
        tokenizer = checkpoint.tokenizer(self.name, folder)
        model = checkpoint.model(self.name, AutoModelForCausalLM, folder, where, device.precision(where))
        space = checkpoint.context(model, tokenizer)
        chat = Chat(tokenizer, prompts.read(self.prompt), self.sentences, space, self.max_new_tokens)
        room = chat.room(self.name)
        limit = min(room, self.max_input_tokens or room)

        def draft(document: Document) -> Draft:
            fit = chat.fit(document.text, limit)
            written = greedy.write(model, chat, chat.ids(fit.text), document.language)
            text = budget.summary(written.text, self.sentences, cut=written.cut, language=document.language)
            if not text:
                msg = "the model wrote nothing"
                raise SummarizerError(msg)
            return Draft(text, fit.input_tokens, fit.seen_tokens, written.tokens)

        return one_by_one(self.name, draft)
