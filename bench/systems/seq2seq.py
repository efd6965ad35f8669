"""Summaries written by an encoder with a decoder that was trained to summarize: BART, PEGASUS, T5, LED and others."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any
from typing import ClassVar

from bench.errors import UsageError
from bench.generation import batching
from bench.generation import checkpoint
from bench.generation import device
from bench.generation import encoder
from bench.generation import languages
from bench.generation import long
from bench.generation import prompts
from bench.generation import published
from bench.generation import working
from bench.generation.batching import Batcher
from bench.generation.chat import Chat
from bench.generation.limits import room
from bench.records import Document
from bench.systems.described import Described
from bench.systems.protocol import Context
from bench.systems.protocol import Summarizer
from bench.weights.catalog import find

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

SHIPPED = "auto"
"""The prefix that the checkpoint or its catalog entry names."""

SENTENCES = 3
"""How many sentences a chat model is asked for where no number is given."""


@dataclass(frozen=True, kw_only=True)
class Seq2Seq(Described):
    """A sequence-to-sequence model that was trained to summarize, decoded as its authors published it.

    `model` is a catalog name, a folder or a hub id. Beams, lengths and the `prefix` (auto) are those of the catalog,
    else those that the checkpoint ships; `num_beams`, `max_new_tokens` (0: as published) and `min_new_tokens`
    (-1: as published) change them. `max_sentences` keeps only that many sentences (0: all that the model writes).
    For multilingual models, `target_language` is the token of the language to write in (en_XX), `source_language` that
    of the documents (empty: each document's own). A checkpoint with a chat template is asked by the `prompt` of that
    name, for `max_sentences` sentences or three.
    A document longer than `max_input_tokens` (0: what the encoder reads) is treated as `long` says: `truncate`,
    `head-tail`, `chunk` or `none`, as in the causal system. `batch_size` is a number or `auto`.
    """

    model: str = "bart-large-cnn"
    prefix: str = SHIPPED
    num_beams: int = 0
    max_new_tokens: int = 0
    min_new_tokens: int = -1
    max_sentences: int = 0
    target_language: str = ""
    source_language: str = ""
    prompt: str = "summarize"
    max_input_tokens: int = 0
    long: str = "truncate"
    batch_size: str = batching.AUTO
    libraries: ClassVar[tuple[str, ...]] = ("sentencex", "tokenizers", "torch", "transformers")

    def __post_init__(self) -> None:
        """Refuse numbers that mean nothing, and strategies that are not there."""
        least = {"num_beams": 0, "max_new_tokens": 0, "min_new_tokens": -1, "max_sentences": 0, "max_input_tokens": 0}
        for field, number in least.items():
            if getattr(self, field) < number:
                raise UsageError(f"{self.name}: {field}={getattr(self, field)} means nothing: give {number} or more")
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
        """Return everything that can change the output; what the checkpoint ships is in the weights' own sha256."""
        described = super().fingerprint()
        del described["options"]["batch_size"]
        known = find(self.model)
        catalogued = {"settings": dict(known.settings), "prefix": known.prefix} if known else {}
        told = {"published": catalogued, "prompt": prompts.read(self.prompt).fingerprint, "dtype": "by device"}
        return {**described, **told}

    def load(self, context: Context) -> Summarizer:
        """Load tokenizer and model; raise SummarizerError for a checkpoint that cannot do this work."""
        device.share_cores()
        from transformers import AutoModelForSeq2SeqLM

        folder = context.store.folder(self.model)
        where = device.choose(context.device)
        tokenizer = checkpoint.tokenizer(self.name, folder)
        model = checkpoint.model(self.name, AutoModelForSeq2SeqLM, folder, where, device.precision(where))
        known = find(self.model)
        use = published.use(folder, self._settings(), self._prefix())
        around = len(self._source(tokenizer, use.prefix, 0).ids(""))
        given = self.max_input_tokens and self.max_input_tokens + around
        space = published.limit(self.name, model, tokenizer, known.input_limit if known else 0, given)
        source = self._source(tokenizer, use.prefix, space)
        fits = room(self.name, space, len(source.ids("")), 0)
        limit = min(fits, self.max_input_tokens or fits)
        settings = published.generation(use, tokenizer, self.target_language)
        mark = languages.mark(tokenizer, self.source_language)
        write = encoder.writer(model, tokenizer, settings, self.max_sentences, mark)
        batcher = Batcher(write, batching.rows(self.name, self.batch_size))

        def start(document: Document) -> long.Dialogue:
            return long.read(self.long, source, document.text, limit, document.language)

        return working.summarizer(self.name, start, source.ids, batcher)

    def _source(self, tokenizer: "PreTrainedTokenizerBase", prefix: str, space: int) -> encoder.Source | Chat:
        """Return how the encoder, with `space` tokens, is given a document: by a chat's turns, or after a prefix."""
        if tokenizer.chat_template:
            return Chat(tokenizer, prompts.read(self.prompt), self.max_sentences or SENTENCES, space, 0)
        return encoder.Source(tokenizer, prefix, space)

    def _settings(self) -> dict[str, Any]:
        known = find(self.model)
        own = {"num_beams": self.num_beams or None, "max_new_tokens": self.max_new_tokens or None}
        own["min_new_tokens"] = None if self.min_new_tokens < 0 else self.min_new_tokens
        return {
            **(known.settings if known else {}),
            **{name: value for name, value in own.items() if value is not None},
        }

    def _prefix(self) -> str | None:
        known = find(self.model)
        return self.prefix if self.prefix != SHIPPED else known.prefix if known else None
