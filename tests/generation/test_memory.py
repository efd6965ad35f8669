import resource
from pathlib import Path
from typing import Any

import pytest

from sumbench.generation import memory
from sumbench.generation.control_groups import free_in_groups
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


GROUPS: dict[str, tuple[str, dict[str, tuple[int | str, int, int]], int | None]] = {
    "a container": ("0::/\n", {"": (3000, 1000, 200)}, 2200),
    "a job of slurm": ("0::/slurm/job_1/step_0\n", {"slurm": ("max", 9000, 0), "slurm/job_1": (5000, 900, 0)}, 4100),
    "the tightest": ("0::/a/b\n", {"a": (5000, 4000, 0), "a/b": (3000, 100, 0)}, 1000),
    "more than allowed": ("0::/a\n", {"a": (1000, 1200, 0)}, 0),
    "no limit": ("0::/a\n", {"a": ("max", 900, 0)}, None),
    "no such group": ("0::/a\n", {}, None),
    "version 1": ("9:cpu:/x\n4:memory:/docker/1\n", {"memory": (3000, 1000, 200), "x": (1, 1, 0)}, 2200),
    "version 1 of the machine": ("4:cpu,memory:/job\n", {"memory": (2**63, 9, 0), "memory/job": (300, 200, 0)}, 100),
}
"""What /proc says of a process' groups, what each has of limit, use and dropped caches, and what is left of it."""


@pytest.mark.parametrize("case", GROUPS)
def test_the_limit_of_a_container_counts(tmp_path: Path, case: str) -> None:
    """Memory that a machine has beyond it would be the end of the process: its own group's limit, or one around it."""
    said, groups, left = GROUPS[case]
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text(said)
    old = case.startswith("version 1")
    for name, numbers in groups.items():
        folder = tmp_path / "sys/fs/cgroup" / name
        folder.mkdir(parents=True, exist_ok=True)
        names = ("memory.limit_in_bytes", "memory.usage_in_bytes") if old else ("memory.max", "memory.current")
        for file, number in zip(names, numbers, strict=False):
            (folder / file).write_text(f"{number}\n")
        dropped = "total_inactive_file" if old else "inactive_file"
        (folder / "memory.stat").write_text(f"cache 70\n{dropped} {numbers[2]}\n")
    assert free_in_groups(tmp_path) == left


def test_where_no_groups_are_there_is_no_limit(tmp_path: Path) -> None:
    """As on other systems than Linux."""
    assert free_in_groups(tmp_path) is None


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
