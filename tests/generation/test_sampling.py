from functools import wraps
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sumbench.errors import UsageError
from sumbench.generation.requests import GenerationRequest
from sumbench.generation.sampling import Sampler
from sumbench.generation.sampling import Sampling
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.systems import Context
from sumbench.systems import build_system
from sumbench.systems import build_systems
from sumbench.systems.causal import Causal
from sumbench.weights import Store
from tests.generation import tiny

LOGITS = [1.0, -0.5, 2.0, 0.0, 1.5, -3.0]
DOCUMENTS = [Document(f"{count}", f"It rained on day {count}. " * count, ()) for count in (3, 9, 1, 5)]

Texts = dict[tuple[str, int], tuple[str, int]]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small random causal model in a folder."""
    return tiny.causal(tmp_path_factory.mktemp("causal") / "tiny")


def summarize(folder: Path, context: Context | None = None, **options: Any) -> list[Summary]:  # noqa: ANN401
    """Let the model in the folder draw summaries."""
    system = Causal(name="tiny", **{"model": str(folder), "max_new_tokens": 12, "temperature": 0.8, **options})
    context = context or Context(0, Store(Path("unused"), offline=True), "cpu")
    return list(system.load(context)(DOCUMENTS))


def texts(summaries: list[Summary]) -> Texts:
    """Return what must depend on nothing but document and draw."""
    assert not [one.error for one in summaries if one.error]
    return {(one.document, one.draw): (one.text, one.output_tokens) for one in summaries}


def draws(sampling: Sampling, number: int, logits: list[float] | None = None) -> "np.ndarray[Any, Any]":
    """Draw so many tokens from the logits, a row each, and return how often each came."""
    import torch

    rng = np.random.default_rng(5)
    rows = torch.tensor([LOGITS if logits is None else logits]).expand(number, -1)
    found = Sampler(sampling, lambda _: rng)(rows, [GenerationRequest([], "en")] * number)
    return np.bincount(found, minlength=rows.shape[1])


@pytest.mark.parametrize(
    ("sampling", "kept"),
    [
        (Sampling(1.0), range(6)),
        (Sampling(0.5), range(6)),
        (Sampling(2.5), range(6)),
        (Sampling(1.0, top_k=3), (2, 4, 0)),
        (Sampling(1.5, top_k=4, top_p=0.8), (2, 4, 0)),
    ],
)
def test_tokens_come_as_often_as_they_are_likely(sampling: Sampling, kept: tuple[int, ...]) -> None:
    """20,000 draws agree with the softmax at the temperature, over the tokens that are kept, by a chi-square test."""
    from scipy.stats import chisquare

    weights = np.exp(np.array(LOGITS)[list(kept)] / sampling.temperature)
    expected = np.zeros(len(LOGITS))
    expected[list(kept)] = weights / weights.sum() * 20_000
    counted = draws(sampling, 20_000)
    assert counted[expected == 0].sum() == 0
    assert chisquare(counted[expected > 0], expected[expected > 0]).pvalue > 0.001


@pytest.mark.parametrize(
    ("top_p", "kept"),
    [(0.3, {1}), (0.5, {1}), (0.51, {1, 3}), (0.75, {1, 3}), (0.76, {0, 1, 3}), (1.0, {0, 1, 2, 3})],
)
def test_the_nucleus_is_the_smallest_set_that_reaches_top_p(top_p: float, kept: set[int]) -> None:
    """Of probabilities 1/2, 1/4, 1/8, 1/8 exactly the fewest likely tokens stay, of equal ones the earlier."""
    import torch

    logits = torch.log2(torch.tensor([[0.125, 0.5, 0.125, 0.25]])) * np.log(2)
    likely = Sampling(1.0, top_p=top_p).probabilities(logits)[0]
    assert {place for place, value in enumerate(likely.tolist()) if value > 0} == kept
    assert float(likely.sum()) == pytest.approx(1)


@pytest.mark.parametrize(
    "sampling", [Sampling(0.7, top_p=0.9), Sampling(1.0, top_p=0.999), Sampling(2.0, top_k=40, top_p=0.6)]
)
def test_cuts_of_a_large_vocabulary_are_those_of_sorting_all_of_it(sampling: Sampling) -> None:
    """Leaving out of the sorting what cannot be kept changes nothing."""
    logits = np.random.default_rng(2).normal(0, 3, (3, 50_000))
    import torch

    found = sampling.probabilities(torch.tensor(logits)).numpy()
    for row, mine in zip(logits, found, strict=True):
        likely = np.exp(row / sampling.temperature)
        order = np.argsort(-likely, kind="stable")[: sampling.top_k or None]
        shares = likely[order] / likely[order].sum()
        kept = order[: np.searchsorted(shares.cumsum(), sampling.top_p) + 1]
        expected = np.zeros_like(likely)
        expected[kept] = likely[kept] / likely[kept].sum()
        np.testing.assert_allclose(mine, expected, atol=1e-12)


def test_top_k_keeps_k_of_equals() -> None:
    """Of tokens that are equally likely no more than k are drawn."""
    assert list(draws(Sampling(1.0, top_k=2), 100, [1.0, 1.0, 1.0]) > 0) == [True, True, False]


def test_the_same_seed_draws_the_same_texts(checkpoint: Path) -> None:
    """Another seed draws others, and the draws of a document differ from each other."""
    first = texts(summarize(checkpoint, samples=3))
    assert set(first) == {(document.id, draw) for document in DOCUMENTS for draw in (1, 2, 3)}
    assert len(set(first.values())) > 9
    assert texts(summarize(checkpoint, samples=3)) == first
    other = texts(summarize(checkpoint, Context(1, Store(Path("unused"), offline=True), "cpu"), samples=3))
    assert sum(other[key] == first[key] for key in first) <= 2


@pytest.mark.parametrize("options", [{"batch_size": "1"}, {"batch_size": "5"}, {"batch_size": "8"}])
def test_a_draw_does_not_depend_on_the_batch(checkpoint: Path, options: dict[str, Any]) -> None:
    """However the draws of the documents fall into batches, each is the same text."""
    assert texts(summarize(checkpoint, samples=3, **options)) == texts(summarize(checkpoint, samples=3))


def test_a_draw_does_not_depend_on_the_number_of_draws(checkpoint: Path) -> None:
    """The first two of five draws are the two of two, and draws that are made already are not made again."""
    two, five = texts(summarize(checkpoint, samples=2)), texts(summarize(checkpoint, samples=5))
    assert two.items() <= five.items()
    made = {document.id: frozenset({1, 2, 4}) for document in DOCUMENTS}
    context = Context(0, Store(Path("unused"), offline=True), "cpu", made)
    rest = texts(summarize(checkpoint, context, samples=5))
    assert {draw for _, draw in rest} == {3, 5}
    assert rest.items() <= five.items()


def test_a_temperature_near_zero_is_greedy(checkpoint: Path) -> None:
    """All the probability goes to the likeliest token."""
    cold = texts(summarize(checkpoint, temperature=1e-6))
    assert cold == texts(summarize(checkpoint, temperature=0.0))


def test_a_prompt_is_read_once_for_all_its_draws(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is written is computed for each draw."""
    from transformers import LlamaForCausalLM

    passes: list[tuple[int, int]] = []
    forward = LlamaForCausalLM.forward

    @wraps(forward)
    def counted(self: LlamaForCausalLM, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        passes.append(tuple(kwargs["input_ids"].shape))
        return forward(self, *args, **kwargs)

    monkeypatch.setattr(LlamaForCausalLM, "forward", counted)
    made = summarize(checkpoint, samples=4)
    assert sum(length > 1 for _, length in passes) == len(DOCUMENTS)
    assert all(before[0] >= after[0] for before, after in pairwise(one for one in passes if one[1] == 1))
    assert len(made) == 16


@pytest.mark.parametrize(
    "options", [{"long": "chunk", "max_input_tokens": 30, "max_new_tokens": 4}, {"top_k": 20, "top_p": 0.9}]
)
def test_every_way_to_ask_a_model_is_drawn_the_same_again(checkpoint: Path, options: dict[str, Any]) -> None:
    """Chunks have streams of their own, and cut distributions draw what they drew before."""
    one = texts(summarize(checkpoint, samples=2, **options))
    assert texts(summarize(checkpoint, samples=2, batch_size="1", **options)) == one
    assert one != texts(summarize(checkpoint, samples=2))


def test_models_of_other_decoders_are_sampled_too(tmp_path: Path) -> None:
    """What is left to transformers' generate is drawn from the same streams, whatever the batch."""
    from transformers import GenerationConfig

    folder = tiny.causal(tmp_path / "tiny")
    whole = texts(summarize(folder, samples=2))
    # A penalty of almost nothing takes the model out of the decoder in step, and changes no logit that counts.
    settings = GenerationConfig(eos_token_id=2, pad_token_id=2, repetition_penalty=1 + 1e-9)  # type: ignore[no-untyped-call]
    settings.save_pretrained(folder)
    assert texts(summarize(folder, samples=2)) == whole
    assert texts(summarize(folder, samples=2, batch_size="1")) == whole


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("samples=5", "samples=5 of greedy decoding would all be the same: give a temperature above 0"),
        ("temperature=-1", "temperature=-1 is no temperature"),
        ("temperature=inf", "temperature=inf is not a number"),
        ("temperature=1,top_p=0", "top_p=0 is no share"),
        ("temperature=1,top_p=1.5", "top_p=1.5 is no share"),
        ("top_p=0.9", "top_p=0.9 changes nothing in greedy decoding"),
        ("top_k=5", "top_k=5 changes nothing in greedy decoding"),
        ("temperature=1,top_k=-1", "top_k=-1 means nothing"),
        ("temperature=1,samples=0", "samples=0 means nothing"),
    ],
)
def test_options_of_sampling_that_mean_nothing_are_refused(options: str, message: str) -> None:
    """One line says which option it is and what to give."""
    with pytest.raises(UsageError, match=message):
        build_system(f"causal,model=x,{options}")


def test_how_many_are_drawn_is_no_part_of_what_a_system_is() -> None:
    """Fingerprint and name are the same for any number of draws; temperature and cuts change the fingerprint."""
    few, many = build_system("causal,temperature=1,samples=2"), build_system("causal,samples=5,temperature=1")
    assert few.fingerprint() == many.fingerprint()
    assert few.name == many.name == "smollm2-135m"
    assert (few.samples, many.samples, few.seeded, build_system("causal").seeded) == (2, 5, True, False)
    others = [build_system(f"causal,temperature=1,{option}") for option in ("top_k=9", "top_p=0.5", "sentences=2")]
    prints = [
        str(one.fingerprint()) for one in (few, build_system("causal,temperature=2"), build_system("causal"), *others)
    ]
    assert len(set(prints)) == 6
    with pytest.raises(UsageError, match="'smollm2-135m' is named twice"):
        build_systems(["causal,temperature=1,samples=2", "causal,temperature=1"])
