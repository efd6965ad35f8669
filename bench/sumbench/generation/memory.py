"""Batch limits: texts by the kind of device, tokens by the free memory."""

from types import MappingProxyType
from typing import TYPE_CHECKING
from typing import Any

from sumbench.generation.control_groups import free_in_groups

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedConfig
    from transformers import PreTrainedModel

SHARE = 0.5
"""The share of the free memory that keys and values may take; the rest is for activations."""

WORTH = 4
"""The most memory of keys and values, as a multiple of the weights': beyond that, a step mostly reads keys and values,
and sharing one read of the weights among more texts saves less than a fifth."""

LAUNCHED = 16 * 2**30
"""The bytes of keys and values that a CUDA GPU reads while the kernels of a step are launched, which takes 10 to 20 ms
whatever they compute: up to there, more texts cost nothing (at 1 to 2 TB/s; an estimate, not a measurement)."""

ROWS = MappingProxyType({"cpu": 32, "cuda": 256})
"""The most sequences decoded together by kind of device: a CPU gains little beyond that; of a GPU it is an estimate."""

OTHER_ROWS = 64
"""The most sequences decoded together on any other device."""


def max_batch_size(device: str, beams: int = 1) -> int:
    """Return how many texts, of `beams` beams each, a device of that type decodes together; at least one."""
    return max(1, ROWS.get(device, OTHER_ROWS) // beams)


def max_batch_tokens(model: "PreTrainedModel", beams: int = 1) -> int:
    """Return for how many tokens, with `beams` beams a text, keys and values fit into memory (see SHARE and WORTH)."""
    weights: int = model.get_memory_footprint()  # type: ignore[no-untyped-call]
    most = min(SHARE * free_bytes(model.device), worthwhile_bytes(model.device.type, weights))
    return int(most / (beams * token_bytes(model.config, model.dtype)))


def worthwhile_bytes(device: str, weights: int) -> int:
    """Return how many bytes of keys and values speed decoding up on a device of that type, given those of weights."""
    return max(WORTH * weights, LAUNCHED) if device == "cuda" else WORTH * weights


def token_bytes(config: "PreTrainedConfig", dtype: "torch.dtype") -> int:
    """Return how many bytes the keys and values of a token take in all layers of a model, or of its decoder.

    Sliding-window layers, which keep less, are counted like the others.
    """
    text: Any = config.get_text_config(decoder=True)
    layers = getattr(text, "num_decoder_layers", None) or text.num_hidden_layers
    heads = getattr(text, "num_key_value_heads", None) or text.num_attention_heads
    size = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
    return int(2 * layers * heads * size * dtype.itemsize)


def free_bytes(device: "torch.device") -> int:
    """Return how many bytes are free on a device; on a CPU no more than this process may still allocate."""
    import torch

    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    if device.type == "mps":
        return torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()
    import psutil

    available = psutil.virtual_memory().available
    if (left := free_in_groups()) is not None:
        available = min(available, left)
    try:
        import resource
    except ImportError:
        return available
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return available if limit == resource.RLIM_INFINITY else min(available, limit - psutil.Process().memory_info().vms)
