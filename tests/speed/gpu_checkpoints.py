"""Checkpoints of real sizes with random weights, their tokenizers and documents, made on the machine itself."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import numpy as np

from sumbench.records import Document

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
PAD, END = 1, 2
TRAINED_ON = 120_000
"""The distinct words that a large vocabulary is made from: most become a token of their own."""


@dataclass(frozen=True)
class Shape:
    """A checkpoint's configuration and generation settings, and what is known of the published one's speed.

    `beams` is 1 for a causal model; `new` is how many tokens a text has at most.
    """

    name: str
    config: str
    sizes: Mapping[str, Any]
    settings: Mapping[str, Any]
    new: int
    beams: int = 1
    tokens: int = 780
    anchor: str = ""

    @property
    def causal(self) -> bool:
        """Whether it continues a prompt, and does not translate a document."""
        return self.config == "Llama"

    @property
    def vocabulary(self) -> int:
        """The number of tokens."""
        return int(self.sizes["vocab_size"])

    def small(self) -> "Shape":
        """Return a shape of the same kind that a processor computes in moments."""
        sizes = {key: SMALL.get(key, value) for key, value in self.sizes.items()}
        lengths = {"max_length": 24, "min_length": 8}
        settings = {key: lengths.get(key, value) for key, value in self.settings.items()}
        return Shape(f"{self.name}, small", self.config, sizes, settings, min(self.new, 24), self.beams, 120)


SMALL = {
    "d_model": 64,
    "hidden_size": 64,
    "encoder_ffn_dim": 128,
    "decoder_ffn_dim": 128,
    "intermediate_size": 128,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "num_hidden_layers": 2,
    "vocab_size": 2_000,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
}


def _encoder_decoder(layers: int, vocabulary: int) -> dict[str, Any]:
    return {
        "vocab_size": vocabulary,
        "d_model": 1024,
        "encoder_layers": layers,
        "decoder_layers": layers,
        "encoder_attention_heads": 16,
        "decoder_attention_heads": 16,
        "encoder_ffn_dim": 4096,
        "decoder_ffn_dim": 4096,
        "max_position_embeddings": 1024,
    }


SHAPES = (
    Shape(
        "BART-large-cnn",
        "Bart",
        _encoder_decoder(12, 50_264),
        {
            "num_beams": 4,
            "max_length": 142,
            "min_length": 56,
            "length_penalty": 2.0,
            "early_stopping": True,
            "no_repeat_ngram_size": 3,
            "forced_bos_token_id": 0,
            "forced_eos_token_id": END,
        },
        142,
        4,
        anchor="on a V100 4.5 documents/s by transformers, 12 to 25 by FastSeq (published); on an H100 20 or more",
    ),
    Shape(
        "PEGASUS-large",
        "Pegasus",
        {**_encoder_decoder(16, 96_103), "scale_embedding": True},
        {"num_beams": 8, "max_length": 128, "length_penalty": 0.8, "forced_eos_token_id": END},
        128,
        8,
    ),
    Shape(
        "Llama of 1.7 B",
        "Llama",
        {
            "vocab_size": 49_152,
            "hidden_size": 2048,
            "intermediate_size": 8192,
            "num_hidden_layers": 24,
            "num_attention_heads": 32,
            "num_key_value_heads": 32,
            "max_position_embeddings": 2048,
            "tie_word_embeddings": True,
        },
        {},
        128,
    ),
)
"""BART-large-cnn, PEGASUS-large (its CNN/DailyMail settings) and SmolLM2-1.7B, with the settings that they ship."""


@dataclass(frozen=True)
class Words:
    """Made-up words by rank, drawn as often as English ones are (Zipf's law)."""

    rng: np.random.Generator
    known: list[str] = field(default_factory=list)

    @classmethod
    def make(cls, count: int) -> "Words":
        """Make so many distinct words of one to four syllables."""
        rng = np.random.default_rng(1)
        syllables = np.array([a + b for a in "bcdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "an", "er", "is")])
        made: dict[str, None] = {}
        while len(made) < count:
            for size, draw in zip(rng.integers(1, 5, 4096), rng.integers(0, len(syllables), (4096, 4)), strict=True):
                made["".join(syllables[draw[:size]])] = None
        return cls(rng, list(made)[:count])

    def text(self, size: int) -> str:
        """Return a text of so many words in sentences of twenty."""
        weights = 1 / np.arange(2, len(self.known) + 2)
        drawn = self.rng.choice(len(self.known), size, p=weights / weights.sum())
        words = [self.known[number] for number in drawn]
        sentences = (" ".join(words[at : at + 20]).capitalize() for at in range(0, size, 20))
        return " ".join(f"{sentence}." for sentence in sentences)


def tokenizer(words: Words, shape: Shape) -> "PreTrainedTokenizerFast":
    """Train a byte-pair tokenizer on the words, with as many tokens as the shape has: by bytes, for PEGASUS not."""
    from tokenizers import Tokenizer
    from tokenizers import decoders
    from tokenizers import models
    from tokenizers import pre_tokenizers
    from tokenizers import trainers
    from tokenizers.processors import TemplateProcessing
    from transformers import PreTrainedTokenizerFast

    bytewise = shape.config != "Pegasus"
    inner = Tokenizer(models.BPE(unk_token=None if bytewise else "<unk>"))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False) if bytewise else pre_tokenizers.Metaspace()
    inner.decoder = decoders.ByteLevel() if bytewise else decoders.Metaspace()
    trainer = trainers.BpeTrainer(
        vocab_size=shape.vocabulary,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet() if bytewise else [],
        show_progress=False,
    )
    inner.train_from_iterator((" ".join(words.known[at : at + 500]) for at in range(0, len(words.known), 500)), trainer)
    if not shape.causal:
        inner.post_processor = TemplateProcessing(
            single="<s> $A </s>" if bytewise else "$A </s>", special_tokens=[("<s>", 0), ("</s>", END)]
        )
    named: dict[str, Any] = dict(zip(("bos_token", "pad_token", "eos_token", "unk_token"), SPECIAL, strict=True))
    if shape.causal:
        # It pads with its end, as SmolLM2 does, and has no token before or behind a prompt.
        named = {"pad_token": SPECIAL[END], "eos_token": SPECIAL[END], "padding_side": "left"}
    most = shape.sizes["max_position_embeddings"]
    return PreTrainedTokenizerFast(tokenizer_object=inner, model_max_length=most, **named)  # type: ignore[no-untyped-call]


def checkpoint(folder: Path, shape: Shape, words: Words, device: str) -> "PreTrainedTokenizerFast":
    """Save a random checkpoint in bfloat16 with its tokenizer; the weights are drawn on the `device`."""
    import torch
    import transformers

    made = tokenizer(words, shape)
    made.save_pretrained(folder)
    ids = {"bos_token_id": 0, "pad_token_id": END if shape.causal else PAD, "eos_token_id": END}
    if not shape.causal:
        ids["decoder_start_token_id"] = END if shape.config == "Bart" else PAD
    config = getattr(transformers, f"{shape.config}Config")(**shape.sizes, **ids)
    kind = "CausalLM" if shape.causal else "ConditionalGeneration"
    torch.manual_seed(0)
    with torch.device(device):
        model: Any = getattr(transformers, f"{shape.config}For{kind}")(config)
    model.generation_config = transformers.GenerationConfig(**ids, **shape.settings)  # type: ignore[no-untyped-call]
    model.to(torch.bfloat16).save_pretrained(folder)
    return made


def documents(words: Words, made: "PreTrainedTokenizerFast", count: int, tokens: int) -> Sequence[Document]:
    """Return so many documents of about so many tokens, a tenth more or fewer, the longest first."""
    share = len(made(words.text(2_000)).input_ids) / 2_000
    sizes = np.random.default_rng(2).uniform(0.9, 1.1, count) * tokens / share
    texts = sorted((words.text(int(size)) for size in sizes), key=len, reverse=True)
    return [Document(f"{number:05}", text, ("a reference",)) for number, text in enumerate(texts)]
