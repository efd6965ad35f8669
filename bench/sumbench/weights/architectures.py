"""Maps settings and tensors of the supported GGUF architectures to their transformers equivalents."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING
from typing import Any
from typing import ClassVar

from sumbench.weights.gguf_file import GGUFFile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHARED = MappingProxyType(
    {
        "token_embd": "model.embed_tokens",
        "output_norm": "model.norm",
        "output": "lm_head",
        "attn_norm": "input_layernorm",
        "attn_q": "self_attn.q_proj",
        "attn_k": "self_attn.k_proj",
        "attn_v": "self_attn.v_proj",
        "attn_output": "self_attn.o_proj",
        "ffn_gate": "mlp.gate_proj",
        "ffn_up": "mlp.up_proj",
        "ffn_down": "mlp.down_proj",
    }
)
"""Tensor names that all architectures share: GGUF's to transformers'."""


class Architecture:
    """Converts the configuration and weights of a decoder in a GGUF file to transformers' form.

    A subclass gives its name in GGUF, its `model_type` and `model_class` in transformers, its tensor names
    (`part_names`, GGUF's to transformers'), its extra settings, and how to convert weights stored differently.
    """

    name: ClassVar[str]
    model_type: ClassVar[str]
    model_class: ClassVar[str]
    part_names: ClassVar[Mapping[str, str]]

    def __init__(self, file: GGUFFile) -> None:
        """Read the head counts, which both weights and configuration depend on."""
        self.file = file
        self.heads = int(self.setting("attention.head_count"))
        self.key_value_heads = int(self.setting("attention.head_count_kv", self.heads) or self.heads)

    def setting(self, key: str, *default: Any) -> Any:  # noqa: ANN401 - a setting may be of any type
        """Return a setting of the architecture, or the default; without one, a missing key is a KeyError."""
        key = f"{self.name}.{key}"
        return self.file.get(key, *default) if default else self.file[key]

    def config(self) -> dict[str, Any]:
        """Return the content of config.json, without the special tokens."""
        return {
            "architectures": [self.model_class],
            "dtype": "float32",
            "hidden_size": self.setting("embedding_length"),
            "intermediate_size": self.setting("feed_forward_length"),
            "max_position_embeddings": self.setting("context_length"),
            "model_type": self.model_type,
            "num_attention_heads": self.heads,
            "num_hidden_layers": self.setting("block_count"),
            "num_key_value_heads": self.key_value_heads,
            "rms_norm_eps": self.setting("attention.layer_norm_rms_epsilon"),
            "tie_word_embeddings": not self.file.has("output.weight"),
            "vocab_size": len(self.file["tokenizer.ggml.tokens"]),
            **self.extra_config(),
        }

    def extra_config(self) -> dict[str, Any]:
        """Return the settings that only this architecture has."""
        raise NotImplementedError

    def to_transformers(self, part: str, weights: "NDArray[np.float32]") -> "NDArray[np.float32]":
        """Return the weights of a tensor (named as in GGUF) as transformers stores them."""
        raise NotImplementedError


class Llama(Architecture):
    """Llama, and models built like it: SmolLM2, TinyLlama."""

    name = "llama"
    model_type = "llama"
    model_class = "LlamaForCausalLM"
    part_names = MappingProxyType({**SHARED, "ffn_norm": "post_attention_layernorm"})

    def extra_config(self) -> dict[str, Any]:
        """Return the activation and the one base of rotary positions."""
        return {
            "hidden_act": "silu",
            "rope_parameters": {"rope_theta": self.setting("rope.freq_base"), "rope_type": "default"},
        }

    def to_transformers(self, part: str, weights: "NDArray[np.float32]") -> "NDArray[np.float32]":
        """Order the rows of queries and keys as transformers has them for rotary positions.

        GGUF keeps the two rows of a rotated pair side by side; transformers keeps all first ones, then all second ones.
        """
        import numpy as np

        heads = {"attn_q": self.heads, "attn_k": self.key_value_heads}.get(part)
        if heads is None:
            return weights
        pairs = weights.reshape(heads, len(weights) // heads // 2, 2, -1)
        return np.ascontiguousarray(pairs.swapaxes(1, 2).reshape(weights.shape))


class Gemma3(Architecture):
    """Gemma 3, text models: most layers use sliding-window attention, and queries and keys are normalized."""

    name = "gemma3"
    model_type = "gemma3_text"
    model_class = "Gemma3ForCausalLM"
    part_names = MappingProxyType(
        {
            **SHARED,
            "attn_q_norm": "self_attn.q_norm",
            "attn_k_norm": "self_attn.k_norm",
            "post_attention_norm": "post_attention_layernorm",
            "ffn_norm": "pre_feedforward_layernorm",
            "post_ffw_norm": "post_feedforward_layernorm",
        }
    )

    LOCAL_BASE: ClassVar[float] = 10_000.0
    """The base of rotary positions in layers with a window (Gemma 3 report, section 2); older files leave it out."""

    PATTERN: ClassVar[int] = 6
    """Five layers with a window, then one that sees everything (ibid.); older files leave it out."""

    LAYERS_OF_27B: ClassVar[int] = 62
    """The one size whose attention is scaled by hidden size over heads, and not by the size of a head."""

    def extra_config(self) -> dict[str, Any]:
        """Return the sliding window, its layers, both bases of rotary positions, and the scaling of attention."""
        layers, head = int(self.setting("block_count")), int(self.setting("attention.key_length"))
        pattern = self.setting("attention.sliding_window_pattern", self.PATTERN)
        local = pattern if isinstance(pattern, list) else [bool((layer + 1) % pattern) for layer in range(layers)]
        hidden = int(self.setting("embedding_length"))
        return {
            "attn_logit_softcapping": None,
            "final_logit_softcapping": self.setting("final_logit_softcapping", None),
            "head_dim": head,
            "hidden_activation": "gelu_pytorch_tanh",
            "layer_types": ["sliding_attention" if windowed else "full_attention" for windowed in local],
            "query_pre_attn_scalar": hidden // self.heads if layers == self.LAYERS_OF_27B else head,
            "rope_parameters": {
                "full_attention": {"rope_theta": self.setting("rope.freq_base"), **self._scaling()},
                "sliding_attention": {
                    "rope_theta": self.setting("rope.freq_base_swa", self.LOCAL_BASE),
                    "rope_type": "default",
                },
            },
            "sliding_window": self.setting("attention.sliding_window"),
        }

    def _scaling(self) -> dict[str, Any]:
        kind = self.file.require("gemma3.rope.scaling.type", (None, "none", "linear"))
        if kind == "linear":
            return {"rope_type": "linear", "factor": self.setting("rope.scaling.factor")}
        return {"rope_type": "default"}

    def to_transformers(self, part: str, weights: "NDArray[np.float32]") -> "NDArray[np.float32]":
        """Subtract the 1 that GGUF adds to the weights of norms; transformers adds it in the forward pass."""
        return weights - 1 if part.endswith("norm") else weights


ARCHITECTURES: Mapping[str, type[Architecture]] = MappingProxyType({each.name: each for each in (Gemma3, Llama)})
"""The supported architectures, by their names in GGUF."""
