"""Metrics on a model: their weights are there before any work, and stand in what is kept of their scores."""

from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from safetensors.numpy import load_file
from safetensors.numpy import save_file

from sumbench.cli import main
from sumbench.corpus import Corpus
from sumbench.errors import MetricError
from sumbench.errors import UsageError
from sumbench.jobs import run as jobs
from sumbench.jobs.finish import Finished
from sumbench.jobs.plan import Plan
from sumbench.jobs.policy import Policy
from sumbench.manifest import Value
from sumbench.metrics import BatchScores
from sumbench.metrics import MetricContext
from sumbench.metrics import Scorer
from sumbench.metrics.model_metric import ModelMetric
from sumbench.metrics.model_metric import in_batches
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.runs.cache import Cache
from sumbench.systems import Context
from sumbench.systems import build_system
from sumbench.weights import Store
from tests.generation import tiny

CALLS: list[str] = []


@dataclass(frozen=True, kw_only=True)
class Weighed(ModelMetric):
    """The number of a summary's tokens, by a model's tokenizer."""

    declared: ClassVar[tuple[Value, ...]] = (Value("weighed", "Weighed", "tokens"),)
    model: str = "minilm"

    def load(self, context: MetricContext) -> Scorer:
        """Open the model, and count."""
        opened = self.open_model(context, "AutoModel")

        def score(_documents: object, summaries: list[Summary]) -> BatchScores:
            CALLS.extend(summary.text for summary in summaries)
            sizes = [len(opened.tokenizer(summary.text)["input_ids"]) for summary in summaries]
            return BatchScores({"weighed": np.array(sizes, np.float64)})

        return score  # type: ignore[return-value]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random encoder."""
    return tiny.embedding(tmp_path_factory.mktemp("model") / "tiny").with_name("tiny-bert")


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """A run without network, with a store of its own."""
    return Context(0, Store(tmp_path / "home", offline=True), "cpu")


def run(context: Context, folder: Path, metric: Weighed) -> Finished:
    corpus = Corpus("c", (Document("1", "One. Two.", ("One.",)),))
    policy = Policy(cache=Cache(folder.with_name("cache")))
    return jobs.run(Plan("t", 1, corpus, [build_system("lead")], [metric], context, folder, policy))


def test_kept_scores_do_not_outlive_the_weights(checkpoint: Path, context: Context, tmp_path: Path) -> None:
    """Scores are reused as long as the weights' SHA-256 is the same, which stands in every signature."""
    CALLS.clear()
    metric = Weighed(name="weighed", model=str(checkpoint))
    first, again = run(context, tmp_path / "one", metric), run(context, tmp_path / "two", metric)
    assert len(CALLS) == 1
    line = first.run.manifest.signatures["weighed"]
    sha256 = context.store.fingerprint(str(checkpoint))
    assert line.endswith(f"|weights:{sha256[:16]}|device:cpu")
    assert again.run.manifest.signatures["weighed"] == line
    file = checkpoint / "model.safetensors"
    tensors = {name: array + 1 for name, array in load_file(file).items()}
    save_file(tensors, file, {"format": "pt"})
    other = run(context, tmp_path / "three", metric)
    assert len(CALLS) == 2
    assert other.run.manifest.signatures["weighed"] != line


def test_missing_weights_end_a_run_before_any_system_works(context: Context, tmp_path: Path) -> None:
    """What the user must provide is an error of one line at once, and no run folder holds half of it."""
    with pytest.raises(UsageError, match=r"metric weighed: weights 'minilm' are not in the store .*, and nothing is"):
        run(context, tmp_path / "run", Weighed(name="weighed"))
    with pytest.raises(UsageError, match=r"metric weighed: unknown weights .minilmm.: did you mean .minilm."):
        run(context, tmp_path / "run", Weighed(name="weighed", model="minilmm"))
    assert not (tmp_path / "run").exists()


def test_a_dry_run_names_the_weights_that_a_metric_would_fetch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """They stand in the notes with their size, and in the sum of the downloads."""
    monkeypatch.setenv("SUMBENCH_HOME", str(tmp_path / "home"))
    metric = f"{__file__}:Weighed"
    assert main(["run", "--systems", "lead", "--metrics", metric, "--limit", "2", "--dry-run"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "weights minilm to fetch, 84 MB" in shown
    assert "to fetch in all: 84 MB" in shown


def test_a_model_of_another_kind_is_refused_in_one_line(checkpoint: Path, context: Context) -> None:
    """The error names the metric, the folder and what is missing."""
    metric = Weighed(name="weighed", model=str(checkpoint))
    with pytest.raises(MetricError, match=r"^weighed: the checkpoint .* is no model for this metric: it has no "):
        metric.open_model(MetricContext(0, context.store, "cpu"), "AutoModelForTokenClassification")


def test_batches_hold_items_of_like_length_within_the_budget() -> None:
    """The longest come first, each item has its own result, and a batch without memory is cut in halves."""
    seen: list[list[int]] = []

    def compute(items: list[int]) -> list[int]:
        if len(items) > 3:
            raise MemoryError
        seen.append(items)
        return [-item for item in items]

    items = [3, 1, 4, 1, 5, 9, 2, 6]
    found = dict(in_batches(items, items, compute, tokens=10))  # type: ignore[arg-type]
    assert found == {index: -item for index, item in enumerate(items)}
    assert seen == [[9], [6], [5, 4], [3, 2, 1], [1]]
    seen.clear()
    dict(in_batches(items, [1] * 8, compute))  # type: ignore[arg-type]
    assert [len(some) for some in seen] == [2, 2, 2, 2]


def test_options_without_effect_are_in_no_signature() -> None:
    """The name of a metric is no part of its signature, the model and the versions of libraries are."""
    lines = Weighed(name="a").signatures(["en"])
    assert lines == Weighed(name="b").signatures(["en"])
    assert "|model:minilm|v:1|tokenizers:" in lines["weighed"]
    assert replace(Weighed(name="a"), model="x").signatures(["en"]) != lines
