"""Checkpoints that write what a test wants: a real Llama whose next word depends on the last one alone."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

GO = "<|go|>"
END = "<|stop|>"

TEMPLATE = "{% for message in messages %}{{ message['content'] }} {% endfor %}" + GO


def tokenizer(words: Sequence[str], special: Sequence[str] = (), opening: str = "") -> "PreTrainedTokenizerFast":
    """Make a tokenizer of whole words, some of them `special` tokens; its chat template ends with `opening`."""
    from tokenizers import Tokenizer
    from tokenizers import models
    from tokenizers import pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    known = ["<unk>", GO, END, *dict.fromkeys([opening] if opening else []), *words]
    inner = Tokenizer(models.WordLevel({word: number for number, word in enumerate(dict.fromkeys(known))}, "<unk>"))
    inner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    inner.add_special_tokens([GO, END, *special])
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=inner,
        unk_token="<unk>",  # noqa: S106 - no secret
        bos_token=GO,
        eos_token=END,
        pad_token=END,
        chat_template=f"{TEMPLATE} {opening}".strip(),
    )


def causal(folder: Path, words: Sequence[str], special: Sequence[str] = (), opening: str = "") -> Path:
    """Save a checkpoint that answers every prompt with these different words, and then ends.

    Attention and feed-forward layers write nothing, a word's embedding is a dimension of its own, and the output layer
    maps each to the next word.
    """
    import torch
    from transformers import LlamaConfig
    from transformers import LlamaForCausalLM

    assert len(set(words)) == len(words)
    made = tokenizer(words, special, opening)
    size = 2 * len(made)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(made),
            hidden_size=size,
            intermediate_size=8,
            num_hidden_layers=1,
            num_attention_heads=1,
            num_key_value_heads=1,
            max_position_embeddings=2048,
            eos_token_id=made.eos_token_id,
            bos_token_id=made.bos_token_id,
            pad_token_id=made.pad_token_id,
            tie_word_embeddings=False,
        )
    )
    with torch.no_grad():
        layer = model.model.layers[0]
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()
        model.model.embed_tokens.weight.copy_(torch.eye(len(made), size))
        chain = [opening or GO, *words, END]
        ids = [made.convert_tokens_to_ids(word) for word in chain]
        model.lm_head.weight.zero_()
        for last, following in pairwise(ids):
            model.lm_head.weight[following, last] = 1.0
    made.save_pretrained(folder)
    model.save_pretrained(folder)
    return folder
