"""Decoding of several prompts together: each is read by itself, and all are then continued in step.

Read alone, a prompt needs no padding, so that nothing is computed in vain and its keys and values are those that it
has in a batch of one. One that is continued several times is read once. A row that is done leaves the batch at once.
"""

import inspect
import time
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any

from bench.generation.sampling import Choose
from bench.generation.sampling import greedy

if TYPE_CHECKING:
    import torch
    from transformers import Cache
    from transformers import GenerationConfig
    from transformers import PreTrainedModel

Done = Callable[[int, list[int]], bool]
"""Tells of the prompt at a place, after each new token, whether what is written is all that is wanted."""

CHANGES = {
    "repetition_penalty": 1.0,
    "no_repeat_ngram_size": 0,
    "encoder_no_repeat_ngram_size": 0,
    "min_length": 0,
    "min_new_tokens": 0,
    "exponential_decay_length_penalty": None,
    "bad_words_ids": None,
    "forced_bos_token_id": None,
    "forced_eos_token_id": None,
    "guidance_scale": 1.0,
    "sequence_bias": None,
    "suppress_tokens": None,
    "begin_suppress_tokens": None,
    "watermarking_config": None,
}
"""What a checkpoint's generation settings can change in decoding, with the values that change nothing."""


@dataclass
class Row:
    """A prompt in work: its place, how many tokens it has, what was written, and the seconds that took."""

    place: int
    length: int
    written: list[int]
    seconds: float = 0.0


Longer = Callable[[Row], bool]


def in_step(model: "PreTrainedModel") -> bool:
    """Tell whether a model can be decoded here: keys and values of all tokens, a plain choice by the logits.

    Others (sliding windows, recurrent states, repetition penalties) are left to transformers' `generate`.
    """
    from transformers import DynamicCache
    from transformers.cache_utils import DynamicLayer

    if changed(model.generation_config):
        return False
    known = inspect.signature(model.forward).parameters
    if not {"attention_mask", "position_ids", "past_key_values", "logits_to_keep"} <= set(known):
        return False
    text = model.config.get_text_config()
    if getattr(text, "sliding_window", None) and getattr(text, "use_sliding_window", True):
        return False
    return all(type(layer) is DynamicLayer for layer in DynamicCache(config=model.config).layers)


def decode(
    model: "PreTrainedModel", prompts: Sequence[Sequence[int]], most: int, done: Done, choose: Choose = greedy
) -> list[Row]:
    """Continue each prompt by at most `most` tokens, until the model ends it or it is `done`; in the given order.

    The seconds of reading a prompt are shared by the rows that go on from it.
    """
    import torch

    ends = frozenset(end_tokens(model.generation_config))

    def longer(row: Row) -> bool:
        return row.written[-1] not in ends and len(row.written) < most and not done(row.place, row.written)

    with torch.inference_mode():
        rows = []
        caches: list[Cache] = []
        places: dict[tuple[int, ...], list[int]] = {}
        for place, ids in enumerate(prompts):
            places.setdefault(tuple(ids), []).append(place)
        for ids, sharing in places.items():
            start = time.perf_counter()
            cache, logits = _read(model, ids)
            tokens = choose(logits.expand(len(sharing), -1), sharing)
            spent = (time.perf_counter() - start) / len(sharing)
            rows += [Row(place, len(ids), [token], spent) for place, token in zip(sharing, tokens, strict=True)]
            caches += [cache] * len(sharing)
        _continue(model, rows, caches, longer=longer, most=most, choose=choose)
    return sorted(rows, key=lambda row: row.place)


def changed(settings: "GenerationConfig | None") -> list[str]:
    """Return the names of the settings that make a checkpoint's greedy decoding other than plain."""
    shipped = {name: getattr(settings, name, None) for name in CHANGES}
    return [name for name, value in shipped.items() if value is not None and value != CHANGES[name]]


def end_tokens(settings: "GenerationConfig | None") -> list[int]:
    """Return the tokens with which a model of these settings ends a text."""
    ends = getattr(settings, "eos_token_id", None)
    return ends if isinstance(ends, list) else [ends] if isinstance(ends, int) else []


def _read(model: "PreTrainedModel", ids: Sequence[int]) -> tuple["Cache", "torch.Tensor"]:
    import torch
    from transformers import DynamicCache

    cache = DynamicCache(config=model.config)
    prompt = torch.tensor([list(ids)], device=model.device)
    output: Any = model(input_ids=prompt, past_key_values=cache, use_cache=True, logits_to_keep=1)
    return cache, output.logits[:, -1]


def _continue(  # noqa: PLR0913 - all that decoding goes by
    model: "PreTrainedModel", rows: list[Row], caches: list["Cache"], *, longer: Longer, most: int, choose: Choose
) -> None:
    import torch
    from transformers import Cache

    from bench.generation.rows import stack

    left = [(row, cache) for row, cache in zip(rows, caches, strict=True) if longer(row)]
    if not left:
        return
    active = [row for row, _ in left]
    longest = max(row.length for row in active)
    layers = stack([cache for _, cache in left], longest, longest + most)
    joint = Cache(layers=list(layers))
    caches.clear()
    left.clear()
    while active:
        start = time.perf_counter()
        total = joint.get_seq_length() + 1
        mask = torch.ones(len(active), total, dtype=torch.long)
        for number, row in enumerate(active):
            mask[number, : longest - row.length] = 0
        output: Any = model(
            input_ids=torch.tensor([row.written[-1:] for row in active], device=model.device),
            attention_mask=mask.to(model.device),
            position_ids=torch.tensor([[row.length + len(row.written) - 1] for row in active], device=model.device),
            past_key_values=joint,
            use_cache=True,
            logits_to_keep=1,
        )
        tokens = choose(output.logits[:, -1], [row.place for row in active])
        for row, token in zip(active, tokens, strict=True):
            row.written.append(token)
        kept = [number for number, row in enumerate(active) if longer(row)]
        spent = (time.perf_counter() - start) / len(active)
        for row in active:
            row.seconds += spent
        if len(kept) < len(active):
            active = [active[number] for number in kept]
            for layer in layers:
                layer.keep(kept)
