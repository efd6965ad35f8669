"""Small random sequence-to-sequence checkpoints, their tokenizers trained on the first twelve articles that ship."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    from transformers import PreTrainedModel
    from transformers import PreTrainedTokenizerFast

ARTICLES = sorted((Path(__file__).parents[2] / "references").glob("*/article.txt"))[:12]
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "en_XX", "fr_XX")
POSITIONS = 96
"""How many tokens the encoders read."""

BART: dict[str, Any] = {
    "pad_token_id": 1,
    "eos_token_id": 2,
    "init_std": 0.6,
    "d_model": 32,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 48,
    "decoder_ffn_dim": 48,
    "bos_token_id": 0,
    "forced_bos_token_id": None,
    "forced_eos_token_id": 2,
    "decoder_start_token_id": 2,
}
T5: dict[str, Any] = {
    "d_model": 32,
    "d_kv": 16,
    "d_ff": 48,
    "num_layers": 1,
    "num_heads": 2,
    "pad_token_id": 1,
    "eos_token_id": 2,
    "initializer_factor": 8.0,
}
LONG_T5: dict[str, Any] = {**T5, "num_layers": 2, "local_radius": 7, "global_block_size": 4}
GEMMA: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 16,
    "query_pre_attn_scalar": 16,
    "sliding_window": 8,
    "max_position_embeddings": POSITIONS,
    "pad_token_id": 1,
    "eos_token_id": 2,
    "bos_token_id": 0,
    "initializer_range": 0.6,
}
FAMILIES: dict[str, tuple[str, dict[str, Any]]] = {
    "bart": ("Bart", {**BART, "max_position_embeddings": POSITIONS}),
    "mbart": ("MBart", {**BART, "max_position_embeddings": POSITIONS}),
    "pegasus": ("Pegasus", {**BART, "max_position_embeddings": POSITIONS}),
    "pegasus-x": (
        "PegasusX",
        {**BART, "max_position_embeddings": POSITIONS, "block_size": 8, "num_global_tokens": 4},
    ),
    # Blocks of 4, so that texts of more than 28 tokens are attended to in blocks.
    "bigbird-pegasus": (
        "BigBirdPegasus",
        {**BART, "max_position_embeddings": POSITIONS, "block_size": 4, "num_random_blocks": 1},
    ),
    "led": (
        "LED",
        {
            **BART,
            "attention_window": [8],
            "max_encoder_position_embeddings": POSITIONS,
            "max_decoder_position_embeddings": 64,
        },
    ),
    "t5": ("T5", T5),
    "mt5": ("MT5", T5),
    "longt5-local": ("LongT5", {**LONG_T5, "encoder_attention_type": "local"}),
    "longt5-global": ("LongT5", {**LONG_T5, "encoder_attention_type": "transient-global"}),
    "t5gemma": ("T5Gemma", {**GEMMA, "encoder": GEMMA, "decoder": GEMMA}),
}
"""Transformers' name of each family and the small configuration of its model."""

RELATIVE = {"t5", "mt5", "longt5-local", "longt5-global"}
"""Families without a table of positions."""


@cache
def tokenizer(kind: str) -> "PreTrainedTokenizerFast":
    """Train the tokenizer of a family: byte-level BPE for BART and LED, Unigram for T5 and PEGASUS."""
    from tokenizers import Tokenizer
    from tokenizers import decoders
    from tokenizers import models
    from tokenizers import pre_tokenizers
    from tokenizers import trainers
    from tokenizers.processors import TemplateProcessing
    from transformers import PreTrainedTokenizerFast

    bytewise = kind in {"bart", "led"}
    inner = Tokenizer(models.BPE() if bytewise else models.Unigram())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel() if bytewise else pre_tokenizers.Metaspace()
    inner.decoder = decoders.ByteLevel() if bytewise else decoders.Metaspace()
    options: dict[str, Any] = {"vocab_size": 500, "special_tokens": list(SPECIAL), "show_progress": False}
    trainer = (
        trainers.BpeTrainer(initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), **options)
        if bytewise
        else trainers.UnigramTrainer(unk_token="<unk>", **options)  # noqa: S106 - a token of text
    )
    inner.train([str(file) for file in ARTICLES], trainer)
    if "pegasus" in kind:
        inner.add_tokens(["<n>"])
    inner.post_processor = TemplateProcessing(
        single="<s> $A </s>" if bytewise else "$A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    named: dict[str, Any] = {"bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    if kind == "mt5":
        named["model_max_length"] = POSITIONS
    return PreTrainedTokenizerFast(tokenizer_object=inner, **named)  # type: ignore[no-untyped-call]


def model(kind: str, vocabulary: int) -> "PreTrainedModel":
    """Make a random model of a family."""
    import torch
    import transformers

    family, settings = FAMILIES[kind]
    if kind == "t5gemma":
        sides = {side: {**settings[side], "vocab_size": vocabulary} for side in ("encoder", "decoder")}
        settings = {**settings, **sides}
    config = getattr(transformers, f"{family}Config")(**settings, vocab_size=vocabulary)
    if kind in RELATIVE:
        config.update({"decoder_start_token_id": 1, **({} if kind == "mt5" else {"n_positions": POSITIONS})})
    torch.manual_seed(2)
    made: PreTrainedModel = getattr(transformers, f"{family}ForConditionalGeneration")(config)
    return made


def checkpoint(folder: Path, kind: str, settings: Mapping[str, Any] | None = None) -> Path:
    """Save a checkpoint of a family with its tokenizer and its generation settings."""
    words = tokenizer(kind)
    words.save_pretrained(folder)
    return _save(folder, kind, len(words), settings or {})


def _save(folder: Path, kind: str, vocabulary: int, settings: Mapping[str, Any]) -> Path:
    from transformers import GenerationConfig

    shipped = {
        "pad_token_id": 1,
        "eos_token_id": 2,
        "decoder_start_token_id": 1 if kind in RELATIVE else 2,
        "num_beams": 2,
        "no_repeat_ngram_size": 2,
        "max_length": 24,
        "min_length": 6,
    }
    made = model(kind, vocabulary)
    made.generation_config = GenerationConfig(**{**shipped, **settings})  # type: ignore[no-untyped-call]
    made.save_pretrained(folder)
    return folder


def multilingual(folder: Path, name: str) -> Path:
    """Save a checkpoint of MBart, whose decoder starts with a language, or of MBart50, which forces it afterwards."""
    import transformers

    inner = json.loads(tokenizer("mbart").backend_tokenizer.to_str())["model"]
    words = [(word, score) for word, score in inner["vocab"] if word not in SPECIAL]
    ends = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    made = getattr(transformers, f"{name}Tokenizer")(vocab=[*ends, *words])
    made.save_pretrained(folder)
    english = made.convert_tokens_to_ids("en_XX")
    starts = {"decoder_start_token_id": english} if name == "MBart" else {"forced_bos_token_id": english}
    return _save(folder, "mbart", len(made), starts)


def sentencepiece(folder: Path, kind: str) -> Path:
    """Save a checkpoint whose tokenizer is a sentencepiece model alone, as older ones have it."""
    from sentencepiece import SentencePieceTrainer

    class_, file, special, ids = {
        "pegasus": ("PegasusTokenizer", "spiece", (0, 1, 2, -1), (0, 1, 0)),
        "mt5": ("T5Tokenizer", "spiece", (0, 1, 2, -1), (0, 1, 0)),
        # Its tokenizer puts the special tokens elsewhere than sentencepiece has them.
        "mbart": ("MBartTokenizer", "sentencepiece.bpe", (-1, 2, 0, 1), (1, 2, 2)),
    }[kind]
    folder.mkdir()
    options: dict[str, Any] = {
        "input": ",".join(map(str, ARTICLES)),
        "model_prefix": str(folder / file),
        "vocab_size": 400,
        "minloglevel": 2,
        **dict(zip(("pad_id", "eos_id", "unk_id", "bos_id"), special, strict=True)),
    }
    SentencePieceTrainer.train(**options)
    (folder / f"{file}.vocab").unlink()
    settings = {"tokenizer_class": class_, "model_max_length": POSITIONS}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    # PEGASUS keeps 103 places for masks before its words, T5 100 after them.
    return _save(
        folder, kind, 600, dict(zip(("pad_token_id", "eos_token_id", "decoder_start_token_id"), ids, strict=True))
    )
