"""BERTScore: equal to a slow version by the paper's formula and to bert-score's figures, whatever the batches."""

import json
from collections.abc import Sequence
from dataclasses import replace
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sumbench.corpus import Corpus
from sumbench.errors import MetricError
from sumbench.errors import UsageError
from sumbench.jobs import run as jobs
from sumbench.jobs.plan import Plan
from sumbench.metrics import BatchScores
from sumbench.metrics import LoadedMetric
from sumbench.metrics import MetricContext
from sumbench.metrics import build_metric
from sumbench.metrics.meaning.bertscore import BertScore
from sumbench.metrics.meaning.memory import TextMemory
from sumbench.metrics.meaning.references import agreement
from sumbench.metrics.meaning.references import over_references
from sumbench.metrics.meaning.token_vectors import window_cuts
from sumbench.metrics.meaning.token_vectors import window_starts
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.systems import Context
from sumbench.systems import build_system
from sumbench.testing import check_metric
from sumbench.weights import Store
from tests.conftest import ARTICLE
from tests.conftest import REFERENCES
from tests.metrics import encoder

CONTEXT = MetricContext(0, Store(Path("nowhere"), offline=True), "cpu")

DOCUMENTS = [
    Document("bridge", ARTICLE, REFERENCES, language="en"),
    Document("bread", "A baker gave bread.", ("The baker gave everyone bread.",), language="en"),
]

TEXTS = ["The council voted.", ARTICLE, "Bread for everyone, said the mayor of 2019.", REFERENCES[0]]


def summaries(*texts: str, document: str = "bridge") -> list[Summary]:
    return [Summary(document, f"s{number}", text, 0, 0, 0, 0.0) for number, text in enumerate(texts)]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small encoder."""
    return encoder.save(tmp_path_factory.mktemp("model") / "tiny")


def scored(metric: BertScore, found: Sequence[Summary], documents: Sequence[Document] = DOCUMENTS) -> BatchScores:
    return LoadedMetric(metric, metric.load(CONTEXT)).found(documents, found)


class Slow:
    """BERTScore by loops over tokens, one text at a time, from the states of all layers."""

    def __init__(self, folder: Path, layer: int) -> None:
        """Load the model."""
        from transformers import AutoModel
        from transformers import AutoTokenizer

        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder)
        self._model: Any = AutoModel.from_pretrained(folder).eval()
        self._layer = layer

    def ids(self, text: str) -> list[int]:
        """Return the tokens of a text."""
        found: list[int] = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return found

    def states(self, ids: Sequence[int]) -> Any:  # noqa: ANN401
        """Return the states of a window, with the marks around it."""
        import torch

        whole = [self._tokenizer.cls_token_id, *ids, self._tokenizer.sep_token_id]
        with torch.no_grad():
            out = self._model(torch.tensor([whole]), output_hidden_states=True)
        return out.hidden_states[self._layer][0].double().numpy()

    def vectors(self, text: str) -> list[Any]:
        """Return the vectors of [CLS], the tokens and [SEP], each token's from its window with most on both sides."""
        ids, room = self.ids(text), encoder.ROOM
        if len(ids) <= room:
            return list(self.states(ids))
        starts = [start for start in range(0, len(ids), room // 2) if start + room < len(ids)] + [len(ids) - room]
        windows = {start: self.states(ids[start : start + room]) for start in starts}

        def best(at: int) -> Any:  # noqa: ANN401
            inside = [start for start in starts if start <= at < start + room]
            start = max(inside, key=lambda start: (min(at - start, start + room - 1 - at), start))
            return windows[start][1 + at - start]

        return [windows[0][0], *map(best, range(len(ids))), windows[starts[-1]][-1]]

    def score(self, text: str, reference: str, weights: dict[int, float] | None = None) -> tuple[float, float, float]:
        """Return F1, precision and recall."""
        parts = {one: self.vectors(one) for one in (text, reference)}

        def directed(one: str, other: str) -> float:
            total = whole = 0.0
            for token, vector in zip(self.ids(one), parts[one][1:-1], strict=True):
                weight = 1.0 if weights is None else weights[token]
                cosines = [vector @ each / np.linalg.norm(vector) / np.linalg.norm(each) for each in parts[other]]
                total, whole = total + weight * max(cosines), whole + weight
            return total / whole

        precision, recall = directed(text, reference), directed(reference, text)
        return 2 * precision * recall / (precision + recall), precision, recall


@pytest.mark.parametrize("layer", [0, 2, 3])
def test_equals_the_slow_version(model: Path, layer: int) -> None:
    """Long texts in windows, texts of all lengths in one batch, any layer: as token by token, window by window."""
    slow = Slow(model, layer)
    found = scored(BertScore(name="b", model=str(model), layer=layer), summaries(*TEXTS, document="bread"))
    expected = [slow.score(text, DOCUMENTS[1].references[0]) for text in TEXTS]
    for number, name in enumerate(found.values):
        assert found.values[name] == pytest.approx([scores[number] for scores in expected], abs=1e-6)


def test_weights_are_inverse_document_frequencies_of_the_named_references(model: Path, tmp_path: Path) -> None:
    """A token of n of the M references weighs log((M + 1) / (n + 1)); the signature says which references they were."""
    corpus = tmp_path / "corpus.jsonl"
    rows = [{"id": str(number), "document": "x", "summary": text} for number, text in enumerate(TEXTS)]
    corpus.write_text("".join(json.dumps(row) + "\n" for row in rows))
    slow = Slow(model, 3)
    known = [{*slow.ids(text)} for text in TEXTS]
    every = {token for text in (*TEXTS, *DOCUMENTS[1].references) for token in slow.ids(text)}
    weights = {token: log((len(TEXTS) + 1) / (sum(token in some for some in known) + 1)) for token in every}
    metric = BertScore(name="b", model=str(model), idf=str(corpus))
    found = scored(metric, summaries(*TEXTS, document="bread"))
    expected = [slow.score(text, DOCUMENTS[1].references[0], weights)[0] for text in TEXTS]
    assert found.values["bertscore"] == pytest.approx(expected, abs=1e-6)
    line = metric.signatures(["en"])["bertscore"]
    assert "|idf-references:" in line
    corpus.write_text(corpus.read_text().replace("bread", "cake"))
    assert BertScore(name="b", model=str(model), idf=str(corpus)).signatures(["en"])["bertscore"] != line


def test_a_baseline_is_computed_from_random_pairs_and_said(model: Path, tmp_path: Path) -> None:
    """Each score s becomes (s - b) / (1 - b); with three references b is the mean of their six ordered pairs."""
    texts = TEXTS[:1] + TEXTS[2:]
    corpus = tmp_path / "corpus.jsonl"
    rows = [{"id": str(number), "document": "x", "summary": text} for number, text in enumerate(texts)]
    corpus.write_text("".join(json.dumps(row) + "\n" for row in rows))
    slow = Slow(model, 3)
    low = np.mean([slow.score(one, other) for one in texts for other in texts if one != other], axis=0)
    metric = BertScore(name="b", model=str(model))
    mine = summaries(*TEXTS, "", document="bread")
    plain, rescaled = scored(metric, mine), scored(replace(metric, rescale=str(corpus)), mine)
    for name, value in zip(plain.values, low, strict=True):
        expected = [*((plain.values[name][:-1] - value) / (1 - value)), 0.0]
        assert rescaled.values[name] == pytest.approx(expected, abs=1e-5)
    (note,) = replace(metric, rescale=str(corpus)).load(CONTEXT).notes  # type: ignore[attr-defined]
    assert note.startswith(f"b: rescaled by a baseline of 6 random pairs of references: F1 {100 * low[0]:.2f}, ")


def test_several_references_and_their_agreement() -> None:
    """The jackknife leaves each reference out once; agreement is the mean of each reference against the others."""
    scores = np.array([[0.5, 0.9, 0.7], [0.3, 0.2, 0.1]])
    assert over_references(scores, "max") == pytest.approx([0.9, 0.3])
    assert over_references(scores, "mean") == pytest.approx([0.7, 0.2])
    assert over_references(scores, "jackknife") == pytest.approx([(0.9 + 0.9 + 0.7) / 3, (0.3 + 0.3 + 0.2) / 3])
    assert over_references(scores[:, :1], "jackknife") == pytest.approx([0.5, 0.3])
    among = np.array([[1.0, 0.4, 0.6], [0.2, 1.0, 0.8], [0.5, 0.1, 1.0]])
    assert agreement(among, "jackknife") == agreement(among, "max") == pytest.approx((0.6 + 0.8 + 0.5) / 3)
    assert agreement(among, "mean") == pytest.approx((0.5 + 0.5 + 0.3) / 3)
    assert np.isnan(agreement(among[:1, :1], "max"))


def test_a_reference_scored_as_a_summary_is_what_agreement_says(model: Path) -> None:
    """The agreement of two references is the mean of the two scores of one against the other."""
    metric = BertScore(name="b", model=str(model))
    alone = [replace(DOCUMENTS[0], references=(reference,)) for reference in REFERENCES]
    each = [
        scored(metric, summaries(text), [document]).values["bertscore"][0]
        for text, document in zip(REFERENCES[::-1], alone, strict=True)
    ]
    found = scored(metric, ()).agreement["bertscore"]
    assert found[0] == pytest.approx(np.mean(each), abs=1e-6)
    assert np.isnan(found[1])


@pytest.mark.parametrize("spec", ["bertscore", "similarity", "smart", "similarity,against=document"])
def test_keeps_the_contract_of_metrics(model: Path, spec: str) -> None:
    """Batches of any size and order have the same scores but for rounding, and what cannot be scored fails alone."""
    metric = build_metric(f"{spec},model={model}" if "," not in spec else f"similarity,against=document,model={model}")
    check_metric(metric, context=CONTEXT, without_effect=("idf", "rescale"), tolerance=1e-5)


def test_texts_without_tokens_score_zero_and_long_ones_are_noted(model: Path) -> None:
    """An empty summary has 0 in all values, and readers are told which texts were read in windows."""
    metric = BertScore(name="b", model=str(model))
    found = scored(metric, summaries("", ARTICLE))
    assert [array[0] for array in found.values.values()] == [0.0, 0.0, 0.0]
    (note,) = found.notes
    assert note.what == f"read in windows of {encoder.ROOM} tokens that overlap by half"
    assert "s1's summary of document 'bridge'" in note.texts


def test_control_tokens_in_texts_are_text(model: Path) -> None:
    """A summary that writes [SEP] is not read as two texts."""
    found = scored(BertScore(name="b", model=str(model)), summaries("bread [SEP] bread", "bread bread"))
    one, other = found.values["bertscore"]
    assert one != pytest.approx(other, abs=1e-4)
    assert BertScore(name="b", model=str(model)).comparer(CONTEXT)._encoder.tokens(["[SEP]"]) != [[3]]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"layer": 4}, MetricError, "b: layer=4: the model in .* has layers 0 to 3"),
        ({"layer": -1}, UsageError, "b: layer=-1: layers are counted from 0"),
        ({"handling": "best"}, UsageError, "b: unknown handling of references 'best': known are jackknife, max, mean"),
    ],
)
def test_wrong_options_are_one_line(model: Path, options: dict[str, Any], error: type[Exception], said: str) -> None:
    """What is wrong is said with what there is."""
    with pytest.raises(error, match=said):
        BertScore(name="b", model=str(model), **options).load(CONTEXT)


def test_windows_overlap_by_half_and_end_with_the_text() -> None:
    """Of 25 tokens with room for 10 there are four windows, cut where their centres are equally near."""
    assert window_starts(25, 10) == [0, 5, 10, 15]
    assert window_cuts(25, 10, [0, 5, 10, 15]) == [0, 7, 12, 17, 25]
    assert window_starts(10, 10) == [0]
    assert window_starts(13, 10) == [0, 3]


def test_each_text_is_computed_once_within_bounds() -> None:
    """What was used longest ago goes when there is no more room."""
    seen: list[str] = []

    def compute(texts: Sequence[str]) -> list[str]:
        seen.extend(texts)
        return [text.upper() for text in texts]

    memory = TextMemory(compute, len, most=3)
    assert memory.of(["a", "b", "a"]) == {"a": "A", "b": "B"}
    memory.of(["a", "c"])
    memory.of(["a", "d"])
    assert seen == ["a", "b", "c", "d"]
    memory.of(["b"])
    assert seen == ["a", "b", "c", "d", "b"]


def test_a_model_of_english_is_noted_for_other_languages() -> None:
    """The default model says so of a corpus in German; a model of the user's own does not."""
    metric = BertScore(name="b")
    (note,) = metric.language_notes(["de", "en"])
    assert note.startswith("b: minilm is a model of English: what it says of texts in de ")
    assert not metric.language_notes(["en"])
    assert not BertScore(name="b", model="other/model").language_notes(["de"])


SUMMARIES = (
    "The council voted for the bridge by nine to four.",
    "A baker gave everyone bread. It rained all day in the valley.",
    "Zwei Millionen für eine Brücke!",
)

PINNED = {
    ("handling=max", 1): (
        (0.617577, 0.144440, 0.232094),
        (0.687774, 0.142685, 0.238582),
        (0.560383, 0.146239, 0.225950),
    ),
    ("handling=max", 2): (
        (0.675138, 0.162207, 0.238246),
        (0.744359, 0.167314, 0.238582),
        (0.617695, 0.157403, 0.239622),
    ),
    ("handling=max,idf=IDF,layer=4", 2): (
        (0.723414, 0.383394, 0.259986),
        (0.760577, 0.374440, 0.269387),
        (0.689713, 0.401330, 0.251219),
    ),
}
"""F1, precision and recall of the summaries by bert-score 0.3.13 (torch 2.13.0, transformers 5.23.0, on a CPU, measured
on 2026-11-27), by options and number of references."""


@pytest.mark.weights
def test_equals_bert_score_on_the_real_model(store: Store, tmp_path: Path) -> None:
    """The figures are bert-score's to 1e-4, with and without idf, with one reference and the best of two."""
    corpus = tmp_path / "idf.jsonl"
    corpus.write_text(json.dumps({"id": "1", "document": "x", "references": list(REFERENCES)}) + "\n")
    loaded: dict[str, LoadedMetric] = {}
    for (options, number), expected in PINNED.items():
        if options not in loaded:
            metric = build_metric(f"bertscore,{options.replace('IDF', str(corpus))}")
            loaded[options] = LoadedMetric(metric, metric.load(MetricContext(0, store, "cpu")))
        found = loaded[options].found([replace(DOCUMENTS[0], references=REFERENCES[:number])], summaries(*SUMMARIES))
        for array, pinned in zip(found.values.values(), expected, strict=True):
            assert array == pytest.approx(pinned, abs=1e-4)


def test_a_run_shows_it_with_the_references_agreement(model: Path, tmp_path: Path) -> None:
    """The table has the column, and the ceiling is the mean of the documents' agreement."""
    metric = BertScore(name="bertscore", model=str(model))
    context = Context(0, CONTEXT.store, "cpu")
    plan = Plan("t", 1, Corpus("c", tuple(DOCUMENTS)), [build_system("lead")], [metric], context, tmp_path / "run")
    finished = jobs.run(plan)
    text = finished.render("markdown")
    assert "| BERTScore |" in text
    ceiling = next(line for line in text.splitlines() if "reference agreement" in line and "|" in line)
    assert f"{100 * scored(metric, ()).agreement['bertscore'][0]:.2f}" in ceiling
