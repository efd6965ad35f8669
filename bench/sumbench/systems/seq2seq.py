"""Summarizers with an encoder-decoder model trained to summarize: BART, PEGASUS, T5, LED and others."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any
from typing import ClassVar

from sumbench.errors import UsageError
from sumbench.generation import languages
from sumbench.generation import prompts
from sumbench.generation import published
from sumbench.generation import seq2seq
from sumbench.generation.chat import Chat
from sumbench.generation.ctranslate2 import translator
from sumbench.generation.limits import document_token_limit
from sumbench.length import SENTENCES
from sumbench.length import Length
from sumbench.length import budget
from sumbench.length import two_budgets
from sumbench.systems.neural import Neural
from sumbench.systems.protocol import Context
from sumbench.systems.protocol import Summarizer

if TYPE_CHECKING:
    from transformers import PreTrainedConfig
    from transformers import PreTrainedTokenizerBase

SHIPPED = "auto"
"""The prefix that the checkpoint or its catalog entry names."""

SPARE_TOKENS = 32
"""What is left for ending a sentence, beside two tokens for each of the `words`."""


@dataclass(frozen=True, kw_only=True)
class Seq2Seq(Neural):
    """A sequence-to-sequence model that was trained to summarize, decoded as its authors published it.

    `model` is a catalog name, a folder or a hub id. Beams, lengths and the `prefix` (auto) are those of the catalog,
    else those that the checkpoint ships; `num_beams`, `max_new_tokens` (0: as published) and `min_new_tokens`
    (-1: as published) change them. `max_sentences` keeps only that many sentences (0: all that the model writes).
    With `words`, which only a length in words that was asked for sets, the model writes between so many tokens and
    twice as many and 32 more, and the first sentences stay that together have no more words, one at least.
    For multilingual models, `target_language` is the token of the language to write in (en_XX), `source_language` that
    of the documents (empty: each document's own). A checkpoint with a chat template is asked by the `prompt` of that
    name, for `words`, or `max_sentences` sentences, or three; `clean` takes off what it wraps around a summary.
    A document longer than `max_input_tokens` (0: what the encoder reads) is treated as `long` says: `truncate`,
    `head-tail`, `chunk` or `none`, as in the causal system. `batch_size` is a number or `auto`.
    With a `temperature` above 0 tokens are drawn instead of searched for with beams, `samples` summaries of each
    document, as in the causal system; lengths and n-grams are still as published.
    With `backend=ctranslate2` (extra `fast`) the model is converted once to the format `compute` (int8) and kept; where
    n-grams must not repeat, its beams are weighed otherwise than torch's.
    `dtype` is the number format: float32, bfloat16, float16, or `auto`, the device's own.
    """

    model: str = "bart-large-cnn"
    prefix: str = SHIPPED
    num_beams: int = 0
    max_new_tokens: int = 0
    min_new_tokens: int = -1
    max_sentences: int = 0
    words: int | None = None
    target_language: str = ""
    source_language: str = ""
    prompt: str = "summarize"
    clean: bool = True
    decoding: ClassVar[str] = "published"
    revision: ClassVar[int] = 2
    least = {  # noqa: RUF012 - declared by the base
        "num_beams": 0,
        "max_new_tokens": 0,
        "min_new_tokens": -1,
        "max_sentences": 0,
    }

    def __post_init__(self) -> None:
        """Refuse numbers that mean nothing, and strategies and prompts that are not there."""
        super().__post_init__()
        if self.seeded and self.num_beams > 1:
            raise UsageError(f"{self.name}: num_beams={self.num_beams} searches, temperature= draws: give one of them")
        if self.max_sentences and self.words is not None:
            raise two_budgets(self.name, max_sentences=self.max_sentences, words=self.words)
        prompts.read_prompt(self.prompt).check(self.length or Length(SENTENCES))

    @property
    def length(self) -> Length | None:
        """The length budget, None for none: all that the model writes stays."""
        if self.words is not None:
            return budget(self.name, SENTENCES, self.words)
        return Length(self.max_sentences) if self.max_sentences else None

    @property
    def prompt_text(self) -> str:
        """The text of its prompt, as a prompt file has it."""
        return prompts.read_prompt(self.prompt).text

    def fingerprint(self) -> dict[str, Any]:
        """Return everything that can change the output; what the checkpoint ships is in the weights' own sha256."""
        known = self.known
        catalogued = {"settings": dict(known.settings), "prefix": known.prefix} if known else {}
        described = super().fingerprint()
        if self.words is None:
            # As before there was this option.
            del described["options"]["words"]
        return {
            **described,
            "published": catalogued,
            "prompt": prompts.read_prompt(self.prompt).fingerprint,
        }

    def load(self, context: Context) -> Summarizer:
        """Load tokenizer and model; raise SummarizerError for a checkpoint that cannot do this work."""
        opened = self._open(context)
        from transformers import AutoModelForSeq2SeqLM

        words = opened.tokenizer
        use = published.published_use(opened.folder, self._settings(opened.config), self._prefix())
        given = self.max_input_tokens and self.max_input_tokens + len(self._source(words, use.prefix, 0).ids(""))
        stated = self.known.input_limit if self.known else 0
        space = published.encoder_token_limit(self.name, opened.config, words, stated, given)
        source = self._source(words, use.prefix, space)
        fits = document_token_limit(self.name, space, len(source.ids("")), 0)
        settings = published.generation_config(use, words, self.target_language, drawn=self.seeded)
        mark = languages.language_marker(words, self.source_language)
        task = seq2seq.Seq2SeqTask(words, settings, self.length, mark, self.clean and bool(words.chat_template))
        if self.converted:
            write = translator.ctranslate2_seq2seq_backend(
                self.name, self._convert(opened, context, "Translator"), task
            )
            return self._summarizer(source, fits, self._batcher(write, None), context)
        model = self._load(opened, AutoModelForSeq2SeqLM, context)
        write = seq2seq.seq2seq_backend(model, task, self._decoding(context))
        return self._summarizer(source, fits, self._batcher(write, model, settings.num_beams or 1), context)

    def _source(self, tokenizer: "PreTrainedTokenizerBase", prefix: str, space: int) -> seq2seq.EncoderInput | Chat:
        """Return how the encoder, with `space` tokens, is given a document: by a chat's turns, or after a prefix."""
        if tokenizer.chat_template:
            return Chat(tokenizer, prompts.read_prompt(self.prompt), self.length or Length(SENTENCES), space, 0)
        return seq2seq.EncoderInput(tokenizer, prefix, space)

    def _settings(self, config: "PreTrainedConfig") -> dict[str, Any]:
        """Return the decoding settings of the catalog, those for `words`, and those of the options, which win."""
        known = self.known
        own = {"num_beams": self.num_beams or None, "max_new_tokens": self.max_new_tokens or None}
        own["min_new_tokens"] = None if self.min_new_tokens < 0 else self.min_new_tokens
        return {
            **(known.settings if known else {}),
            **self._lengths(config),
            **{name: value for name, value in own.items() if value is not None},
        }

    def _lengths(self, config: "PreTrainedConfig") -> dict[str, int]:
        """Return the least and the most new tokens for a length in words; nothing where none was asked for.

        A text has at least as many tokens as words. No more are asked for than the decoder has positions.
        """
        if self.words is None:
            return {}
        tables = ("max_decoder_position_embeddings", "max_position_embeddings")
        positions = next((int(found) for table in tables if (found := getattr(config, table, None))), None)
        limit = min(self.max_new_tokens or math.inf, math.inf if positions is None else positions - 1)
        most = 2 * self.words + SPARE_TOKENS
        return {"min_new_tokens": int(min(self.words, limit)), "max_new_tokens": int(min(most, limit))}

    def _prefix(self) -> str | None:
        known = self.known
        return self.prefix if self.prefix != SHIPPED else known.prefix if known else None
