import json
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from sumbench.errors import SummarizerError
from sumbench.errors import UsageError
from sumbench.errors import WeightsError
from sumbench.generation import published
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.systems import Context
from sumbench.systems import build_system
from sumbench.systems.seq2seq import Seq2Seq
from sumbench.weights import Store
from tests.generation import pairs

KINDS = tuple(pairs.FAMILIES)
TEXT = "The council met on Monday and voted for the bridge. It rained all day in the valley. "
DOCUMENTS = [Document(str(count), TEXT * count, ()) for count in (1, 2, 1, 3)] + [
    Document("odd", "Bread, for all.", ())
]


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A small random checkpoint of each family."""
    home = tmp_path_factory.mktemp("pairs")
    return {kind: pairs.checkpoint(home / kind, kind) for kind in KINDS}


def summarize(folder: Path, *documents: Document, device: str = "cpu", **options: Any) -> list[Summary]:  # noqa: ANN401
    """Load the system and let it write; in the order of the documents' ids."""
    system = Seq2Seq(name="tiny", model=str(folder), **options)
    made = system.load(Context(0, Store(Path("unused"), offline=True), device))(documents)
    return sorted(made, key=lambda summary: summary.document)


@pytest.mark.parametrize("kind", KINDS)
def test_a_checkpoint_writes_what_transformers_own_generate_writes(checkpoints: dict[str, Path], kind: str) -> None:
    """With the beams and lengths that it ships, its prefix, and LED's global attention on the first token."""
    import torch
    from transformers import AutoModelForSeq2SeqLM
    from transformers import AutoTokenizer

    from sumbench.sentences import split

    words = AutoTokenizer.from_pretrained(checkpoints[kind])
    model: Any = AutoModelForSeq2SeqLM.from_pretrained(checkpoints[kind])
    inputs = words(("summarize: " if kind == "t5" else "") + TEXT, return_tensors="pt", return_token_type_ids=False)
    if kind == "led":
        inputs["global_attention_mask"] = torch.zeros_like(inputs["input_ids"])
        inputs["global_attention_mask"][:, 0] = 1
    output = model.generate(**inputs)[0]
    (summary,) = summarize(checkpoints[kind], Document("one", TEXT, ()))
    assert summary.error is None
    assert summary.text == "\n".join(split(str(words.decode(output, skip_special_tokens=True)).replace("<n>", "\n")))
    assert 6 <= summary.output_tokens <= 24
    assert summary.seen_tokens == summary.input_tokens


@pytest.mark.parametrize("kind", KINDS)
def test_summaries_do_not_depend_on_the_batch(checkpoints: dict[str, Path], kind: str) -> None:
    """One at a time, three, or all together: the same texts and counts."""
    alone, three, auto = (
        [
            (one.document, one.text, one.output_tokens, one.error)
            for one in summarize(checkpoints[kind], *DOCUMENTS, batch_size=size)
        ]
        for size in ("1", "3", "auto")
    )
    assert alone == three == auto
    assert all(error is None for *_, error in alone)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("strategy", ["truncate", "head-tail", "chunk", "none"])
def test_a_long_document_is_treated_as_asked(checkpoints: dict[str, Path], kind: str, strategy: str) -> None:
    """Of a document beyond the encoder's 96 tokens, each strategy tells honestly what was seen."""
    (summary,) = summarize(checkpoints[kind], Document("long", TEXT * 12, ()), long=strategy, max_new_tokens=7)
    if strategy == "none":
        assert summary.error is not None
        assert "long=none" in summary.error
        return
    assert summary.error is None
    assert summary.input_tokens is not None
    assert summary.input_tokens > 96
    if strategy == "chunk":
        assert summary.seen_tokens == summary.input_tokens
    else:
        assert summary.seen_tokens is not None
        assert 80 <= summary.seen_tokens <= 96


@pytest.mark.parametrize("kind", ["bart", "t5"])
def test_draws_are_the_same_again_whatever_the_batch_and_their_number(checkpoints: dict[str, Path], kind: str) -> None:
    """Each draw of a document is a text of its own from a stream of its own, within the published lengths."""

    def texts(**options: Any) -> dict[tuple[str, int], tuple[str, int]]:  # noqa: ANN401
        made = summarize(checkpoints[kind], *DOCUMENTS[1:], temperature=5.0, **options)
        assert not [one.error for one in made if one.error]
        return {(one.document, one.draw): (one.text, one.output_tokens) for one in made}

    five = texts(samples=5)
    assert len(five) == 20
    assert len(set(five.values())) > 15
    assert all(6 <= tokens <= 24 for _, tokens in five.values())
    assert texts(samples=5, batch_size="1") == five
    assert texts(samples=2).items() <= five.items()


def test_a_temperature_near_zero_is_greedy(checkpoints: dict[str, Path]) -> None:
    """Drawing then takes the likeliest token of each step, as one beam does, n-grams still unrepeated."""
    greedy, cold = (
        [(one.text, one.output_tokens) for one in summarize(checkpoints["bart"], *DOCUMENTS, **options)]
        for options in ({"num_beams": 1}, {"temperature": 1e-6})
    )
    assert greedy == cold
    assert len(set(greedy)) > 1


def test_a_document_is_encoded_once_for_all_its_draws(
    checkpoints: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what is written is computed for each draw."""
    from transformers.models.bart.modeling_bart import BartEncoder

    read: list[int] = []
    forward = BartEncoder.forward

    @wraps(forward)
    def counted(self: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - in place of the model's own
        read.append(len(options["input_ids"]))
        return forward(self, *args, **options)

    monkeypatch.setattr(BartEncoder, "forward", counted)
    different = [DOCUMENTS[0], DOCUMENTS[1], DOCUMENTS[4]]
    assert len(summarize(checkpoints["bart"], *different, temperature=1.0, samples=4)) == 12
    assert read == [1, 1, 1]


def test_beams_move_nothing_of_the_encoding(checkpoints: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """All beams of a document see the same of it: only what they have written changes places with them."""
    from transformers.cache_utils import DynamicLayer

    lengths: list[int] = []
    reorder = DynamicLayer.reorder_cache

    def seen(self: Any, places: Any) -> None:  # noqa: ANN401
        lengths.append(self.keys.shape[2])
        reorder(self, places)

    monkeypatch.setattr(DynamicLayer, "reorder_cache", seen)
    (summary,) = summarize(checkpoints["bart"], DOCUMENTS[3])
    assert summary.seen_tokens is not None
    assert summary.seen_tokens > 30
    assert 1 <= min(lengths) <= max(lengths) <= 24


def test_a_target_language_is_forced(tmp_path: Path) -> None:
    """The token of the language begins what is written; one that the tokenizer does not know is an error."""
    folder = pairs.checkpoint(tmp_path / "bart", "bart")
    use = published.published_use(folder, {})
    settings = published.generation_config(use, pairs.tokenizer("bart"), "fr_XX")
    assert settings.forced_bos_token_id == pairs.SPECIAL.index("fr_XX")
    with pytest.raises(SummarizerError, match="no token for the language 'xx_XX'"):
        summarize(folder, DOCUMENTS[0], target_language="xx_XX")


def test_later_settings_win_over_earlier_ones(tmp_path: Path) -> None:
    """Config.json counts only without generation_config.json; the task's parameters win, and an option most."""
    folder = pairs.checkpoint(tmp_path / "t5", "t5", {"num_beams": 3, "max_length": 20})
    file = folder / "config.json"
    task = {"summarization": {"prefix": "tldr: ", "max_length": 18, "no_repeat_ngram_size": 3}}
    config = {**json.loads(file.read_text()), "num_beams": 7, "length_penalty": 2.0, "task_specific_params": task}
    file.write_text(json.dumps(config))
    use = published.published_use(folder, {"max_new_tokens": 9})
    assert use.prefix == "tldr: "
    assert (use.settings["num_beams"], use.settings["no_repeat_ngram_size"]) == (3, 3)
    assert "length_penalty" not in use.settings
    assert (use.settings["max_new_tokens"], "max_length" in use.settings) == (9, False)
    assert published.published_use(folder, {}).settings["max_length"] == 18
    (summary,) = summarize(folder, DOCUMENTS[0], max_new_tokens=7, num_beams=1, min_new_tokens=0)
    assert summary.error is None
    assert summary.output_tokens <= 7
    (folder / "generation_config.json").unlink()
    assert published.published_use(folder, {}).settings["num_beams"] == 7


def test_the_input_limit_is_the_catalogs_but_never_beyond_the_positions(checkpoints: dict[str, Path]) -> None:
    """BART has 96 positions whatever is stated; T5 has relative ones, and its 96 are only what it was trained with."""
    from transformers import AutoConfig
    from transformers import AutoTokenizer

    limits = {}
    for kind in ("bart", "t5"):
        words = AutoTokenizer.from_pretrained(checkpoints[kind])
        config = AutoConfig.from_pretrained(checkpoints[kind])
        limits[kind] = [published.encoder_token_limit("x", config, words, stated, 0) for stated in (0, 50, 4096)]
    assert limits == {"bart": [96, 50, 96], "t5": [96, 50, 4096]}


def test_only_so_many_sentences_are_kept_where_that_is_asked(checkpoints: dict[str, Path]) -> None:
    """The option cuts, by default nothing is cut."""
    whole = summarize(checkpoints["bart"], *DOCUMENTS)
    short = summarize(checkpoints["bart"], *DOCUMENTS, max_sentences=1)
    assert [one.text.split("\n")[0] for one in whole] == [one.text for one in short]


def test_out_of_memory_halves_the_batch(checkpoints: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Decoding that runs out of memory goes on with fewer documents, and the summaries are the same."""
    import torch
    from transformers import BartForConditionalGeneration

    expected = [one.text for one in summarize(checkpoints["bart"], *DOCUMENTS, batch_size="1")]
    forward = BartForConditionalGeneration.forward

    @wraps(forward)
    def scarce(self: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - in place of the model's own
        if len(options["decoder_input_ids"]) > 4:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return forward(self, *args, **options)

    monkeypatch.setattr(BartForConditionalGeneration, "forward", scarce)
    summaries = summarize(checkpoints["bart"], *DOCUMENTS)
    assert [one.error for one in summaries] == [None] * len(DOCUMENTS)
    assert [one.text for one in summaries] == expected


def test_a_checkpoint_of_another_kind_is_refused(tmp_path: Path) -> None:
    """A causal model, or one without a tokenizer or safetensors, is one clear line."""
    from tests.generation import tiny

    with pytest.raises(SummarizerError, match=r"^tiny: the model in .* cannot be loaded: "):
        summarize(tiny.causal(tmp_path / "causal"))
    folder = pairs.checkpoint(tmp_path / "bart", "bart")
    (folder / "tokenizer.json").rename(tmp_path / "tokenizer.json")
    with pytest.raises(SummarizerError, match="has no tokenizer"):
        summarize(folder)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(WeightsError, match="pickled ones are not loaded"):
        summarize(folder)


def test_options_that_mean_nothing_are_refused() -> None:
    """They are refused before anything is loaded."""
    with pytest.raises(UsageError, match="did you mean 'chunk'"):
        build_system("seq2seq,model=x,long=chunks")
    with pytest.raises(UsageError, match="num_beams=-1 means nothing"):
        build_system("seq2seq,model=x,num_beams=-1")
    with pytest.raises(UsageError, match="num_beams=4 searches, temperature= draws: give one of them"):
        build_system("seq2seq,model=x,num_beams=4,temperature=0.7")
    with pytest.raises(UsageError, match="samples=3 of greedy decoding would all be the same"):
        build_system("seq2seq,model=x,samples=3")


def test_the_fingerprint_does_not_depend_on_the_batch() -> None:
    """Two batch sizes make the same summaries; two strategies do not."""
    one, other, chunk = (
        build_system(f"seq2seq,model=x,{option}").fingerprint()
        for option in ("batch_size=1", "batch_size=8", "long=chunk")
    )
    assert one == other != chunk
