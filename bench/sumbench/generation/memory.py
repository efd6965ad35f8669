"""Batch limits: texts by the kind of device, tokens by the free memory."""

from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedConfig
    from transformers import PreTrainedModel

SHARE = 0.5
"""The share of the free memory that keys and values may take; the rest is for activations."""

WORTH = 4
"""The most memory of keys and values, as a multiple of the weights': beyond that, a step mostly reads keys and values,
and sharing one read of the weights among more texts saves less than a fifth."""

ROWS, GPU_ROWS = 32, 64
"""The most texts decoded together on a CPU, which gains little beyond that, and on a GPU, where it is not known."""


def max_batch_size(device: str, beams: int = 1) -> int:
    """Return how many texts, of `beams` beams each, a device of that type decodes together; at least one."""
    return max(1, (ROWS if device == "cpu" else GPU_ROWS) // beams)


def max_batch_tokens(model: "PreTrainedModel", beams: int = 1) -> int:
    """Return for how many tokens, with `beams` beams a text, keys and values fit into memory (see SHARE and WORTH)."""
    most = min(SHARE * free_bytes(model.device), WORTH * model.get_memory_footprint())  # type: ignore[no-untyped-call]
    return int(most / (beams * token_bytes(model.config, model.dtype)))


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
    try:
        import resource
    except ImportError:
        return available
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return available if limit == resource.RLIM_INFINITY else min(available, limit - psutil.Process().memory_info().vms)
