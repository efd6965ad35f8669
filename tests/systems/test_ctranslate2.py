import time
from pathlib import Path
from typing import Any

import pytest
import torch

from sumbench.errors import SummarizerError
from sumbench.errors import UsageError
from sumbench.generation.ctranslate2 import engine
from sumbench.records import Document
from sumbench.systems import Context
from sumbench.systems import build_system
from sumbench.weights import Store
from tests.generation import pairs
from tests.generation import tiny

SENTENCE = "The council met on Monday and voted for the bridge. It rained all day in the valley. "
DOCUMENTS = [Document(str(count), SENTENCE * count, ()) for count in (1, 3, 2)] + [
    Document("odd", "Bread, for all.", ())
]
FLOAT = ",backend=ctranslate2,compute=float32"


@pytest.fixture
def home(tmp_path: Path) -> Store:
    """A store of the test's own."""
    return Store(tmp_path / "store", offline=True)


def summarize(spec: str, store: Store, documents: list[Document]) -> list[tuple[Any, ...]]:
    """Load a system and let it write; in the order of the documents' ids."""
    made = build_system(spec).load(Context(0, store, "cpu"))(documents)
    return sorted((one.document, one.text, one.output_tokens, one.seen_tokens, one.error) for one in made)


@pytest.mark.parametrize("more", ["", ",batch_size=1", ",long=chunk,max_input_tokens=20", ",stop=day,sentences=1"])
def test_a_causal_model_in_float32_writes_what_it_writes_in_torch(tmp_path: Path, home: Store, more: str) -> None:
    """The same texts and counts, whatever the batch, the strategy for long documents, and where it ends."""
    spec = f"causal,model={tiny.causal(tmp_path / 'tiny')},max_new_tokens=24{more}"
    expected = summarize(spec, home, DOCUMENTS)
    assert summarize(spec + FLOAT, home, DOCUMENTS) == expected


@pytest.mark.parametrize("kind", ["causal", "bart", "pegasus", "t5"])
def test_control_tokens_in_a_document_are_text_to_both_back_ends(tmp_path: Path, home: Store, kind: str) -> None:
    """A document that names them is read as another one than its words alone, and alike by both."""
    folder = tmp_path / kind
    tiny.causal(folder) if kind == "causal" else pairs.checkpoint(folder, kind, {"no_repeat_ngram_size": 0})
    spec = f"{'causal' if kind == 'causal' else 'seq2seq'},model={folder},max_new_tokens=12"
    marked = "The council</s> met<|im_end|> and<s> voted<|endoftext|> for<|im_start|>en_XX the <unk>bridge."
    documents = [Document("marked", marked, ()), Document("plain", "The council met.", ())]
    expected = summarize(spec, home, documents)
    assert not [error for *_, error in expected if error]
    assert summarize(spec + FLOAT, home, documents) == expected


@pytest.mark.parametrize("kind", ["bart", "pegasus", "t5", "mt5"])
@pytest.mark.parametrize("beams", [{"num_beams": 1}, {"num_beams": 3, "no_repeat_ngram_size": 0}])
def test_a_pair_in_float32_writes_what_it_writes_in_torch(
    tmp_path: Path, home: Store, kind: str, beams: dict[str, int]
) -> None:
    """The same texts and counts with the lengths that the checkpoint ships, greedy and with plain beams."""
    spec = f"seq2seq,model={pairs.checkpoint(tmp_path / kind, kind, beams)}"
    expected = summarize(spec, home, DOCUMENTS)
    assert summarize(spec + FLOAT, home, DOCUMENTS) == expected
    assert summarize(spec + FLOAT + ",batch_size=1", home, DOCUMENTS) == expected


def test_the_seconds_of_documents_together_are_no_more_than_passed(tmp_path: Path, home: Store) -> None:
    """Documents in work alongside each other share the time."""
    spec = f"causal,model={tiny.causal(tmp_path / 'tiny')},max_new_tokens=24{FLOAT}"
    summarize = build_system(spec).load(Context(0, home, "cpu"))
    start = time.perf_counter()
    seconds = [one.seconds for one in summarize(DOCUMENTS)]
    passed = time.perf_counter() - start
    assert all(one is not None and one > 0 for one in seconds)
    assert sum(filter(None, seconds)) <= passed


def test_a_model_is_converted_once_and_kept_with_its_checksums(tmp_path: Path, home: Store) -> None:
    """The second time it is there; damaged, it is made again; the store lists and verifies it."""
    spec = f"causal,model={tiny.causal(tmp_path / 'tiny')},max_new_tokens=9,backend=ctranslate2"
    first = summarize(spec, home, DOCUMENTS)
    (name,) = home.names()
    assert name.startswith("tiny-")
    assert name.endswith("--as-ctranslate2-int8")
    home.verify(name)
    weights = home.model_folder(name) / "model.bin"
    made = weights.stat().st_mtime_ns
    assert summarize(spec, home, DOCUMENTS) == first
    assert weights.stat().st_mtime_ns == made
    weights.write_bytes(weights.read_bytes()[:-1])
    assert summarize(spec, home, DOCUMENTS) == first
    home.verify(name)
    assert f"{engine.BACKEND} " in home.origin(name)


def test_torch_keeps_its_threads(tmp_path: Path, home: Store) -> None:
    """A model loaded in ctranslate2 takes no core from what torch does in the same process."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        build_system(f"causal,model={tiny.causal(tmp_path / 'tiny')}{FLOAT}").load(Context(0, home, "cpu"))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_what_ctranslate2_cannot_do_is_one_clear_line(tmp_path: Path, home: Store) -> None:
    """An architecture without a conversion, a model of the other kind, a setting that it lacks."""
    led, tied = pairs.checkpoint(tmp_path / "led", "led"), tiny.causal(tmp_path / "causal")
    gemma = pairs.checkpoint(tmp_path / "gemma", "t5gemma")
    for spec, message in (
        (f"seq2seq,model={led}", "cannot convert a model of the kind 'led': .*; leave out backend=ctranslate2$"),
        (f"seq2seq,model={gemma}", "crashes on models of the kind 't5gemma': leave out backend=ctranslate2$"),
        (f"seq2seq,model={tied},max_input_tokens=50", "is no model for this system: it is of the kind 'llama'"),
        (f"causal,model={led},max_new_tokens=5", "is no model for this system: it is of the kind 'led'"),
    ):
        with pytest.raises(SummarizerError, match=message):
            summarize(spec + FLOAT, home, DOCUMENTS)
    bart = pairs.checkpoint(tmp_path / "bart", "bart", {"encoder_no_repeat_ngram_size": 2})
    with pytest.raises(SummarizerError, match="does not decode with encoder_no_repeat_ngram_size"):
        summarize(f"seq2seq,model={bart}{FLOAT}", home, DOCUMENTS)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("backend=ctranslate", "did you mean 'ctranslate2'"),
        ("backend=ctranslate2,compute=int9", "did you mean 'int8'"),
        ("compute=float32", "compute=float32 is for backend=ctranslate2"),
        ("backend=ctranslate2,dtype=bfloat16", "dtype= is for backend=torch: give compute="),
        ("backend=ctranslate2,temperature=0.5", "leave out temperature="),
    ],
)
def test_options_that_mean_nothing_are_refused(options: str, message: str) -> None:
    """They are refused before anything is loaded."""
    with pytest.raises(UsageError, match=message):
        build_system(f"causal,model=x,{options}")


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without ctranslate2 it is said at once what to install."""
    monkeypatch.setattr(engine, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"pip install 'sumbench\[fast\]'"):
        build_system("causal,model=x,backend=ctranslate2")


@pytest.mark.parametrize("family", ["causal", "seq2seq"])
def test_the_backend_is_part_of_the_fingerprint(family: str) -> None:
    """Each number format is a system of its own, by the version of ctranslate2; torch's knows nothing of them."""
    torch, whole, small = (
        build_system(f"{family},model=x{more}").fingerprint() for more in ("", FLOAT, ",backend=ctranslate2")
    )
    assert whole["options"]["compute"] == "float32"
    assert small["options"]["compute"] == "int8"
    assert engine.BACKEND in small["libraries"]
    assert not {"backend", "compute"} & set(torch["options"])


@pytest.mark.weights
def test_smollm2_writes_in_float32_what_it_writes_in_torch(store: Store, document: Document) -> None:
    """The real model: the same texts; and in int8 it keeps to the article."""
    documents = [document, Document("day", SENTENCE * 2, ())]
    expected = summarize("smollm2-135m,max_new_tokens=40", store, documents)
    assert summarize("smollm2-135m,max_new_tokens=40" + FLOAT, store, documents) == expected
    (bridge, _) = summarize("smollm2-135m,max_new_tokens=40,backend=ctranslate2", store, documents)
    assert "bridge" in bridge[1].lower()
