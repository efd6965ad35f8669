"""A small random Gemma 3 as a GGUF file, with a vocabulary that the sentencepiece library itself trained."""

import io
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import sentencepiece

from tests.generation import tiny

if TYPE_CHECKING:
    import numpy as np
    from transformers import Gemma3ForCausalLM

MARKS = ("[multimodal]", "\n\n", "▁▁", "<start_of_turn>")
"""Texts that are a token wherever they stand, as Gemma has them."""


def vocabulary() -> Any:  # noqa: ANN401 - the library has no types
    """Train a vocabulary with Gemma's ways on a few sentences."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(tiny.TEXT.split("\n") * 3),
        model_writer=model,
        vocab_size=560,
        model_type="bpe",
        byte_fallback=True,
        split_digits=True,
        remove_extra_whitespaces=False,
        normalization_rule_name="identity",
        add_dummy_prefix=False,
        user_defined_symbols=list(MARKS),
        pad_id=0,
        eos_id=1,
        bos_id=2,
        unk_id=3,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    return sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())


def gemma(words: int) -> "Gemma3ForCausalLM":
    """Make a random Gemma 3 of seven layers, one of which sees beyond the window of eight tokens."""
    import torch
    from transformers import Gemma3ForCausalLM
    from transformers import Gemma3TextConfig

    torch.manual_seed(1)
    model = Gemma3ForCausalLM(
        Gemma3TextConfig(
            vocab_size=words,
            hidden_size=64,
            intermediate_size=96,
            num_hidden_layers=7,
            num_attention_heads=4,
            num_key_value_heads=1,
            head_dim=32,
            query_pre_attn_scalar=32,
            max_position_embeddings=512,
            sliding_window=8,
            initializer_range=0.3,
        )
    )
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if name.endswith("norm.weight"):
                weights.uniform_(-0.5, 0.5)
    return model


NAMES = {
    "embed_tokens": "token_embd",
    "norm": "output_norm",
    "input_layernorm": "attn_norm",
    "q_proj": "attn_q",
    "k_proj": "attn_k",
    "v_proj": "attn_v",
    "o_proj": "attn_output",
    "q_norm": "attn_q_norm",
    "k_norm": "attn_k_norm",
    "post_attention_layernorm": "post_attention_norm",
    "pre_feedforward_layernorm": "ffn_norm",
    "post_feedforward_layernorm": "post_ffw_norm",
    "gate_proj": "ffn_gate",
    "up_proj": "ffn_up",
    "down_proj": "ffn_down",
}


def gguf(file: Path, *, prefix: bool = False, scaling: str = "none") -> dict[str, "np.ndarray[Any, Any]"]:
    """Write the small Gemma as llama.cpp lays it out, in 8 and 5 bits; return the weights as transformers has them."""
    from gguf import GGMLQuantizationType
    from gguf import GGUFWriter
    from gguf.quants import dequantize
    from gguf.quants import quantize

    words = vocabulary()
    model = gemma(words.get_piece_size())
    config = model.config
    writer = GGUFWriter(str(file), "gemma3")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(1_000_000.0)
    writer.add_string("gemma3.rope.scaling.type", scaling)
    writer.add_sliding_window(config.sliding_window or 0)
    _write_vocabulary(writer, words, prefix=prefix)
    expected = {}
    for name, tensor in model.state_dict().items():
        if name == "lm_head.weight":
            continue
        values = tensor.numpy()
        kind = GGMLQuantizationType.F32
        if values.ndim > 1:
            kind = GGMLQuantizationType.Q8_0 if "v_proj" in name or "embed" in name else GGMLQuantizationType.Q5_0
        steps = name.split(".")
        block = f"blk.{steps[2]}." if steps[1] == "layers" else ""
        packed = quantize(values + 1 if name.endswith("norm.weight") else values, kind)
        writer.add_tensor(f"{block}{NAMES[steps[-2]]}.weight", packed, raw_dtype=kind)
        expected[name] = dequantize(quantize(values, kind), kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return expected


def _write_vocabulary(writer: Any, words: Any, *, prefix: bool) -> None:  # noqa: ANN401 - the libraries have no types
    pieces = [words.id_to_piece(place) for place in range(words.get_piece_size())]
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(pieces)
    writer.add_token_scores([words.get_score(place) for place in range(len(pieces))])
    writer.add_token_types(
        [
            6 if words.is_byte(place) else 4 if piece in MARKS else 3 if words.is_control(place) or place == 3 else 1
            for place, piece in enumerate(pieces)
        ]
    )
    writer.add_bos_token_id(2)
    writer.add_eos_token_id(1)
    writer.add_unk_token_id(3)
    writer.add_pad_token_id(0)
    writer.add_add_bos_token(value=True)
    writer.add_add_space_prefix(value=prefix)
