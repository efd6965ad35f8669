import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from typing import ClassVar

import pytest

import sumbench
from sumbench import Direction
from sumbench import Document
from sumbench import Measured
from sumbench import SummaryMetric
from sumbench import Value
from sumbench.errors import CorpusError
from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.records import Summary

pytestmark = pytest.mark.usefixtures("in_process")


ROWS: list[dict[str, Any]] = [
    {
        "id": key,
        "document": f"Ship {key} ran aground on Friday. Two tugs pulled {key} free. Nobody was hurt. It rained.",
        "references": [f"Two tugs pulled ship {key} free."],
        "genre": "news",
    }
    for key in "abcd"
]


def second(text: str) -> str:
    """Return the second sentence."""
    return text.split(". ")[1] + "."


def frame() -> Any:  # noqa: ANN401 - pandas ships no types here
    import pandas as pd

    return pd.DataFrame(ROWS)


def data_set() -> Any:  # noqa: ANN401 - datasets ships no types
    import datasets

    return datasets.Dataset.from_list(ROWS)


def records() -> list[Document]:
    return [
        Document(row["id"], row["document"], tuple(row["references"]), metadata={"genre": row["genre"]}) for row in ROWS
    ]


@pytest.mark.parametrize(
    "make",
    [lambda: ROWS, frame, data_set, records, lambda: iter(ROWS)],
    ids=["list", "frame", "data_set", "records", "iterator"],
)
def test_any_objects_make_a_corpus(make: Callable[[], Any], tmp_path: Path) -> None:
    """Dictionaries, a data frame, a data set and documents give the same documents and scores."""
    result = sumbench.run(make(), ["lead", second], out=tmp_path / "run")
    assert [document.id for document in result.documents] == list("abcd")
    assert result.documents[0].references == ("Two tugs pulled ship a free.",)
    values = {score.document: score.value for score in result.scores.where(system="second", metric="rouge1")}
    assert values == pytest.approx(dict.fromkeys("abcd", 10 / 11))
    assert result.manifest.request is None


def test_a_run_by_names_is_that_of_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The folders of both hold the same scores, and the run can be resumed."""
    from sumbench.cli import main

    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    result = sumbench.run(file, "lead,sentences=1,textrank", out=tmp_path / "api", limit=3, seed=4)
    arguments = ["--systems", "lead,sentences=1,textrank", "--limit", "3", "--seed", "4", "--quiet"]
    assert main(["run", "--corpus", str(file), *arguments, "--out", str(tmp_path / "cli")]) == 0
    printed = capsys.readouterr().out
    loaded = sumbench.load_run(tmp_path / "cli")
    assert loaded.scores == result.scores
    assert str(loaded) == printed
    assert main(["run", "--resume", str(tmp_path / "api"), "--quiet"]) == 0


def test_a_result_shows_itself(tmp_path: Path) -> None:
    """Its table as text and HTML, its verdict in words, its scores as a data frame, its summaries and details."""
    result = sumbench.run(ROWS, {"first": "lead", "own": second}, out=tmp_path / "run")
    assert "<figure" in result._repr_html_()
    assert "own" in str(result)
    assert [row.cells[0] for row in result.table.sections[0].rows] == ["own"]
    assert set(result.to_pandas().columns) >= {"document", "system", "metric", "value", "draw", "error"}
    assert len(result.summaries) == 8
    assert not result.failed
    loaded = sumbench.load_run(tmp_path / "run")
    assert (loaded.scores, loaded.summaries, loaded.documents) == (result.scores, result.summaries, result.documents)
    assert loaded.table == result.table


def test_a_function_that_fails_costs_its_document(tmp_path: Path) -> None:
    """The others go on, and the result says that something failed."""

    def fussy(text: str) -> str:
        if "Ship b" in text:
            raise ValueError("no ships")
        return text

    result = sumbench.run(ROWS, [fussy, lambda text: 1], out=tmp_path / "run")  # type: ignore[list-item, return-value] # noqa: ARG005
    assert result.failed
    errors = {(one.system, one.document): one.error for one in result.summaries if one.error}
    assert errors["fussy", "b"] == "ValueError: no ships"
    assert errors["lambda", "a"] == "it returned int where a text is wanted"
    assert len(errors) == 5
    assert result.verdict.startswith("fussy wrote no summary of 1 of 4 documents and lambda wrote no summary. ")


def test_outputs_are_scored_from_files_lists_and_mappings(tmp_path: Path) -> None:
    """The same texts give the same scores, however they are given, and the documents' texts may be missing."""
    texts = {key: f"Two tugs pulled {key} free." for key in "abcd"}
    file = tmp_path / "o.txt"
    file.write_text("\n".join(texts.values()))
    outputs: dict[str, Any] = {"file": file, "list": list(texts.values()), "mapping": dict(reversed(texts.items()))}
    rows = [{"id": row["id"], "references": row["references"]} for row in ROWS]
    result = sumbench.score(rows, outputs, out=tmp_path / "run")
    found = {name: [score.value for score in result.scores.where(system=name)] for name in outputs}
    assert found["file"] == found["list"] == found["mapping"]
    assert max(found["file"]) > 0
    with pytest.raises(CorpusError, match="short has 1 outputs for 4 documents"):
        sumbench.score(rows, {"short": ["x"]}, out=tmp_path / "no")
    with pytest.raises(UsageError, match="outputs= names no system"):
        sumbench.score(rows, {})


@dataclass(frozen=True, kw_only=True)
class Length(SummaryMetric):
    """How many words a summary has."""

    name: str = "length"
    declared: ClassVar[tuple[Value, ...]] = (Value("length", "Length", "words", direction=Direction.LOWER),)

    def measure(self, document: Document, summary: Summary) -> Measured:  # noqa: ARG002
        """Count the words."""
        return Measured({"length": len(summary.text.split())})


def test_a_metric_of_ones_own_stands_beside_rouge(tmp_path: Path) -> None:
    """A metric object is taken as it is; its value has a column, and obeys its direction."""
    result = sumbench.run(ROWS, ["lead", second], metrics=["rouge,types=rouge1", Length()], out=tmp_path / "run")
    assert [score.value for score in result.scores.where(system="second", metric="length")] == [5.0] * 4
    assert {"rouge1", "length"} <= {column.key for column in result.table.columns}


def test_runs_are_compared(tmp_path: Path) -> None:
    """By result, folder or FOLDER:SYSTEM; with a gate, whose outcome stands in the result."""
    base = sumbench.run(ROWS, {"s": second}, out=tmp_path / "base")
    new = sumbench.run(ROWS, {"s": lambda text: text.split(". ")[3]}, out=tmp_path / "new")
    compared = base.compare(new, metrics=["rouge1"], fail_under={"rouge1": 50.0}, force=True)
    assert compared.failed
    assert compared.closing == "gate failed: s is below the limit under ROUGE-1"
    assert compared.verdict == f"4 documents and 1 pair: no difference could have been shown. {compared.closing}."
    assert compared.to_pandas().iloc[0]["difference"] < 0
    by_folder = sumbench.compare(tmp_path / "base", str(tmp_path / "new"), metrics=["rouge1"], force=True)
    assert by_folder.table == compared.table
    assert sumbench.compare(base, by="genre").table.columns[2].title == "news"
    assert "<figure" in compared._repr_html_()


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda out: sumbench.run(ROWS, "lead", limit=0, out=out), UsageError, "limit=0 leaves no document"),
        (lambda out: sumbench.run(ROWS, "laed", out=out), UsageError, "unknown system 'laed': did you mean 'lead'?"),
        (lambda out: sumbench.run(3, "lead", out=out), CorpusError, "corpus: int is none"),
        (lambda out: sumbench.run([{"document": "x"}], "lead", out=out), CorpusError, "corpus, document 1: no refer"),
        (lambda out: sumbench.run([*ROWS, 3], "lead", out=out), CorpusError, "corpus, document 5: is a int"),
        (sumbench.load_run, RunError, "no such file"),
        (lambda out: sumbench.run(ROWS, "lead", statistics={"alpha": 2}, out=out), UsageError, "alpha=2 is no level"),
        (
            lambda out: sumbench.run(ROWS, "lead", statistics={"level": 0.9}, out=out),
            UsageError,
            "level= is no setting",
        ),
        (
            lambda out: sumbench.run(ROWS, "lead", statistics={"correction": "sidak"}, out=out),
            UsageError,
            "correction='sidak' means nothing: give holm",
        ),
        (
            lambda out: sumbench.run(ROWS, Length, out=out),  # type: ignore[arg-type] # the class
            UsageError,
            "Length is a class: give an object, Length(…)",
        ),
        (lambda out: sumbench.score(ROWS, {"s": ["x"] * 4}, metrics=[], out=out), UsageError, "no metric is named"),
        (lambda out: sumbench.run(ROWS, [second, second], out=out), UsageError, "several functions are called second"),
    ],
    ids=[
        "limit",
        "system",
        "corpus",
        "reference",
        "row",
        "folder",
        "alpha",
        "option",
        "correction",
        "class",
        "none",
        "functions",
    ],
)
def test_errors_name_parameters(
    call: Callable[[Path], object], error: type[Exception], says: str, tmp_path: Path
) -> None:
    """What the command line says of its flags is said of parameters."""
    with pytest.raises(error) as raised:
        call(tmp_path / "run")
    assert says in str(raised.value)
    assert "--" not in str(raised.value)


def test_a_name_is_one_name(tmp_path: Path) -> None:
    """Where several may be given, a text is one of them, or several with commas, and an object is one."""
    run = sumbench.run(ROWS, "lead,random", metrics=Length(), out=tmp_path / "run")
    both = f"{run.path}:lead", f"{run.path}:random"
    compared = sumbench.compare(*both, metrics="length", fail_if_worse="length")
    assert compared.closing.startswith("gate passed")
    with pytest.raises(UsageError, match="name the folders of two runs or more"):
        sumbench.merge(str(run.path))


def test_a_run_that_is_refused_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither one whose settings mean nothing, nor one whose weights are not there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUMBENCH_HOME", str(tmp_path / "home"))
    for given in ({"systems": "lead", "statistics": {"alpha": 2}}, {"systems": "bart-large-cnn", "offline": True}):
        with pytest.raises(UsageError):
            sumbench.run(ROWS, **given)
    assert not Path("results").exists()


def test_a_run_in_two_languages_needs_no_texts_for_its_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those by language are there when it is read again, and `compare --by language` has them."""
    from sumbench.cli import main

    rows = [{**row, "language": "de" if row["id"] < "c" else "en"} for row in ROWS]
    result = sumbench.run(rows, "lead", metrics="rouge", out=tmp_path / "run", texts=False)
    assert sumbench.load_run(tmp_path / "run").table == result.table
    assert main(["compare", str(tmp_path / "run"), "--by", "language"]) == 0
    assert "de: 2 documents; en: 2 documents" in capsys.readouterr().out


def test_importing_the_package_loads_nothing_heavy() -> None:
    """`import sumbench` imports no library; its names are there all the same."""
    code = "import sys; old = set(sys.modules); import sumbench; print(*sorted(set(sys.modules) - old))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["sumbench"]
    assert {"load_run", "run", "score", "compare"} <= set(dir(sumbench))
    for name in sumbench.__all__:
        assert getattr(sumbench, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'absent'"):
        sumbench.absent  # noqa: B018
