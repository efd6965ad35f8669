"""Continuous batching: prompts are prefilled one by one and decoded together, step by step.

Prefilled alone, a prompt needs no padding: nothing is computed in vain, and its keys and values are those of a batch of
one. A finished sequence leaves the batch at once, and the next prompt joins it.
"""

import inspect
import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any

from sumbench.generation.requests import GenerationRequest
from sumbench.generation.requests import RequestIntake
from sumbench.generation.sampling import ChooseTokens
from sumbench.generation.sampling import greedy

if TYPE_CHECKING:
    import torch
    from transformers import Cache
    from transformers import GenerationConfig
    from transformers import PreTrainedModel

    from sumbench.generation.kv_cache import BatchedKVCache

IsDone = Callable[[GenerationRequest, list[int]], bool]
"""Tells, after each new token, whether the tokens generated for a request are all that is wanted."""

NEUTRAL_SETTINGS = {
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
"""Generation settings that change plain greedy decoding, each with the value that changes nothing."""


@dataclass(eq=False)
class GeneratedSequence:
    """A sequence being decoded: its request, the tokens generated so far, and the seconds they took."""

    request: GenerationRequest
    written: list[int]
    seconds: float = 0.0


def supports_batched_decoding(model: "PreTrainedModel") -> bool:
    """Tell whether `decode` supports a model: full or sliding-window attention, and unchanged logits.

    Others (chunked attention, recurrent states, repetition penalties) are left to transformers' `generate`.
    """
    from transformers import DynamicCache
    from transformers.cache_utils import DynamicLayer
    from transformers.cache_utils import DynamicSlidingWindowLayer

    if changed_settings(model.generation_config):
        return False
    known = inspect.signature(model.forward).parameters
    if not {"attention_mask", "position_ids", "past_key_values", "logits_to_keep"} <= set(known):
        return False
    if "chunked_attention" in (getattr(model.config.get_text_config(), "layer_types", None) or ()):
        return False
    kinds = {type(layer) for layer in DynamicCache(config=model.config).layers}
    return kinds <= {DynamicLayer, DynamicSlidingWindowLayer}


def decode(
    model: "PreTrainedModel", intake: RequestIntake, most: int, done: IsDone, choose: ChooseTokens = greedy
) -> Iterator[GeneratedSequence]:
    """Continue prompts by at most `most` tokens, until the model ends them or they are `done`; yield each then.

    The seconds of a prefill count for the first sequence that uses it; those of a step are shared equally.
    """
    from sumbench.generation.kv_cache import BatchedKVCache

    ends = frozenset(end_tokens(model.generation_config))

    def longer(row: GeneratedSequence) -> bool:
        return row.written[-1] not in ends and len(row.written) < most and not done(row.request, row.written)

    active: list[GeneratedSequence] = []
    cache = BatchedKVCache(most, intake.max_requests)
    prefill = _Prefill(model)
    while True:
        while not cache.full and (request := intake.take(cache.min_length)):
            start = time.perf_counter()
            prefilled, logits = prefill.run(request.ids)
            row = GeneratedSequence(request, choose(logits, [request]))
            if goes_on := longer(row):
                cache.add_row(prefilled, len(request.ids))
                active.append(row)
            row.seconds = time.perf_counter() - start
            if not goes_on:
                yield row
        if not active:
            return
        start = time.perf_counter()
        logits = _step(model, cache, [row.written[-1] for row in active])
        chosen = choose(logits, [row.request for row in active])
        for row, token in zip(active, chosen, strict=True):
            row.written.append(token)
        ended = [number for number, row in enumerate(active) if not longer(row)]
        share = (time.perf_counter() - start) / len(active)
        for row in active:
            row.seconds += share
        for number in reversed(ended):
            # As in the cache, the last one moves to the freed index.
            active[number], active[-1] = active[-1], active[number]
            cache.remove_row(number)
            yield active.pop()


def changed_settings(settings: "GenerationConfig | None") -> list[str]:
    """Return the names of the settings that change plain greedy decoding."""
    shipped = {name: getattr(settings, name, None) for name in NEUTRAL_SETTINGS}
    return [name for name, value in shipped.items() if value is not None and value != NEUTRAL_SETTINGS[name]]


def end_tokens(settings: "GenerationConfig | None") -> list[int]:
    """Return the ids of the end-of-text tokens in a model's settings."""
    ends = getattr(settings, "eos_token_id", None)
    return ends if isinstance(ends, list) else [ends] if isinstance(ends, int) else []


class _Prefill:
    """Prefills prompts, each alone; a prompt repeated directly after itself is computed once."""

    def __init__(self, model: "PreTrainedModel") -> None:
        self._model = model
        self._ids: list[int] | None = None

    def run(self, ids: list[int]) -> "tuple[Cache, torch.Tensor]":
        """Return a prompt's KV cache, and the logits of the token after it, of shape (1, vocabulary)."""
        import torch
        from transformers import DynamicCache

        if ids != self._ids:
            # Without the configuration it keeps all tokens, also in sliding-window layers: what lies outside the window
            # is masked by the model itself.
            self._cache = DynamicCache()
            prompt = torch.tensor([ids], device=self._model.device)
            with torch.inference_mode():
                output: Any = self._model(
                    input_ids=prompt, past_key_values=self._cache, use_cache=True, logits_to_keep=1
                )
            self._ids, self._logits = ids, output.logits[:, -1]
        return self._cache, self._logits


def _step(model: "PreTrainedModel", cache: "BatchedKVCache", tokens: Sequence[int]) -> "torch.Tensor":
    """Run the model on each row's newest token; return the logits of the next ones, of shape (rows, vocabulary)."""
    import torch

    mask, positions = cache.advance()
    with torch.inference_mode():
        output: Any = model(
            input_ids=torch.tensor(tokens, device=model.device)[:, None],
            attention_mask=mask.to(model.device),
            position_ids=positions.to(model.device),
            past_key_values=cache.cache,
            use_cache=True,
            logits_to_keep=1,
        )
    logits: torch.Tensor = output.logits[:, -1]
    return logits
