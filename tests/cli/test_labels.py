"""Labels say what was computed: which F, whose way with several references, and what may be compared."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sumbench import api
from sumbench.cli import main
from sumbench.errors import RunError
from sumbench.rouge.perl import PerlRouge
from sumbench.runs.manifest import read_manifest
from sumbench.runs.store import read_run

pytestmark = pytest.mark.usefixtures("in_process")


Score = Callable[..., Path]

ONE = [["The council voted for the bridge at last."], ["It rained all day in the valley."], ["Work begins in May."]]
TWO = [[text, f"Some say that {text.lower()}"] for (text,) in ONE]
OUTPUTS = ["The council voted for a bridge.", "It rained in the valley.", "In May the work begins."]


@pytest.fixture
def score(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Score:
    """Return a function that scores three outputs against references under flags, into a folder of this name."""
    monkeypatch.chdir(tmp_path)

    def run(name: str, *flags: str, references: list[list[str]] = ONE) -> Path:
        rows = [
            {"id": str(number), "references": texts, "systems": {"s": output}}
            for number, (texts, output) in enumerate(zip(references, OUTPUTS, strict=True))
        ]
        Path("rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
        assert main(["score", "rows.jsonl", "--out", name, "--quiet", *flags]) == 0
        return tmp_path / name

    return run


@pytest.mark.parametrize(
    ("weight", "kind", "title", "sign"),
    [
        ("", "F1", "ROUGE-2", "f1"),
        ("-p 0.5", "F1", "ROUGE-2", "f1"),
        ("-p 0", "recall", "ROUGE-2 recall", "recall"),
        ("-p 1", "precision", "ROUGE-2 precision", "precision"),
        ("-p 0.8", "F(alpha=0.8)", "ROUGE-2 F(alpha=0.8)", "f(alpha=0.8)"),
    ],
)
@pytest.mark.parametrize("form", ["terminal", "markdown", "html", "latex", "json", "csv"])
def test_what_a_weight_makes_of_f_is_called_by_its_name(
    weight: str, kind: str, title: str, sign: str, form: str, score: Score, capsys: pytest.CaptureFixture[str]
) -> None:
    """Title, unit and signature say recall, precision, or F with its alpha; F1 stands only where it is F1."""
    run = score("run", "--rouge", f"-n 2 -m -x {weight}", "--format", form)
    value = read_manifest(run / "run.json").values["rouge2"]
    assert (value.title, value.unit) == (title, kind)
    assert read_manifest(run / "run.json").signatures["rouge2"].startswith(f"rouge2|{sign}|preset:perl|options:-n 2")
    out = capsys.readouterr().out
    if form != "csv":
        assert f"mean {kind} " in out
    assert kind == "F1" or "F1" not in out
    assert kind == "F1" or "|f1|" not in out
    assert form == "csv" or title in " ".join(out.split())


@pytest.mark.parametrize("weight", ["0", "1", "0.5", "0.8"])
def test_the_parts_stand_beside_f_whatever_its_weight(
    weight: str, score: Score, capsys: pytest.CaptureFixture[str]
) -> None:
    """Recall and precision of every type are columns for programs, and `compare` takes them; F follows from them."""
    one = score("one", "--rouge", f"-n 2 -m -p {weight}", "--format", "csv")
    (row,) = [row for row in csv.DictReader(capsys.readouterr().out.splitlines()) if row["system"] == "s"]
    rouge = PerlRouge(f"-n 2 -m -p {weight}")
    expected = [rouge.score(text, texts) for text, texts in zip(OUTPUTS, ONE, strict=True)]
    for name, metric in (("rouge1", "ROUGE-1"), ("rouge2", "ROUGE-2"), ("rougeLsum", "ROUGE-L")):
        figures = {
            f"{name}_recall": [each[metric].recall for each in expected],
            f"{name}_precision": [each[metric].precision for each in expected],
            name: [each[metric].f_measure for each in expected],
        }
        for key, values in figures.items():
            assert float(row[key]) == pytest.approx(100 * sum(values) / 3)
    again = score("again", "--rouge", f"-n 2 -m -p {weight}")
    capsys.readouterr()
    for metric in ("rouge2_recall", "rougeLsum_precision", "rouge1_recall"):
        assert main(["compare", str(one), str(again), "--metrics", metric]) == 0
        part = metric.partition("_")[2]
        assert f"ROUGE-{metric[5:].partition('_')[0]} {part}" in " ".join(capsys.readouterr().out.split())


def test_the_parts_of_every_type_are_compared(score: Score, capsys: pytest.CaptureFixture[str]) -> None:
    """So with the presets."""
    runs = [str(score(name)) for name in ("one", "two")]
    for kind in ("rouge1", "rouge2", "rougeL", "rougeLsum"):
        for part in ("recall", "precision"):
            assert main(["compare", *runs, "--metrics", f"{kind}_{part}"]) == 0
            assert f"{kind.replace('rouge', 'ROUGE-')} {part}" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("flags", "refs", "says"),
    [
        (
            ["--rouge", "perl"],
            "jackknife",
            "several references: jackknife, which it does not do: its own ways are pooled (-f A) and best (-f B)",
        ),
        (["--rouge", "perl", "--handling", "max"], "max", "several references: max, which it does not do"),
        (["--rouge", "perl", "--handling", "pooled"], "pooled", "several references: pooled, as with its -f A"),
        (["--rouge", "perl", "--handling", "best"], "best", "several references: best, as with its -f B"),
        (["--rouge", "-n 2 -m"], "pooled", "several references: their counts are pooled, ROUGE-1.5.5's -f A"),
        (["--rouge", "-n 2 -f B"], "best", "several references: the one with the best recall is taken, ROUGE-1.5.5's"),
    ],
)
def test_whose_way_with_several_references_it_is(
    flags: list[str], refs: str, says: str, score: Score, capsys: pytest.CaptureFixture[str]
) -> None:
    """The note and the signature say which of the original's ways it is, or that it is none of them."""
    run = score("run", *flags, references=TWO)
    out = " ".join(capsys.readouterr().out.split())
    assert says in out
    assert f"|refs:{refs}|" in out
    assert any(says in note for note in read_manifest(run / "run.json").metrics[0].notes)
    assert says in str(api.load_run(run).table)
    # One reference is scored as it is.
    score("single", *flags)
    assert "several references" not in capsys.readouterr().out


def test_the_ways_of_the_original_are_those_of_the_preset(score: Score) -> None:
    """With several references `pooled` and `best` of the preset give -f A's and -f B's figures, up to its rounding."""
    for handling, formula in (("pooled", "A"), ("best", "B")):
        preset = score(f"preset-{handling}", "--rouge", "perl", "--handling", handling, references=TWO)
        original = score(f"original-{handling}", "--rouge", f"-n 2 -m -f {formula}", references=TWO)
        ours, theirs = (
            {(one.document, one.metric): one.value for one in read_run(run).scores if one.system == "s"}
            for run in (preset, original)
        )
        assert ours.keys() >= theirs.keys()
        assert {key: ours[key] for key in theirs} == pytest.approx(theirs, abs=2e-5)


def test_handlings_compare_where_every_document_has_one_reference(
    score: Score, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is handled there; with several references they are different figures, and refused."""
    handlings = ("jackknife", "max", "mean", "pooled", "best")
    one = [str(score(handling, "--handling", handling)) for handling in handlings]
    assert main(["compare", *one]) == 0
    assert "different signatures" not in capsys.readouterr().out
    ways = [str(score(f"original-{way}", "--rouge", f"-n 2 -m -f {way}")) for way in "AB"]
    assert main(["compare", *ways]) == 0
    two = [str(score(f"two-{handling}", "--handling", handling, references=TWO)) for handling in ("jackknife", "max")]
    capsys.readouterr()
    assert main(["compare", *two]) == 2
    assert "different signatures of rouge1" in capsys.readouterr().err
    assert main(["compare", *two, "--force"]) == 0
    several = [str(score(f"two-{way}", "--rouge", f"-n 2 -m -f {way}", references=TWO)) for way in "AB"]
    assert main(["compare", *several]) == 2
    # What else differs is refused as ever.
    stems = str(score("perl", "--rouge", "perl"))
    assert main(["compare", one[0], stems]) == 2


def test_as_many_references_as_documents_in_another_corpus_change_nothing(
    score: Score, capsys: pytest.CaptureFixture[str]
) -> None:
    """By force, a corpus with one and one with several references: the same handling is no different signature."""
    runs = [str(score("one")), str(score("two", references=TWO))]
    capsys.readouterr()
    assert main(["compare", *runs, "--force"]) == 0
    assert "different signatures" not in capsys.readouterr().out
    other = str(score("max", "--handling", "max", references=TWO))
    assert main(["compare", runs[0], other, "--force"]) == 0
    assert "different signatures of rouge1" in capsys.readouterr().out


def older(run: Path, options: str, unit: str) -> Path:
    """Rewrite a run as schema 3 had it: `f` and bare units in signatures and values, `-f` an option, no checksums."""
    record = read_manifest(run / "run.json")
    entry, *others = record.metrics

    def before(name: str, line: str) -> str:
        part = line.split("|")[1] if "_" in name else "f"
        return f"{name.partition('_')[0]}|{part}|preset:perl|options:{options}|agg:mean"

    values = tuple(
        replace(value, title=value.name.replace("rouge", "ROUGE-", 1), unit=unit if value.main else value.unit)
        for value in entry.values
    )
    lines = {name: before(name, line) for name, line in entry.signatures.items()}
    content: dict[str, Any] = json.loads(
        replace(record, metrics=(replace(entry, values=values, signatures=lines), *others)).json()
    )
    del content["words"], content["metrics"][0]["notes"]
    (run / "run.json").write_text(json.dumps({**content, "schema": 3}))
    (run / "checksums.sha256").unlink()
    return run


@pytest.mark.parametrize(("weight", "unit"), [("0.5", "F1"), ("0", "recall"), ("0.8", "F")])
def test_a_run_of_an_earlier_version_is_called_as_today(weight: str, unit: str, score: Score) -> None:
    """Its figures are those of today's runs, and are compared with them."""
    options = f"-n 2 -m -f A -p {weight}"
    today = score("today", "--rouge", options)
    old = older(score("old", "--rouge", options), options, unit)
    now, before = read_manifest(today / "run.json"), read_manifest(old / "run.json")
    assert before.schema == 3
    assert before.words is None
    assert (before.signatures, before.values) == (now.signatures, now.values)
    assert main(["compare", str(old), str(today)]) == 0


def test_a_signature_that_cannot_be_read_stays_as_it_is(score: Score) -> None:
    """Options that mean nothing to this version are no reason to refuse a run."""
    old = older(score("old", "--rouge", "-n 2 -m"), "-n 2 -m -q", "F1")
    assert read_manifest(old / "run.json").signatures["rouge2"].endswith("|options:-n 2 -m -q|agg:mean")


def test_a_run_of_today_says_its_words(score: Score) -> None:
    """Only older files may lack the key."""
    run = score("run")
    content = json.loads((run / "run.json").read_text())
    del content["words"]
    (run / "run.json").write_text(json.dumps(content))
    with pytest.raises(RunError, match="words"):
        read_manifest(run / "run.json")
