"""GGUF to an ordinary Hugging Face folder: weights restored to float32, tokenizer, chat template, settings."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from typing import Any

from bench.errors import WeightsError

if TYPE_CHECKING:
    import numpy as np
    from gguf import GGUFReader
    from numpy.typing import NDArray

NAMES = MappingProxyType(
    {
        "token_embd": "model.embed_tokens",
        "output_norm": "model.norm",
        "output": "lm_head",
        "attn_norm": "input_layernorm",
        "attn_q": "self_attn.q_proj",
        "attn_k": "self_attn.k_proj",
        "attn_v": "self_attn.v_proj",
        "attn_output": "self_attn.o_proj",
        "ffn_norm": "post_attention_layernorm",
        "ffn_gate": "mlp.gate_proj",
        "ffn_up": "mlp.up_proj",
        "ffn_down": "mlp.down_proj",
    }
)
"""The parts of a Llama model: their names in GGUF, and in transformers."""

BLOCK = re.compile(r"blk\.(\d+)\.(.+)")

SINGLE_DIGITS = MappingProxyType({"smollm": True, "gpt-2": False})
"""The ways of cutting text into words that are known here, and whether each digit is a word of its own in them."""

CONTROL_TOKEN = 3
USER_TOKEN = 4


def gguf_to_folder(gguf: Path, folder: Path) -> None:
    """Convert the causal language model in the file `gguf` into `folder`, which is made.

    Known are models of the Llama architecture with a byte-level BPE tokenizer. The same file gives the same bytes
    on every machine. Raises WeightsError for a file of another kind.
    """
    from gguf import GGUFReader

    try:
        model = _Model(GGUFReader(gguf))
        folder.mkdir(parents=True)
        _write_settings(model, folder)
        _write_tokenizer(model, folder)
        _write_weights(model, folder)
    except (ValueError, KeyError, IndexError) as error:
        msg = f"{gguf.name} cannot be converted: {error.args[0] if error.args else type(error).__name__}"
        raise WeightsError(msg) from error


class _Model:
    """A GGUF file's settings by their keys, and its tensors."""

    def __init__(self, reader: "GGUFReader") -> None:
        self._reader = reader
        self._require("general.architecture", {"llama"})
        self._require("tokenizer.ggml.model", {"gpt2"})
        self._require("tokenizer.ggml.pre", set(SINGLE_DIGITS))
        self._require("tokenizer.ggml.add_bos_token", {False, None})

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - a setting may be of any type
        field = self._reader.get_field(key)
        if field is None:
            msg = f"it has no {key}"
            raise KeyError(msg)
        return field.contents()

    def get(self, key: str) -> Any:  # noqa: ANN401 - as above
        return self[key] if self._reader.get_field(key) else None

    def _require(self, key: str, known: set[Any]) -> None:
        if self.get(key) not in known:
            msg = f"{key} is {self.get(key)!r}; known are {', '.join(sorted(map(repr, known)))}"
            raise ValueError(msg)

    def tensors(self) -> Iterator[tuple[str, "NDArray[np.float32]"]]:
        """Yield each tensor in float32 with its name in GGUF."""
        import numpy as np
        from gguf.quants import dequantize

        for tensor in self._reader.tensors:
            yield tensor.name, np.asarray(dequantize(tensor.data, tensor.tensor_type), dtype=np.float32)

    @property
    def tied(self) -> bool:
        """Whether the output layer has the input embeddings' weights."""
        return all(tensor.name != "output.weight" for tensor in self._reader.tensors)


def _write_settings(model: _Model, folder: Path) -> None:
    heads = model["llama.attention.head_count"]
    special = {
        "bos_token_id": model["tokenizer.ggml.bos_token_id"],
        "eos_token_id": model["tokenizer.ggml.eos_token_id"],
        "pad_token_id": model.get("tokenizer.ggml.padding_token_id"),
    }
    _write_json(
        folder / "config.json",
        {
            "architectures": ["LlamaForCausalLM"],
            "dtype": "float32",
            "hidden_act": "silu",
            "hidden_size": model["llama.embedding_length"],
            "intermediate_size": model["llama.feed_forward_length"],
            "max_position_embeddings": model["llama.context_length"],
            "model_type": "llama",
            "num_attention_heads": heads,
            "num_hidden_layers": model["llama.block_count"],
            "num_key_value_heads": model.get("llama.attention.head_count_kv") or heads,
            "rms_norm_eps": model["llama.attention.layer_norm_rms_epsilon"],
            "rope_parameters": {"rope_theta": model["llama.rope.freq_base"], "rope_type": "default"},
            "tie_word_embeddings": model.tied,
            "vocab_size": len(model["tokenizer.ggml.tokens"]),
            **special,
        },
    )
    _write_json(folder / "generation_config.json", special)


def _write_tokenizer(model: _Model, folder: Path) -> None:
    from tokenizers import AddedToken
    from tokenizers import Tokenizer
    from tokenizers.decoders import ByteLevel as Decoder
    from tokenizers.models import BPE
    from tokenizers.pre_tokenizers import ByteLevel
    from tokenizers.pre_tokenizers import Digits
    from tokenizers.pre_tokenizers import Sequence

    words = model["tokenizer.ggml.tokens"]
    merges = [tuple(merge.split(" ")) for merge in model["tokenizer.ggml.merges"]]
    tokenizer = Tokenizer(BPE({word: place for place, word in enumerate(words)}, merges))
    bytes_to_words = ByteLevel(add_prefix_space=False)
    single = SINGLE_DIGITS[model["tokenizer.ggml.pre"]]
    tokenizer.pre_tokenizer = Sequence([Digits(individual_digits=True), bytes_to_words]) if single else bytes_to_words
    tokenizer.decoder = Decoder()
    kinds = list(zip(words, model["tokenizer.ggml.token_type"], strict=True))
    tokenizer.add_special_tokens([AddedToken(word, special=True) for word, kind in kinds if kind == CONTROL_TOKEN])
    tokenizer.add_tokens([AddedToken(word, normalized=False) for word, kind in kinds if kind == USER_TOKEN])
    tokenizer.save(str(folder / "tokenizer.json"))
    special = {
        name: words[place]
        for name, key in (
            ("bos_token", "bos"),
            ("eos_token", "eos"),
            ("unk_token", "unknown"),
            ("pad_token", "padding"),
        )
        if (place := model.get(f"tokenizer.ggml.{key}_token_id")) is not None
    }
    _write_json(
        folder / "tokenizer_config.json",
        {
            "clean_up_tokenization_spaces": False,
            "model_max_length": model["llama.context_length"],
            "tokenizer_class": "PreTrainedTokenizerFast",
            **special,
        },
    )
    if template := model.get("tokenizer.chat_template"):
        (folder / "chat_template.jinja").write_text(template, encoding="utf-8")


def _write_weights(model: _Model, folder: Path) -> None:
    from safetensors.numpy import save_file

    heads = model["llama.attention.head_count"]
    rotated = {"attn_q": heads, "attn_k": model.get("llama.attention.head_count_kv") or heads}
    tensors = {}
    for path, tensor in model.tensors():
        block = BLOCK.fullmatch(path)
        part, _, kind = (block[2] if block else path).rpartition(".")
        if part not in NAMES:
            msg = f"tensor {path} has no place in a Llama model"
            raise ValueError(msg)
        prefix = f"model.layers.{block[1]}." if block else ""
        tensors[f"{prefix}{NAMES[part]}.{kind}"] = _in_halves(tensor, rotated[part]) if part in rotated else tensor
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def _in_halves(weights: "NDArray[np.float32]", heads: int) -> "NDArray[np.float32]":
    """Order each head's rows as transformers has them for rotary positions.

    GGUF keeps the two rows of a rotated pair side by side; transformers keeps all first ones, then all second ones.
    """
    import numpy as np

    pairs = weights.reshape(heads, len(weights) // heads // 2, 2, -1)
    return np.ascontiguousarray(pairs.swapaxes(1, 2).reshape(weights.shape))


def _write_json(file: Path, settings: dict[str, Any]) -> None:
    file.write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n", encoding="utf-8")
