from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from sumbench.generation import decoding
from sumbench.generation.kv_cache import BatchedKVCache
from sumbench.generation.requests import GenerationRequest
from sumbench.generation.requests import RequestIntake
from sumbench.generation.requests import RequestQueue
from tests.generation import tiny
from tests.weights import gemma

MOST = 12


@pytest.fixture(scope="module", params=["llama", "gemma"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401 - untyped
    """A small random causal model; one that attends to all tokens, one that sees a window of eight in most layers."""
    from transformers import AutoModelForCausalLM

    if request.param == "gemma":
        return gemma.gemma(300).eval()  # type: ignore[no-untyped-call]
    return AutoModelForCausalLM.from_pretrained(tiny.causal(tmp_path_factory.mktemp("causal") / "tiny"))


def test_models_are_decoded_here_as_far_as_they_can_be(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401
    """Both can; one with a penalty on repetition, or with attention in chunks, is left to transformers."""
    assert decoding.supports_batched_decoding(model)
    text = model.config.get_text_config()
    with monkeypatch.context() as changed:
        changed.setattr(text, "layer_types", ["chunked_attention"], raising=False)
        assert not decoding.supports_batched_decoding(model)
    monkeypatch.setattr(model.generation_config, "repetition_penalty", 1.2)
    assert not decoding.supports_batched_decoding(model)


def prompt(length: int, seed: int) -> GenerationRequest:
    return GenerationRequest(np.random.default_rng(seed).integers(10, 200, length).tolist(), "en")


def done(request: GenerationRequest, tokens: list[int]) -> bool:
    """Let texts be of different lengths."""
    return len(tokens) > len(request.ids) % 7


def written(model: Any, intake: RequestIntake) -> dict[GenerationRequest, list[int]]:  # noqa: ANN401
    return {row.request: row.written for row in decoding.decode(model, intake, MOST, done)}


def alone(model: Any, request: GenerationRequest) -> list[int]:  # noqa: ANN401
    """Return what transformers' own loop writes."""
    import torch

    ids = torch.tensor([request.ids])
    output = model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=MOST)
    found: list[int] = output[0, len(request.ids) :].tolist()
    return found[: len(request.ids) % 7 + 1]


@pytest.mark.parametrize(("rows", "tokens"), [(1, None), (3, None), (3, 100), (16, 200), (16, None)])
def test_what_is_written_is_what_each_prompt_gets_alone(model: Any, rows: int, tokens: int | None) -> None:  # noqa: ANN401
    """However few may be under way at once, and whatever has ended before."""
    asked = [prompt(length, length) for length in (90, 61, 60, 33, 32, 31, 30, 9, 5, 2, 1)]
    made = written(model, RequestIntake(RequestQueue(asked), rows, tokens))
    assert made == {request: alone(model, request) for request in asked}
    assert len({len(tokens) for tokens in made.values()}) > 4


def test_a_longer_prompt_can_follow_shorter_ones(model: Any) -> None:  # noqa: ANN401
    """What an answer asks for next may be longer than all that is under way, and joins it."""
    queue = RequestQueue(prompt(length, length) for length in (20, 12, 8, 7))
    later = [prompt(length, length) for length in (70, 40)]
    made = {}
    for row in decoding.decode(model, RequestIntake(queue, 2), MOST, done):
        made[row.request] = row.written
        if later:
            queue.put(later.pop())
    assert len(made) == 6
    assert made == {request: alone(model, request) for request in made}


def test_the_next_prompt_takes_the_place_of_one_that_ended(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401
    """As many rows as may be are under way while any prompt waits, though they end at different times."""
    sizes = []
    step = decoding._step

    def counted(model: Any, rows: Any, tokens: list[int]) -> Any:  # noqa: ANN401
        sizes.append(len(tokens))
        return step(model, rows, tokens)

    monkeypatch.setattr(decoding, "_step", counted)
    asked = [prompt(10 + number, number) for number in range(20)]
    made = written(model, RequestIntake(RequestQueue(asked), 4))
    assert set(sizes[:-7]) == {4}
    # The first token of each is chosen when its prompt has been read.
    assert sum(sizes) == sum(len(tokens) - 1 for tokens in made.values())


def test_short_texts_wait_until_a_long_one_is_done(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401
    """Beside one of many tokens, rows of few would be padding for the most part."""
    lengths = []
    advance = BatchedKVCache.advance

    def seen(self: BatchedKVCache) -> Any:  # noqa: ANN401
        lengths.append(list(self.lengths))
        return advance(self)

    monkeypatch.setattr(BatchedKVCache, "advance", seen)
    made = written(model, RequestIntake(RequestQueue(prompt(length, length) for length in (80, 61, 20, 18, 16)), 8))
    assert len(made) == 5
    assert {max(step) >= 80 for step in lengths} == {True, False}
    assert all(min(step) >= 61 for step in lengths if max(step) >= 80)


def test_rows_hold_what_was_put_into_them() -> None:
    """Texts come, grow and go in any order; each row's keys and values stay its own, right-aligned and masked."""
    import torch
    from transformers import Cache
    from transformers.cache_utils import DynamicLayer

    def texts() -> Iterator[float]:
        number = 0.0
        while True:
            number += 1
            yield number

    rng, numbers = np.random.default_rng(3), texts()
    rows = BatchedKVCache(5, lambda width: 600 // width)
    expected: list[list[float]] = []
    most = 0
    for turn in range(600):
        longest = 60 if turn < 300 else 20
        if not expected or (not rows.full and rng.random() < 0.4):
            length = int(rng.integers(1, longest))
            text = [next(numbers) for _ in range(length)]
            read: Any = DynamicLayer()  # type: ignore[no-untyped-call]
            states = torch.tensor(text)[None, None, :, None].expand(1, 2, length, 3)
            read.update(states, -states)
            rows.add_row(Cache(layers=[read, read]), length)
            expected.append(text)
        elif rng.random() < 0.3:
            row = int(rng.integers(len(expected)))
            rows.remove_row(row)
            last = expected.pop()
            if row < len(expected):
                expected[row] = last
        else:
            mask, own = rows.advance()
            new = torch.tensor([next(numbers) for _ in expected])[:, None, None, None].expand(-1, 2, 1, 3)
            for held, number in zip(expected, new[:, 0, 0, 0].tolist(), strict=True):
                held.append(number)
            layers: Any = rows.cache.layers
            for layer in layers:
                with torch.inference_mode():
                    keys, values = layer.update(new, -new)
                assert torch.equal(keys, -values)
                places = keys.shape[2]
                assert places <= max(map(len, expected)) + 5
                for row, held in enumerate(expected):
                    assert own[row].tolist() == [len(held) - 1]
                    assert mask[row].tolist() == [0] * (places - len(held)) + [1] * len(held)
                    assert keys[row, 1, mask[row].bool(), 2].tolist() == held
        most = max(most, len(expected))
    assert most > 5
