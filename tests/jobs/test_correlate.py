"""`sumbench correlate`: ratings of files, runs and tables, preferences, what is written, and wrong input in a line."""

import csv
import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import sumbench
from sumbench.cli import main
from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.jobs.correlate import CorrelateRequest
from sumbench.jobs.correlate import correlate
from sumbench.runs.store import read_run
from sumbench.weights import Store
from tests.metrics import toys

SYSTEMS = {"long": 4, "middle": 3, "short": 2}
"""By system how many of an article's four sentences it takes; people like long summaries in `content`."""

TEXT = "The {0} ship came in at {0}. Two tugs pulled it free. Nobody was hurt by that. It rained on {0} of days."


def rows() -> Iterator[dict[str, Any]]:
    rng = np.random.default_rng(4)
    for number in range(12):
        sentences = TEXT.format(number).split(". ")
        yield {
            "id": f"d{number}",
            "document": TEXT.format(number),
            "reference": f"Two tugs pulled the {number} ship free. Nobody was hurt.",
            "systems": {name: ". ".join(sentences[:size]) for name, size in SYSTEMS.items()},
            "human": {
                name: {
                    "content": size + rng.integers(0, 2) / 2,
                    "fluency": 3 if number < 2 else rng.integers(1, 6) * 1.0,
                }
                for name, size in SYSTEMS.items()
            },
        }


def written(file: Path, given: Any) -> str:  # noqa: ANN401
    file.write_text("".join(json.dumps(row) + "\n" for row in given))
    return str(file)


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of outputs with ratings beside them."""
    file = tmp_path_factory.mktemp("rated") / "outputs.jsonl"
    written(file, rows())
    return file


@pytest.fixture(scope="module")
def scored(outputs: Path) -> Path:
    """The run that was scored from that file."""
    folder = outputs.parent / "run"
    assert main(["score", str(outputs), "--metrics", "rouge", "--out", str(folder), "--quiet"]) == 0
    return folder


def correlated(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, str]]:
    capsys.readouterr()
    assert main(["correlate", *arguments, "--quiet", "--format", "csv"]) == 0
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert main(["correlate", *arguments, "--quiet"]) == 2
    out, err = capsys.readouterr()
    assert not out
    assert err.count("\n") == 1
    return err


def test_a_file_a_run_and_a_table_of_ratings_say_the_same(
    outputs: Path, scored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ratings beside outputs, those that travel with a run, and a table beside a run have one result."""
    table = [
        {"document": row["id"], "system": system, "quality": quality, "rating": rating}
        for row in rows()
        for system, of_system in row["human"].items()
        for quality, rating in of_system.items()
    ]
    whole = correlated(capsys, str(outputs), "--metrics", "rouge")
    assert whole == correlated(capsys, str(scored))
    assert whole == correlated(capsys, str(scored), "--ratings", written(tmp_path / "ratings.jsonl", table))
    by_metric = {row["metric"]: row for row in whole}
    assert [row["metric"] for row in whole if row["section"] == "controls"] == ["length", "density", "random"]
    assert float(by_metric["length"]["content"]) > 0.9
    assert by_metric["length"]["fluency_given_length"] == ""
    assert by_metric["ROUGE-1"]["fluency_given_length"] != ""
    assert float(by_metric["ROUGE-1"]["content_low"]) <= float(by_metric["ROUGE-1"]["content"])
    assert {row["content_documents"] for row in whole} == {"12"}
    assert {row["fluency_documents"] for row in whole} <= {"8", "9", "10"}


def test_ratings_travel_with_a_run_and_a_line_under_its_table_says_what_they_agree_on(
    scored: Path, tmp_path: Path
) -> None:
    """They are sealed with it, kept when a metric is added, and a damaged line is named."""
    run = read_run(scored)
    assert len(run.ratings) == 72
    line = next(note for note in sumbench.load_run(scored).table.notes if note.startswith("people: "))
    assert line.startswith("people: ROUGE-2 agrees with their ratings in content ")
    assert "mean over 12 documents and 3 systems" in line
    assert "people: ROUGE-2 agrees" in (scored / "table.md").read_text()
    page = tmp_path / "page.html"
    assert main(["report", str(scored), "-o", str(page)]) == 0
    assert "people: ROUGE-2 agrees" in page.read_text()
    assert "ratings.jsonl" in (scored / "checksums.sha256").read_text()
    copy = tmp_path / "run"
    shutil.copytree(scored, copy)
    assert main(["score", str(copy), "--metrics", "rouge,types=rouge3", "--quiet"]) == 0
    assert read_run(copy).ratings == run.ratings
    lines = (copy / "ratings.jsonl").read_text().splitlines()
    (copy / "checksums.sha256").unlink()
    for damaged, said in (
        (lines[0].replace('"rating"', '"grade"'), "line 1: no rating: "),
        (lines[0].replace("long", "longer"), "line 1: system: 'longer' is not in the run"),
        (lines[1].replace("d0", "d99"), "line 1: document: 'd99' is not in the run"),
    ):
        (copy / "ratings.jsonl").write_text("\n".join([damaged, *lines[2:]]) + "\n")
        with pytest.raises(RunError, match=said):
            _ = read_run(copy).ratings
    (copy / "ratings.jsonl").write_text("\n".join([lines[2], *lines]) + "\n")
    with pytest.raises(RunError, match="a second rating of"):
        _ = read_run(copy).ratings


def test_what_is_written_is_for_programs_and_for_eyes(
    outputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """correlations.json has summary-level tau-b whatever was asked for; the heat map is SVG; tables are files."""
    out, plot = tmp_path / "people", tmp_path / "map.svg"
    asked = ("--level", "system", "--coefficient", "pearson,kendall", "--units", "documents")
    assert (
        main(
            ["correlate", str(outputs), "--metrics", "rouge", *asked, "--out", str(out), "--plot", str(plot), "--quiet"]
        )
        == 0
    )
    assert capsys.readouterr().out == ""
    assert sorted(file.suffix for file in out.iterdir()) == [".json", ".txt", ".txt"]
    found = json.loads((out / "correlations.json").read_text())["values"]
    assert set(found) == {"rouge1", "rouge2", "rougeL", "rougeLsum"}
    assert found["rouge1"]["signature"].startswith("rouge1|f1|")
    entry = found["rouge1"]["qualities"]["content"]
    assert set(entry) == {"level", "kendall", "low", "high", "documents", "systems"}
    assert (entry["level"], entry["documents"], entry["systems"]) == ("summary", 12, 3)
    assert entry["kendall"] == float(
        next(row for row in correlated(capsys, str(outputs)) if row["metric"] == "ROUGE-1")["content"]
    )
    picture = ET.parse(plot).getroot()  # noqa: S314 - our own
    shown = ["".join(each.itertext()) for each in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {"content", "fluency", "ROUGE-1", "length", "controls"} <= set(shown)
    alone = tmp_path / "alone.json"
    assert main(["correlate", str(outputs), "--out", str(alone), "--quiet", "--qualities", "content"]) == 0
    assert list(json.loads(alone.read_text())["values"]["rouge2"]["qualities"]) == ["content"]


def test_values_levels_and_further_metrics_are_chosen(
    outputs: Path, scored: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Values that tables do not show can be named, and a metric that a run does not have is scored, not written."""
    before = (scored / "scores.parquet").read_bytes()
    found = correlated(capsys, str(scored), "--metrics", "rouge,types=rouge3", "--values", "rouge3,rouge1_recall")
    assert {row["metric"] for row in found if not row["section"]} == {"ROUGE-3", "ROUGE-1 recall"}
    assert (scored / "scores.parquet").read_bytes() == before
    assert main(["correlate", str(outputs), "--partial", "--quiet", "--level", "pooled,system"]) == 0
    shown = capsys.readouterr().out
    assert "given length" in shown
    assert "outputs: metrics against people, Kendall's τ-b of all summaries" in shown
    assert "outputs: metrics against people, Kendall's τ-b of the systems' means" in shown
    assert "no intervals: it takes 8 documents (or sources) and, where systems are resampled, 5 of these" in shown


def test_several_raters_are_averaged_and_their_agreement_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ratings by rater, as a list or an object beside outputs, give alphas; their means are what is correlated."""
    given = list(rows())
    for row in given:
        for of_system in row["human"].values():
            of_system["content"] = {"ann": of_system["content"], "bob": of_system["content"] + 1, "cyn": None}
            of_system["fluency"] = [of_system["fluency"], of_system["fluency"]]
    result = sumbench.correlate(written(tmp_path / "raters.jsonl", given), metrics="rouge,types=rouge1")
    alphas = {row.cells[0]: row.cells for row in result.tables[1].sections[0].rows}
    assert alphas["content"][1:3] == (2, 36)
    assert alphas["fluency"][3] == pytest.approx(1)
    assert float(str(alphas["content"][3])) < 0.9
    plain = sumbench.correlate(written(tmp_path / "plain.jsonl", rows()), metrics="rouge,types=rouge1")
    assert len(plain.tables) == 1
    assert plain.to_pandas()["content"].tolist() == pytest.approx(result.to_pandas()["content"].tolist())
    assert capsys.readouterr().out == ""


def test_a_result_of_the_api_shows_itself(scored: Path) -> None:
    """A run is correlated by itself or by its folder; the result has a verdict, tables, figures and a picture."""
    result = sumbench.load_run(scored).correlate(level="summary", coefficient="spearman")
    assert str(result) == str(sumbench.correlate(scored, coefficient="spearman"))
    assert result.verdict.startswith("On these 12 documents and 3 systems the metric that follows people best is ")
    assert "<figure" in result._repr_html_()
    assert "<svg" in result._repr_html_()
    assert result.correlations is not None
    assert result.correlations.question.coefficient == "spearman"
    with pytest.raises(sumbench.BenchError, match=r"^level='word' means nothing"):
        sumbench.correlate(scored, level="word")


@dataclass(frozen=True, kw_only=True)
class Weighted(toys.Judged):
    """A costly metric that computes with the weights in a folder."""

    model: str = ""

    @property
    def model_weights(self) -> str:
        """The folder."""
        return self.model


def test_scores_kept_of_other_weights_are_none_of_these(
    outputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that was trained on in its folder scores anew, and its SHA-256 stands in the signature."""
    # To find the device out takes torch, which is slow to import.
    monkeypatch.setattr("sumbench.executors.describe.resolved", lambda *_: {"device": "cpu"})
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text("{}")
    signatures, calls = set(), []
    for content in (b"before", b"before", b"after"):
        (model / "weights.safetensors").write_bytes(content)
        toys.CALLS.clear()
        weighted = Weighted(name="weighted", model=str(model))
        request = CorrelateRequest(str(outputs), metrics=[weighted], statistics={"resamples": 40})
        store = Store(tmp_path / "store", offline=True)
        made = correlate(request, store, cache=tmp_path / "scores.sqlite")
        signatures.add(json.loads(made.content)["values"]["absent"]["signature"].partition("|weights:")[2])
        calls.append(len(toys.CALLS))
    assert calls == [36, 0, 36]
    assert len(signatures) == 2


def test_nothing_is_scored_that_cannot_be_shown(outputs: Path, tmp_path: Path) -> None:
    """What costs is asked of judged documents alone, and of nothing where a request is refused."""
    bare = written(tmp_path / "bare.jsonl", ({key: row[key] for key in row if key != "human"} for row in rows()))
    table = written(tmp_path / "ratings.jsonl", ({**RATING, "system": name} for name in SYSTEMS))
    strange = written(tmp_path / "strange.jsonl", [{**RATING, "document": "d99"}])
    toys.CALLS.clear()
    costly, store = [toys.Judged(name="judged")], Store(tmp_path / "store", offline=True)
    for request in (
        CorrelateRequest(bare, metrics=costly),
        CorrelateRequest(str(outputs), metrics=costly, ratings=strange),
        CorrelateRequest(str(outputs), metrics=costly, qualities=("style",)),
        CorrelateRequest(str(outputs), metrics=costly, values=("bleu",)),
    ):
        with pytest.raises(UsageError):
            correlate(request, store)
    assert toys.CALLS == []
    with pytest.raises(UsageError, match="no quality's ratings differ"):
        correlate(CorrelateRequest(str(outputs), metrics=costly, ratings=table), store)
    assert {document for document, _ in toys.CALLS} == {"d0"}


PREFERENCES = [
    *({"document": f"d{number}", "a": "long", "b": "short", "preferred": "a", "order": "ab"} for number in range(9)),
    {"document": "d9", "a": "short", "b": "long", "preferred": "a", "order": "ba"},
    {"document": "d10", "a": "short", "b": "long", "preferred": "tie", "order": "ab"},
]


def test_preferences_have_win_rates_and_are_held_against_metrics(
    scored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nine of ten decided: an exact interval, the sign test, and how often each metric prefers the same."""
    file = written(tmp_path / "rated.jsonl", ({**row, "reason": "", "rater": "ann"} for row in PREFERENCES))
    (row,) = correlated(capsys, file)
    assert (row["pair"], row["wins"], row["ties"], row["losses"]) == ("long – short", "9", "1", "1")
    # Clopper and Pearson's ends for 9 of 10, and 22 of 1,024 sign patterns.
    assert (float(row["low"]), float(row["high"])) == pytest.approx((55.498, 99.747), abs=1e-3)
    assert float(row["p"]) == pytest.approx(22 / 1024)
    result = sumbench.correlate(scored, ratings=file)
    assert result.verdict == "People prefer long to short in 9 of 10 documents decided."
    assert "the summary shown first was preferred in 9 of 10 decided judgements" in result.table.notes
    agreement = {str(row.cells[0]): row.cells for section in result.tables[1].sections for row in section.rows}
    assert agreement["length"][1:5] == (90.0, "55.5–99.7", 9, 1)
    assert result.picture == ""


def test_compare_says_what_people_preferred(scored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A further table has the win rate of the two systems; preferences between others are no help."""
    file = written(tmp_path / "rated.jsonl", PREFERENCES)
    result = sumbench.compare(f"{scored}:short", f"{scored}:long", ratings=file)
    assert result.tables[1].verdict == ("People prefer long to short in 9 of 10 documents decided.",)
    for sides, expected in (
        ((f"{scored}:short", f"{scored}:middle"), "judges none of the pairs compared: its first is long and short"),
        ((str(scored), str(scored)), "preferences are between two systems of other names"),
    ):
        assert main(["compare", *sides, "--ratings", file]) == 2
        assert expected in capsys.readouterr().err


def test_raters_of_preferences_count_as_their_majority(tmp_path: Path) -> None:
    """Two of three decide a document, and how far they agree is said."""
    given = [
        {**row, "rater": rater, "preferred": "tie" if rater == "cyn" and row["document"] == "d1" else row["preferred"]}
        for row in PREFERENCES
        for rater in ("ann", "bob", "cyn")
    ]
    result = sumbench.correlate(written(tmp_path / "rated.jsonl", given))
    assert [row.cells[1:5] for row in result.table.sections[0].rows] == [(11, 9, 1, 1)]
    note = next(note for note in result.table.notes if note.startswith("3 raters: of 11 pairs"))
    assert "two judgements are the same in 94 %, Krippendorff's α ." in note


RATING = {"document": "d0", "system": "long", "quality": "content", "rating": 3}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([{**RATING, "system": "other"}], "judges system 'other', and there are long, middle, short"),
        ([{**RATING, "document": "x"}], "judges document 'x', which is not in outputs"),
        ([{**RATING, "rating": "good"}], "line 1: rating is no number"),
        ([{**RATING, "rating": None}], "line 1: rating is missing"),
        ([{**RATING, "quality": ""}], "line 1: quality is missing"),
        ([RATING, RATING], "line 2: a second rating of long's summary of 'd0' in content: give raters"),
        ([{"document": "d0", "score": 1}], "holds no ratings: it needs the columns document, system, quality, rating"),
        ([RATING, {**RATING, "document": "d1"}], "ratings of one system (long) cannot be correlated"),
        ([RATING, {**RATING, "system": "short"}], "no quality's ratings differ (equal in every document)"),
        (
            [{"document": "d0", "a": "long", "b": "short", "preferred": "c"}],
            "preferred is 'c', and none of 'a', 'b', 'tie'",
        ),
        ([{"document": "d0", "a": "long", "b": "long", "preferred": "a"}], "a and b are both long"),
        ([{"id": "d0", "human": {"long": 3}}], "human, long is no object of ratings by quality"),
    ],
)
def test_wrong_ratings_are_refused_in_a_line(
    given: list[dict[str, Any]], expected: str, scored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is wrong, where, and what there is."""
    file = written(tmp_path / "ratings.jsonl", given)
    assert expected in refused(capsys, str(scored), "--ratings", file)


def test_wrong_requests_are_refused_in_a_line(
    outputs: Path, scored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Outputs without ratings, and values, qualities and files that there are not."""
    bare = written(tmp_path / "bare.jsonl", ({key: row[key] for key in row if key != "human"} for row in rows()))
    assert "holds no ratings: give them in a column `human`" in refused(capsys, bare)
    assert "--qualities: 'style' was not rated: there are content, fluency" in refused(
        capsys, str(scored), "--qualities", "style"
    )
    assert "--values: no metric yields 'bleu'" in refused(capsys, str(scored), "--values", "bleu")
    assert "give a file that ends with .svg" in refused(capsys, str(outputs), "--plot", "map.png")
    prose = written(tmp_path / "prose.jsonl", ({**row, "human": "Two tugs pulled it free."} for row in rows()))
    assert "holds no ratings: give them" in refused(capsys, prose)
    broken = list(rows())
    broken[1]["human"]["long"]["content"] = "good"
    assert "line 2: human, long, content is no number" in refused(capsys, written(tmp_path / "b.jsonl", broken))
