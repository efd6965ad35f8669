"""Small random sequence-to-sequence checkpoints, their tokenizers trained on the articles that ship."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    from transformers import PreTrainedModel
    from transformers import PreTrainedTokenizerFast

ARTICLES = Path(__file__).parents[2] / "references"
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "en_XX", "fr_XX")
COMMON: dict[str, Any] = {"pad_token_id": 1, "eos_token_id": 2, "init_std": 0.6}
BART: dict[str, Any] = {
    **COMMON,
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
    inner.train([str(file) for file in sorted(ARTICLES.glob("*/article.txt"))], trainer)
    if kind == "pegasus":
        inner.add_tokens(["<n>"])
    inner.post_processor = TemplateProcessing(
        single="<s> $A </s>" if bytewise else "$A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    names = {"bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    return PreTrainedTokenizerFast(tokenizer_object=inner, **names)  # type: ignore[no-untyped-call]


def model(kind: str, vocabulary: int) -> "PreTrainedModel":
    """Make a random model of a family."""
    import torch
    import transformers

    torch.manual_seed(2)
    if kind == "t5":
        t5 = transformers.T5Config(
            vocab_size=vocabulary,
            d_model=32,
            d_kv=16,
            d_ff=48,
            num_layers=1,
            num_heads=2,
            pad_token_id=1,
            eos_token_id=2,
            initializer_factor=8.0,
        )
        t5.update({"n_positions": 96, "decoder_start_token_id": 1})
        return transformers.T5ForConditionalGeneration(t5)
    if kind == "led":
        led = transformers.LEDConfig(
            **BART,
            vocab_size=vocabulary,
            attention_window=[8],
            max_encoder_position_embeddings=96,
            max_decoder_position_embeddings=64,
        )
        return transformers.LEDForConditionalGeneration(led)
    if kind == "pegasus":
        pegasus = transformers.PegasusConfig(**BART, vocab_size=vocabulary, max_position_embeddings=96)
        return transformers.PegasusForConditionalGeneration(pegasus)
    bart = transformers.BartConfig(**BART, vocab_size=vocabulary, max_position_embeddings=96)
    return transformers.BartForConditionalGeneration(bart)


def checkpoint(folder: Path, kind: str, settings: Mapping[str, Any] | None = None) -> Path:
    """Save a checkpoint of a family with its tokenizer and its generation settings."""
    from transformers import GenerationConfig

    words = tokenizer(kind)
    words.save_pretrained(folder)
    made = model(kind, len(words))
    made.generation_config = GenerationConfig(  # type: ignore[no-untyped-call]
        pad_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=1 if kind == "t5" else 2,
        **{"num_beams": 2, "max_length": 24, "min_length": 6, **(settings or {})},
    )
    made.save_pretrained(folder)
    return folder
