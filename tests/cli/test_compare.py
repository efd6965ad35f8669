import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from sumbench.cli import main
from sumbench.corpus import open_corpus

pytestmark = pytest.mark.usefixtures("in_process")


Outputs = dict[str, list[str]]


def texts() -> list[tuple[str, str, str]]:
    """Return (id, reference, summary) of every ordered pair of references of one article, of twelve articles."""
    return [
        (f"{document.id}-{i}-{j}", reference, other)
        for document in open_corpus("references").documents[:12]
        for i, reference in enumerate(document.references)
        for j, other in enumerate(document.references)
        if i != j
    ]


def halved(summaries: list[str], remainder: int) -> list[str]:
    """Cut every third summary in half, beginning at `remainder`."""
    return [text[: len(text) // 2] if place % 3 == remainder else text for place, text in enumerate(summaries)]


@pytest.fixture
def scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return a function that scores outputs against the references into a run folder of this name."""

    def score(name: str, outputs: Outputs, *arguments: str, references: list[str] | None = None) -> str:
        file = tmp_path / f"{name}.jsonl"
        rows = [
            {
                "id": identifier,
                "references": [references[place] if references else reference],
                "systems": {system: each[place] for system, each in outputs.items()},
            }
            for place, (identifier, reference, _) in enumerate(texts())
        ]
        file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
        run = tmp_path / name
        assert main(["score", str(file), "--out", str(run), "--types", "rouge1,rouge2", "--quiet", *arguments]) == 0
        capsys.readouterr()
        return str(run)

    return score


GOOD = [summary for _, _, summary in texts()]


def test_a_planted_regression_fails_the_gate(
    scored: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every third summary cut in half is found: exit code 1, the verdict in the table and in the JUnit file."""
    base, new = scored("base", {"s": GOOD}), scored("new", {"s": halved(GOOD, 0)})
    junit = tmp_path / "gate.xml"
    assert main(["compare", base, new, "--fail-if-worse", "rouge1,rouge2", "--junit", str(junit)]) == 1
    out = capsys.readouterr().out
    gate = out[out.index("\ngate\n") :]
    assert [line.split()[2] for line in gate.splitlines() if line.startswith(" s ")] == ["worse", "worse"]
    assert out.rstrip().endswith("gate failed: s is worse under ROUGE-1; s is worse under ROUGE-2")
    suite = ET.parse(junit).getroot()  # noqa: S314 - a file of our own
    assert (suite.get("tests"), suite.get("failures")) == ("3", "2")
    assert "points (p = " in str(suite.find("testcase/failure").attrib)  # type: ignore[union-attr]


def test_noise_of_the_same_size_passes_the_gate(scored: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    """When both runs have a third of their summaries cut, other ones each, neither is worse."""
    base, new = scored("base", {"s": halved(GOOD, 1)}), scored("new", {"s": halved(GOOD, 2)})
    gate = ["compare", base, new, "--fail-if-worse", "rouge1,rouge2"]
    assert main(gate) == 0
    out = capsys.readouterr().out
    assert out.rstrip().endswith("gate passed, but 2 of 2 undecided: these documents cannot show that nothing is worse")
    assert main([*gate, "--undecided", "fail"]) == 1
    assert "gate failed: s is undecided under ROUGE-1; s is undecided under ROUGE-2" in capsys.readouterr().out
    assert main([*gate, "--undecided", "pass"]) == 0
    assert capsys.readouterr().out.endswith("\ngate passed\n")
    assert main([*gate, "--margin", "30"]) == 0
    out = capsys.readouterr().out
    assert out[out.index("\ngate\n") :].count("  not worse  ") == 2


def test_a_system_that_the_new_run_lacks_is_said_to_be_unjudged(
    scored: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The closing line names what no verdict was given of."""
    base, new = scored("base", {"s": GOOD, "old": GOOD}), scored("new", {"s": GOOD})
    assert main(["compare", base, new, "--fail-if-worse", "rouge1", "--margin", "1"]) == 0
    assert capsys.readouterr().out.endswith("\ngate passed; not judged, being in the base alone: old\n")


def test_a_margin_lets_small_losses_pass(scored: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    """A loss within the margin (in points) is no failure."""
    base, new = scored("base", {"s": GOOD}), scored("new", {"s": halved(GOOD, 0)})
    assert main(["compare", base, new, "--fail-if-worse", "rouge2", "--margin", "50"]) == 0
    assert "-50.00" in capsys.readouterr().out


@pytest.mark.parametrize(("least", "code"), [("rouge1=10", 0), ("rouge1=10,rouge2=99.5", 1)])
def test_a_score_below_its_floor_fails(scored: Callable[..., str], least: str, code: int) -> None:
    """--fail-under judges by points, and one metric below is enough."""
    runs = [scored(name, {"s": GOOD}) for name in ("base", "new")]
    assert main(["compare", *runs, "--fail-under", least]) == code


def test_what_changed_is_shown_with_both_texts(scored: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    """Deltas, the documents that moved most with both summaries and the reference, and what differs in the runs."""
    base, new = scored("base", {"s": GOOD, "old": GOOD}), scored("new", {"s": halved(GOOD, 0)})
    assert main(["compare", base, new, "--moved", "1", "--format", "markdown"]) == 0
    out = capsys.readouterr().out
    moved = out[out.index("documents that moved most") :]
    shown = [line.split("|")[2].strip() for line in moved.splitlines() if line.startswith(("| base", "| new"))]
    assert shown[0].startswith(shown[1])
    assert len(shown[1]) < len(shown[0])
    assert "| reference " in moved
    assert "only in the base: old" in out
    assert "sha256:" in out


def test_several_tables_are_one_json_document(scored: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    """--format json prints a list with every table in it."""
    base, new = scored("base", {"s": GOOD}), scored("new", {"s": GOOD})
    assert main(["compare", base, new, "--moved", "1", "--fail-under", "rouge1=1", "--format", "json"]) == 0
    titles = [table["title"] for table in json.loads(capsys.readouterr().out)]
    assert titles == ["what changed since base", "documents that moved most in ROUGE-2", "gate"]


def test_different_systems_are_compared_by_name(scored: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    """RUN:SYSTEM compares two systems of one run; the better one's difference is above zero."""
    run = scored("base", {"good": GOOD, "bad": halved(GOOD, 0)})
    assert main(["compare", f"{run}:bad", f"{run}:good", "--format", "csv", "--metrics", "rouge1"]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert row["system"] == "good"
    assert 0 < float(row["low"]) < float(row["difference"]) < float(row["high"])
    assert float(row["corrected"]) < 0.001
    wins, ties, losses = (int(row[key]) for key in ("wins", "ties", "losses"))
    assert wins > 20 > losses
    assert wins + ties + losses == int(row["documents"])


def test_runs_of_different_corpora_are_compared_only_by_force(
    scored: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Other references make another corpus; with --force the table says so."""
    base = scored("base", {"s": GOOD})
    other = scored("other", {"s": GOOD}, references=GOOD)
    assert main(["compare", base, other]) == 2
    assert "different corpora: base" in capsys.readouterr().err
    assert main(["compare", base, other, "--force"]) == 0
    assert "different corpora: base" in capsys.readouterr().out


def test_scores_of_different_signatures_are_compared_only_by_force(
    scored: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Figures of two presets are not figures of one metric."""
    base = scored("base", {"s": GOOD})
    other = str(tmp_path / "other")
    arguments = ["--types", "rouge1,rouge2", "--rouge", "perl", "--out", other, "--quiet"]
    assert main(["score", str(tmp_path / "base.jsonl"), *arguments]) == 0
    capsys.readouterr()
    assert main(["compare", base, other]) == 2
    assert "different signatures of rouge1" in capsys.readouterr().err
    assert main(["compare", base, other, "--force", "--metrics", "rouge2"]) == 0
    out = capsys.readouterr().out
    assert "different signatures of rouge2" in out


def test_one_run_is_broken_down_by_what_its_documents_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--by groups the documents by genre, length or position, and says how many there are in each."""
    run = str(tmp_path / "run")
    assert main(["run", "--systems", "lead,random", "--limit", "12", "--out", run, "--quiet"]) == 0
    capsys.readouterr()
    for by, says in (
        ("genre", "meeting: 1 document"),
        ("length", ": 4 documents"),
        ("position", "end: 2 documents"),
    ):
        assert main(["compare", run, "--by", by, "--metrics", "rouge1"]) == 0
        out = capsys.readouterr().out
        assert says in out
        assert "reference agreement" in out


def test_a_run_without_texts_has_no_breakdown(scored: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    """What needs the documents says in one line that the folder has none; everything else needs none."""
    base = scored("base", {"s": GOOD, "t": halved(GOOD, 0)}, "--no-texts")
    assert main(["compare", base, "--by", "length"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "documents.parquet: holds no texts: the run was made with --no-texts" in err
    assert err.count("\n") == 1
    assert GOOD[0].encode() not in Path(base, "documents.parquet").read_bytes()
    assert main(["compare", f"{base}:s", f"{base}:t", "--moved", "2"]) == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["{base}"], "name at least two runs"),
        (["{base}", "nowhere"], "nowhere: no such folder"),
        (["{base}", "."], "run.json: no such file"),
        (["{base}:nobody", "{base}"], "has no system 'nobody': it has s"),
        (["{base}", "{base}:s"], "name the first system"),
        (["{base}:s", "{base}"], "base:s would be compared with itself alone: name another system or run"),
        (["{base}", "{base}", "--metrics", "rouge7"], "not all runs have 'rouge7'"),
        (["{base}", "{base}", "--fail-if-worse", "rouge7"], "no score of 'rouge7' to judge by"),
        (["{base}", "{base}", "--fail-under", "rouge1"], "--fail-under 'rouge1': give METRIC=POINTS"),
        (["{base}", "{base}", "--alpha", "5"], "--alpha 5 is no level"),
        (["{base}", "{base}", "--margin", "-1"], "--margin -1 means nothing"),
    ],
)
def test_what_cannot_be_compared_is_one_line(
    scored: Callable[..., str],
    arguments: list[str],
    says: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Wrong runs, systems, metrics and numbers give exit code 2 and one line."""
    base = scored("base", {"s": GOOD})
    monkeypatch.chdir(tmp_path)
    assert main(["compare", *(argument.format(base=base) for argument in arguments)]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert says in err


def test_details_are_compared_when_they_are_asked_for(
    scored: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    """By default a comparison has the values of the main table; --metrics names any, and so does the gate."""
    base, new = scored("base", {"s": GOOD}), scored("new", {"s": halved(GOOD, 0)})
    assert main(["compare", base, new, "--format", "csv"]) == 0
    assert {line.split(",")[0] for line in capsys.readouterr().out.splitlines()[1:]} == {"ROUGE-1", "ROUGE-2"}
    assert main(["compare", base, new, "--metrics", "rouge2_recall", "--format", "csv"]) == 0
    (row,) = capsys.readouterr().out.splitlines()[1:]
    assert row.startswith("ROUGE-2 recall,s,")
    assert main(["compare", base, new, "--fail-if-worse", "rouge2_recall"]) == 1
    assert "ROUGE-2 recall" in capsys.readouterr().out
