import resource
from pathlib import Path
from typing import Any

import pytest

from sumbench.generation import memory
from tests.generation import pairs
from tests.generation import tiny


def test_a_token_takes_what_its_keys_and_values_take(tmp_path: Path) -> None:
    """The bytes that are counted for a causal model's token are those that its cache holds."""
    import torch
    from transformers import AutoModelForCausalLM
    from transformers import DynamicCache

    model: Any = AutoModelForCausalLM.from_pretrained(tiny.causal(tmp_path / "tiny"))
    cache = DynamicCache(config=model.config)
    model(torch.tensor([[5, 6, 7]]), past_key_values=cache)
    layers: Any = cache.layers
    held = sum(layer.keys.nbytes + layer.values.nbytes for layer in layers)
    assert memory.token_bytes(model.config, torch.float32) == held / 3
    assert memory.token_bytes(model.config, torch.bfloat16) == held / 6


@pytest.mark.parametrize("kind", ["bart", "pegasus", "led", "t5", "longt5-local", "t5gemma"])
def test_a_decoders_token_takes_what_its_keys_and_values_take(kind: str) -> None:
    """Whatever a family calls its numbers of layers and heads."""
    import torch
    from transformers import DynamicCache
    from transformers import EncoderDecoderCache

    model: Any = pairs.model(kind, 100)
    cache = EncoderDecoderCache(DynamicCache(), DynamicCache())
    model(input_ids=torch.tensor([[5, 6, 7]]), decoder_input_ids=torch.tensor([[5, 6]]), past_key_values=cache)
    layers: Any = cache.self_attention_cache.layers
    held = sum(layer.keys.nbytes + layer.values.nbytes for layer in layers)
    assert memory.token_bytes(model.config, torch.float32) == held / 2


def test_beams_share_what_fits() -> None:
    """Twice the beams leave half of the texts, and half of the tokens; one text is decoded with any number of beams."""
    assert (memory.max_batch_size("cpu"), memory.max_batch_size("cpu", 4), memory.max_batch_size("cpu", 1000)) == (
        32,
        8,
        1,
    )
    model = pairs.model("bart", 100)
    one, four = memory.max_batch_tokens(model), memory.max_batch_tokens(model, 4)
    assert four == pytest.approx(one / 4, rel=0.1)


def test_no_more_is_taken_than_is_worth_it() -> None:
    """With plenty of free memory, keys and values take four times as much as the weights."""
    model = pairs.model("bart", 100)
    weights = sum(tensor.nbytes for tensor in (*model.parameters(), *model.buffers()))
    assert memory.max_batch_tokens(model) == 4 * weights // memory.token_bytes(model.config, model.dtype)


def test_a_gpu_takes_more_texts_than_a_processor() -> None:
    """Beside small weights as many as cost nothing, beside large ones four times the weights; sequences, not texts."""
    assert memory.max_batch_size("cuda", 4) == memory.max_batch_size("cuda") // 4 > memory.max_batch_size("cpu")
    small, large = 2**20, 2**36
    assert memory.worthwhile_bytes("cpu", small) == 4 * small
    assert memory.worthwhile_bytes("cuda", small) == memory.LAUNCHED
    assert memory.worthwhile_bytes("cuda", large) == 4 * large


def test_a_limit_of_the_process_counts() -> None:
    """Where the process may take less than is free, it is that."""
    import psutil
    import torch

    there = psutil.Process().memory_info().vms
    before = resource.getrlimit(resource.RLIMIT_AS)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (there + 2**29, before[1]))
        assert 2**28 < memory.free_bytes(torch.device("cpu")) <= 2**29
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
    assert memory.free_bytes(torch.device("cpu")) > 2**29
