"""What a whole run makes of sources, failures and settings: from the corpus to the table and to a comparison."""

import csv
import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from sumbench.cli import main
from sumbench.corpus import Corpus
from sumbench.jobs.comparison import compare_sides
from sumbench.jobs.finish import Finished
from sumbench.jobs.gate import GateRequest
from sumbench.jobs.gate import judge_pairs
from sumbench.jobs.plan import Plan
from sumbench.jobs.policy import Policy
from sumbench.jobs.run import run as carry_out
from sumbench.jobs.sides import NamedSide
from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.metrics import REGISTRY
from sumbench.metrics import BatchScores
from sumbench.metrics import Metric
from sumbench.metrics import Needs
from sumbench.metrics import Scorer
from sumbench.records import Document
from sumbench.records import ScoreFailure
from sumbench.records import Summary
from sumbench.run_record import Run
from sumbench.runs.cache import Cache
from sumbench.scores import Scores
from sumbench.stats import Failure
from sumbench.stats import Settings
from sumbench.stats import Totals
from sumbench.stats import analyse
from sumbench.systems import Context
from sumbench.systems import build_system
from sumbench.tables import results
from tests.stats.made import made

pytestmark = pytest.mark.usefixtures("in_process")


Documents = Callable[..., tuple[Document, ...]]


class Misses:
    """Counts the document's words that a summary lacks, and the summary's; cannot score one without a capital."""

    name = "misses,strict=yes"
    needs = Needs(references=False, source=True)
    costly = False

    def values(self) -> tuple[Value, ...]:
        """Declare a value where lower is better, and a property."""
        return (
            Value("missed", "Missed", "words", decimals=1, direction=Direction.LOWER),
            Value("size", "Size", "words", decimals=0, direction=Direction.NEITHER),
        )

    def signatures(self, languages: object) -> dict[str, str]:  # noqa: ARG002
        """Describe them."""
        return {value.name: f"{value.name}|toy" for value in self.values()}

    def load(self, context: object) -> Scorer:  # noqa: ARG002
        """Return the scorer."""
        return self._score

    def _score(self, documents: object, summaries: object) -> BatchScores:
        texts = {one.id: one.text for one in cast("list[Document]", documents)}
        made = cast("list[Summary]", summaries)
        missed = [float(len(set(texts[one.document].split()) - set(one.text.split()))) for one in made]
        sizes = [float(len(one.text.split())) for one in made]
        failures = {at: "it has no capital" for at, one in enumerate(made) if one.text == one.text.lower()}
        return BatchScores({"missed": np.array(missed), "size": np.array(sizes)}, failures)


def benchmarked(context: Context, documents: tuple[Document, ...], folder: Path, *systems: str) -> Finished:
    """Run systems and the faulty one that repeats a document's first word, under ROUGE and the toy metric."""
    import faulty

    metrics: list[Metric] = [REGISTRY["rouge"](), Misses()]
    every = [*map(build_system, systems), faulty.Faulty(name="Faulty")]
    plan = Plan("t", 3, Corpus("c", documents), every, metrics, context, folder, Policy(), ranked_by="missed")
    return carry_out(plan)


def test_documents_of_one_source_are_one_observation_from_corpus_to_comparison(
    write_article: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`source` in articles' metadata reaches run.json, the table's intervals, and a comparison's p-value.

    Six articles of two sources are two observations, of which no exchange is rarer than one in two.
    """
    for number in range(6):
        about = f'source = "paper {number % 2}"\n'
        write_article(tmp_path / "corpus" / f"a{number}", about=about)
        write_article(tmp_path / "single" / f"a{number}")
    tests = {}
    for corpus in ("corpus", "single"):
        run = tmp_path / f"{corpus}-run"
        systems = ["--systems", "lead,sentences=1,as=one,lead,sentences=3,as=three"]
        where = ["--corpus", str(tmp_path / corpus), "--out", str(run), "--no-cache", "--quiet"]
        assert main(["run", *systems, "--metrics", "rouge", *where]) == 0
        assert ("documents share 2 sources" in capsys.readouterr().out) is (corpus == "corpus")
        assert main(["compare", f"{run}:one", f"{run}:three", "--metrics", "rouge1", "--format", "csv"]) == 0
        (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
        tests[corpus] = float(row["p"])
    recorded = json.loads((tmp_path / "corpus-run" / "run.json").read_text())["corpus"]["clusters"]
    assert sorted(set(recorded.values())) == ["paper 0", "paper 1"]
    assert tests == {"corpus": 0.5, "single": 2 / 64}


def test_a_value_beside_the_main_ones_can_rank(context: Context, documents: Documents, tmp_path: Path) -> None:
    """Recall stands in the table, and ranks in it, where the suite says that it ranks."""
    metrics: list[Metric] = [REGISTRY["rouge"](types=("rouge1",))]
    systems = [build_system("lead"), build_system("random")]
    corpus = Corpus("c", documents("a reference it is", "no reference"))
    plan = Plan("t", 3, corpus, systems, metrics, context, tmp_path / "run", Policy(), ranked_by="rouge1_recall")
    table = carry_out(plan).table
    shown = [column.key for column in table.columns if not column.detail]
    assert {"rouge1", "rouge1_recall"} <= set(shown)
    assert "rouge1_precision" not in shown


def test_what_failed_scores_nothing_and_is_said(context: Context, documents: Documents, tmp_path: Path) -> None:
    """A document without a summary counts 0 in its system's mean, and the mean over the others stands below."""
    texts = ("a reference X", "raise", "a reference X")
    finished = benchmarked(context, documents(*texts), tmp_path / "run", "lead")
    keys = [column.key for column in finished.table.columns]
    rows = {str(row.cells[0]): row.cells for section in finished.table.sections for row in section.rows}
    scores = [score.value for score in finished.run.scores if score.system == "Faulty" and score.metric == "rouge1"]
    assert len(scores) == 2
    assert rows["Faulty"][keys.index("rouge1")] == pytest.approx(100 * np.sum(scores) / 3)
    assert np.mean(scores) > 0
    assert rows["Faulty"][keys.index("failed")] == 1
    assert rows["Faulty"][keys.index("answered")] == pytest.approx(200 / 3)
    notes = "\n".join(finished.table.notes)
    assert "Faulty: no summary of 1 of 3 documents (1 error), scored" in notes
    assert "Faulty failed on b: ValueError: cannot read this" in notes


def test_a_plugged_metric_ranks_by_its_own_direction(context: Context, documents: Documents, tmp_path: Path) -> None:
    """From the metric to the table: the lowest leads, and what could not be scored is named with the reason, once."""
    texts = ["A b c", "X y z", "low Case"]
    finished = benchmarked(context, documents(*texts), tmp_path / "run", "lead")
    (ranked, floors) = finished.table.sections[:2]
    keys = [column.key for column in finished.table.columns]
    # Three documents have neither intervals nor letters.
    assert keys[1:5] == ["rouge1", "rouge2", "rougeL", "rougeLsum"]
    assert [row.cells[keys.index("missed")] for row in (*ranked.rows, *floors.rows)] == [2.0, 0.0]
    notes = finished.table.notes
    assert "misses,strict=yes cannot score what Faulty wrote of c: it has no capital" in notes
    assert any(note.startswith("scores are means over the documents: ROUGE-1, ROUGE-2") for note in notes)
    assert finished.table.origin is not None
    assert finished.table.origin.metrics["missed"] == "misses"


@pytest.mark.parametrize("stream", [[], ["--stream"]])
def test_the_level_that_was_asked_for_is_that_of_the_intervals(
    stream: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """--confidence narrows the intervals of a stream as it does those of any run, and changes no mean."""
    sheet = tmp_path / "sheet.jsonl"
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    rows = [
        {"id": str(n), "references": [" ".join(words)], "systems": {"s": " ".join(words[: 2 + n % 7])}}
        for n in range(60)
    ]
    sheet.write_text("\n".join(map(json.dumps, rows)))
    found = {}
    for level in ("0.5", "0.99"):
        out = str(tmp_path / f"run{level}")
        arguments = ["--confidence", level, "--resamples", "400", "--quiet", "--format", "csv", "--out", out]
        assert main(["score", str(sheet), *stream, *arguments]) == 0
        row = next(csv.DictReader(io.StringIO(capsys.readouterr().out)))
        found[level] = tuple(float(row[key]) for key in ("rouge1_low", "rouge1", "rouge1_high"))
    (low, mean, high), (lowest, same, highest) = found.values()
    assert lowest < low < mean == same < high < highest
    # Of a normal distribution 50 % lie within 0.674 standard deviations, 99 % within 2.576.
    assert (highest - lowest) / (high - low) == pytest.approx(2.576 / 0.674, rel=0.2)


def test_the_gate_draws_as_many_permutations_as_its_level_needs(tmp_path: Path) -> None:
    """At a level that 10,000 permutations cannot reach, forty documents that are all worse still fail it."""
    good: dict[str, tuple[float, ...]] = {f"d{number}": (0.5 + number / 100,) for number in range(40)}
    bad: dict[str, tuple[float, ...]] = {document: (value - 0.1,) for document, (value,) in good.items()}
    sides = [NamedSide(tmp_path / "base", made({"s": good})), NamedSide(tmp_path / "new", made({"s": bad}))]
    comparison = compare_sides(sides, ["rouge2"], replace(Settings(), alpha=5e-5))
    ((_, judged),) = judge_pairs(comparison, GateRequest(("rouge2",)))
    assert judged.failed
    assert judged.verdicts[0].p == 2 / 40_001


def test_totals_of_batches_say_what_an_analysis_of_the_whole_says() -> None:
    """Means, counts, failures, positions and order of a stream are those of the run; it has intervals and no tests."""
    rng = np.random.default_rng(1)
    levels = {"best": 0.6, "worst": 0.3, "random": 0.2}
    systems: dict[str, dict[str, tuple[float, ...]]] = {
        name: {f"d{n}": (level + 0.1 * float(rng.random()),) for n in range(50)} for name, level in levels.items()
    }
    systems["worst"]["d7"] = (float("nan"),)
    run = made(systems)
    totals = Totals(run.manifest)
    for start in range(0, 50, 8):
        ids = run.ids[start : start + 8]
        summaries = [one for one in run.summaries if one.document in ids]
        totals.add(ids, run.scores.where(document=ids), summaries)
    streamed, whole = totals.analysis(), analyse(run)
    assert (streamed.comparisons, streamed.leaders("rouge2"), streamed.letters("best", "rouge2")) == (
        {},
        frozenset(),
        "",
    )
    for one, other in zip(streamed.standings, whole.standings, strict=True):
        assert one.means["rouge2"] == pytest.approx(other.means["rouge2"], rel=1e-12)
        assert one.answered_means == pytest.approx(other.answered_means)
        assert replace(one, means={}, answered_means={}) == replace(other, means={}, answered_means={})
        found, expected = (each.interval(one.system, "rouge2") for each in (streamed, whole))
        assert found is not None
        assert expected is not None
        assert found == pytest.approx(expected)
    table = results(run.manifest, streamed)
    assert [row.cells[0] for row in table.sections[0].rows] == ["best", "worst", "random"]
    assert "interval: 95 % studentised bootstrap over documents, 1000 resamples" in table.notes
    assert "worst failed on d7: it broke" in table.notes


def test_totals_count_what_could_not_be_scored_over_all_batches() -> None:
    """The first summary without a score is named with its reason, and the others are counted, as in a whole run."""
    run = made({"s": {f"d{number}": (0.5,) for number in range(6)}})
    failures = [ScoreFailure(f"d{number}", "s", "rouge2", f"reason {number}") for number in (1, 2, 4)]
    scores = Scores.of([score for score in run.scores if score.document in {"d0", "d3", "d5"}], failures)
    totals = Totals(run.manifest)
    for ids in (run.ids[:3], run.ids[3:]):
        totals.add(ids, scores.where(document=ids), [one for one in run.summaries if one.document in ids])
    (standing,) = totals.analysis().standings
    assert standing.unscored == {"rouge2": Failure("d1", "reason 1", 2)}
    (whole,) = analyse(Run(run.manifest, run.summaries, scores)).standings
    assert whole.unscored == standing.unscored
    notes = results(run.manifest, totals.analysis()).notes
    assert "rouge cannot score what s wrote of d1: reason 1 (and 2 more: scores.parquet has every reason)" in notes


def test_a_cached_summary_of_another_document_is_made_anew(context: Context, tmp_path: Path) -> None:
    """A row of the cache with the content of another is not taken for the document that its key names."""
    documents = tuple(Document(key, f"Ship {key} came in. It rained.", ("It came.",)) for key in "ab")
    cache = Cache(tmp_path / "cache.sqlite")
    systems = [build_system("lead,sentences=1")]

    def texts(name: str) -> dict[str, str]:
        plan = Plan(
            "t",
            1,
            Corpus("c", documents),
            systems,
            [REGISTRY["rouge"]()],
            context,
            tmp_path / name,
            Policy(cache=cache),
        )
        return {summary.document: summary.text for summary in carry_out(plan).run.summaries}

    first = texts("first")
    with closing(sqlite3.connect(cache.file)) as database, database:
        database.execute("UPDATE summaries SET summary = (SELECT summary FROM summaries LIMIT 1)")
    assert texts("second") == first == {key: f"Ship {key} came in." for key in "ab"}
