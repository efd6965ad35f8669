# ruff: noqa: ANN401 - what stands in for a model's own function takes what that takes
from pathlib import Path
from typing import Any

import pytest

from sumbench.errors import UsageError
from sumbench.generation import batching
from sumbench.generation.batching import Batcher
from sumbench.generation.requests import Answer
from sumbench.generation.requests import GenerationRequest
from sumbench.generation.requests import RequestIntake
from sumbench.generation.requests import RequestQueue
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.systems import Context
from sumbench.systems.causal import Causal
from sumbench.weights import Store
from tests.generation import tiny

DOCUMENTS = [Document(f"{count}", f"It rained on day {count}. " * count, ()) for count in (3, 9, 1, 12, 5, 7, 2, 4)]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small random causal model in a folder."""
    return tiny.causal(tmp_path_factory.mktemp("causal") / "tiny")


def summarize(folder: Path, batch_size: str, documents: list[Document] = DOCUMENTS, **options: Any) -> list[Summary]:
    """Let the model in the folder write of the documents, so many at a time."""
    options = {"max_new_tokens": 20, **options}
    system = Causal(name="tiny", model=str(folder), batch_size=batch_size, **options)
    return list(system.load(Context(0, Store(Path("unused"), offline=True), "cpu"))(documents))


def texts(summaries: list[Summary]) -> dict[str, tuple[str, int | None, int]]:
    """Return what must not depend on the batch, by document."""
    return {one.document: (one.text, one.seen_tokens, one.output_tokens) for one in summaries}


@pytest.mark.parametrize("batch_size", ["3", "8", "auto"])
def test_summaries_do_not_depend_on_the_batch(checkpoint: Path, batch_size: str) -> None:
    """Texts and counts are those of one document at a time, where the longest document comes first."""
    summaries, alone = summarize(checkpoint, batch_size), summarize(checkpoint, "1")
    assert texts(summaries) == texts(alone)
    assert all(one.error is None and one.seconds for one in summaries)
    assert [one.document for one in alone] == ["12", "9", "7", "5", "4", "3", "2", "1"]


@pytest.mark.parametrize("shipped", [{"repetition_penalty": 1.5}, {"suppress_tokens": list(range(60, 200))}])
def test_what_a_checkpoint_ships_for_decoding_is_honoured(tmp_path: Path, shipped: dict[str, Any]) -> None:
    """Such models are left to transformers' generate, and summaries do not depend on the batch there either."""
    from transformers import GenerationConfig

    plain = texts(summarize(tiny.causal(tmp_path / "tiny"), "1"))
    settings = GenerationConfig(eos_token_id=2, pad_token_id=2, **shipped)  # type: ignore[no-untyped-call]
    settings.save_pretrained(tmp_path / "tiny")
    alone = texts(summarize(tmp_path / "tiny", "1"))
    assert alone != plain
    assert texts(summarize(tmp_path / "tiny", "8")) == alone


def test_chunks_are_batched_and_all_is_seen(checkpoint: Path) -> None:
    """Long documents in chunks give the same summaries in every batch size, and say that they were seen whole."""
    long = [*DOCUMENTS, Document("long", tiny.TEXT * 12, ())]
    eight = summarize(checkpoint, "8", long, long="chunk", max_new_tokens=10)
    assert texts(eight) == texts(summarize(checkpoint, "1", long, long="chunk", max_new_tokens=10))
    (seen,) = (one for one in eight if one.document == "long")
    assert seen.error is None
    assert seen.seen_tokens == seen.input_tokens
    assert seen.input_tokens is not None
    assert seen.input_tokens > 512


@pytest.mark.parametrize("batch_size", ["8", "auto"])
def test_out_of_memory_halves_the_batch_and_goes_on(
    checkpoint: Path, batch_size: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that runs out of memory with more than two rows still summarizes everything, the same way."""
    import torch
    from transformers import LlamaForCausalLM

    expected = texts(summarize(checkpoint, "1"))
    forward = LlamaForCausalLM.forward
    sizes = []

    def scarce(self: Any, *args: Any, **options: Any) -> Any:
        sizes.append(len(options["input_ids"]))
        if sizes[-1] > 2:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return forward(self, *args, **options)

    monkeypatch.setattr(LlamaForCausalLM, "forward", scarce)
    summaries = summarize(checkpoint, batch_size)
    assert [one.error for one in summaries] == [None] * len(DOCUMENTS)
    assert texts(summaries) == expected
    assert [size for size in dict.fromkeys(sizes) if size > 2] == [8, 4]


def test_a_document_that_fails_alone_is_recorded_and_the_others_go_on(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch that fails is tried one by one; only what fails by itself is a failure, with its error."""
    from transformers import LlamaForCausalLM

    expected = texts(summarize(checkpoint, "1"))
    forward = LlamaForCausalLM.forward
    longest = []

    def fragile(self: Any, *args: Any, **options: Any) -> Any:
        longest.append(options["input_ids"].shape[1])
        if longest[-1] == max(longest) > 1:
            raise ValueError("this one is too much")
        return forward(self, *args, **options)

    monkeypatch.setattr(LlamaForCausalLM, "forward", fragile)
    summaries = summarize(checkpoint, "8")
    failed = [one for one in summaries if one.error]
    assert [(one.document, one.error) for one in failed] == [("12", "ValueError: this one is too much")]
    assert {**texts(summaries), "12": expected["12"]} == expected


def test_memory_that_does_not_suffice_for_one_document_is_that_documents_failure() -> None:
    """With a batch of one there is nothing left to halve."""

    def write(intake: RequestIntake) -> Any:
        while intake.batch():
            raise MemoryError
        yield from ()

    asked = GenerationRequest([1], "en")
    ((request, error),) = Batcher(write, 4).run(RequestQueue([asked]))
    assert request is asked
    assert isinstance(error, MemoryError)


def test_auto_packs_by_tokens() -> None:
    """Many short texts go together, few long ones, the longest first."""
    seen: list[list[int]] = []

    def write(intake: RequestIntake) -> Any:
        while batch := intake.batch():
            seen.append([len(request.ids) for request in batch])
            yield from ((request, Answer("", 0, 0.0)) for request in batch)

    lengths = [10] * 20 + [6_000] * 4 + [50_000]
    list(Batcher(write, 16, 16_384).run(RequestQueue(GenerationRequest([0] * length, "en") for length in lengths)))
    assert seen == [[50_000], [6_000] * 2, [6_000] * 2, [10] * 16, [10] * 4]


@pytest.mark.parametrize(
    "said", ["CUDA out of memory.", "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublas`"]
)
def test_libraries_beside_torch_run_out_of_memory_too(said: str) -> None:
    """What they say counts as much as what torch says; another error does not."""
    assert batching.out_of_memory(RuntimeError(said))
    assert not batching.out_of_memory(ValueError(said))
    assert not batching.out_of_memory(RuntimeError("CUDA error: an illegal memory access was encountered"))


@pytest.mark.parametrize("given", ["0", "-1", "many", ""])
def test_a_batch_size_that_means_nothing_is_refused(given: str) -> None:
    """It is auto or a whole number."""
    with pytest.raises(UsageError, match="is neither auto nor a whole number"):
        batching.parse_batch_size("x", given)
    assert batching.parse_batch_size("x", "auto") is None
    assert batching.parse_batch_size("x", "8") == 8


@pytest.mark.weights
def test_smollm2_writes_the_same_in_every_batch(store: Store) -> None:
    """One article at a time or all together: the same texts, on articles of different lengths."""
    from sumbench.corpus import open_corpus

    shortest = sorted(open_corpus("references").documents[:12], key=lambda document: len(document.text))[:3]

    def write(batch_size: str) -> list[Summary]:
        system = Causal(name="smollm2-135m", batch_size=batch_size, max_new_tokens=16, max_input_tokens=120)
        return list(system.load(Context(0, store, "cpu"))([*shortest, Document("short", tiny.TEXT, ())]))

    assert texts(write("8")) == texts(write("1"))
