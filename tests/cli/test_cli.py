import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sumbench.cli import main
from sumbench.runs.store import read_run

HEAVY = ("torch", "transformers", "datasets", "evaluate", "sentence_transformers", "pyarrow", "numpy", "rich", "nltk")

Write = Callable[..., Path]

ENDLESS = "\n".join(f"Sentence number x{number} tells of y{number % 97} and z{number % 89}." for number in range(1000))
"""A text over which KL-Sum takes many seconds."""


def sumbench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "sumbench", *arguments], capture_output=True, text=True, check=False)


def test_help_loads_nothing_heavy() -> None:
    """The help of every command answers without importing a heavy library."""
    code = (
        "import sys; from sumbench.cli import parser; parser().format_help(); "
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_a_run_prints_its_table_and_writes_its_folder(tmp_path: Path) -> None:
    """A run on the articles that ship ranks systems, sets floors and ceilings apart, and leaves its files."""
    out = tmp_path / "run"
    done = sumbench("run", "--systems", "random,lead,luhn,oracle", "--limit", "2", "--out", str(out))
    assert done.returncode == 0, done.stderr
    for text in ("ROUGE-Lsum", "luhn", "floors", "ceilings", "oracle", "reference agreement", "refs:jackknife"):
        assert text in done.stdout
    assert "lead: done in" in done.stderr
    assert {file.name for file in out.iterdir()} == {
        "documents.parquet",
        "details.jsonl",
        "run.json",
        "summaries.jsonl",
        "scores.parquet",
        "table.md",
        "table.csv",
        "report.html",
        "checksums.sha256",
        ".lock",
    }
    run = read_run(out)
    assert len(run.summaries) == 4 * 2
    rouge = [name for name in run.manifest.values if name.startswith("rouge")]
    assert len(run.scores.where(metric=rouge)) == (4 + 1) * 2 * 12
    assert run.manifest.corpus.documents == 2
    assert run.manifest.systems[1].fingerprint["options"] == {"sentences": 3}


@pytest.mark.usefixtures("in_process")
def test_the_same_run_twice_gives_the_same_scores(tmp_path: Path) -> None:
    """Everything but the times repeats, in this process and in others, whatever Python's hash seed is."""
    texts = []
    arguments = ["--systems", "random,lexrank,lsa,sumbasic", "--limit", "9", "--no-cache", "--quiet", "--out"]
    assert main(["run", *arguments, str(tmp_path / "a")]) == 0
    done = sumbench("run", *arguments, str(tmp_path / "b"))
    assert (done.returncode, done.stderr) == (0, "")
    for name in ("a", "b"):
        run = read_run(tmp_path / name)
        texts.append(([summary.text for summary in run.summaries], run.scores))
    assert texts[0] == texts[1]


@pytest.mark.usefixtures("in_process")
def test_own_articles_are_run_by_their_folder(
    tmp_path: Path, write_article: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """--corpus takes a folder; with one reference there is no agreement row."""
    folder = write_article(tmp_path / "mine", references=("The council voted for the bridge.",))
    monkeypatch.chdir(tmp_path)
    assert main(["run", "--corpus", str(folder), "--systems", "lead,textrank", "--quiet"]) == 0
    shown = capsys.readouterr().out
    assert "1 document, 1 reference" in shown
    assert "reference agreement" not in shown
    (run,) = (tmp_path / "results").iterdir()
    assert run.name.startswith("mine-default-")


@pytest.mark.usefixtures("in_process")
def test_csv_on_stdout_is_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--format csv prints one header and a row a system at full precision."""
    arguments = ["run", "--systems", "lead", "--limit", "1", "--format", "csv", "--quiet"]
    assert main([*arguments, "--out", str(tmp_path / "r")]) == 0
    header, lead, references = capsys.readouterr().out.splitlines()
    assert header.startswith("section,system,rouge1,")
    assert header.endswith(",words,seconds,seen")
    assert lead.startswith("floors,lead,")
    assert references.startswith("ceilings,reference agreement,")
    assert len(lead.split(",")[2]) > 8


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "--systems", "leed"], "unknown system 'leed': did you mean 'lead'"),
        (["run", "--corpus", "nowhere/at/all"], "nowhere/at/all: no such folder"),
        (["score", "--references", "none.txt", "--outputs", "s=none.txt"], "none.txt: no such file"),
        (["score", "--references", "none.jsonl", "--outputs", "s=none.txt"], "none.jsonl: No such file or directory"),
        (["run", "defualt"], "unknown suite 'defualt': did you mean 'default'"),
        (["run", "--metrics", "meteor"], "unknown metric 'meteor'"),
        (["run", "--limit", "0"], "--limit 0 leaves no document"),
        (["run", "--limit", "many"], "argument --limit: invalid int value: 'many'"),
        (["run", "--format", "xls", "--systems", "lead"], "unknown format 'xls'"),
        (["walk"], "no command 'walk'"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake on the command line is said in one line on stderr, without a traceback."""
    monkeypatch.chdir(tmp_path)
    try:
        code = main(arguments)
    except SystemExit as stop:
        code = int(stop.code or 0)
    out, err = capsys.readouterr()
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert says in err
    assert not list(tmp_path.iterdir())


def test_a_run_never_writes_over_anything_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--out of a folder that holds something is refused, and what is there stays."""
    (tmp_path / "notes.txt").write_text("mine")
    assert main(["run", "--systems", "lead", "--limit", "1", "--out", str(tmp_path)]) == 2
    assert "is not empty and holds no run" in capsys.readouterr().err
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_missing_weights_offline_name_the_command_that_fetches_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """--offline with an empty store stops before anything is written and says what to run."""
    monkeypatch.setenv("SUMBENCH_HOME", str(tmp_path / "store"))
    out = tmp_path / "run"
    assert main(["run", "--systems", "lead,minilm", "--limit", "1", "--offline", "--out", str(out)]) == 2
    assert "sumbench weights pull minilm" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("command", "names"),
    [
        *(("systems", "textrank"), ("systems", "bart-large-cnn"), ("corpora", "references"), ("metrics", "rouge")),
        *(("suites", "multilingual"), ("suites", "published-xsum"), ("prompts", "tldr")),
    ],
)
def test_what_there_is_can_be_listed(command: str, names: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Systems with checkpoints, corpora, metrics, suites and prompts are listed with a line each."""
    assert main([command]) == 0
    assert names in capsys.readouterr().out


def test_metrics_are_listed_with_their_values_and_one_is_shown_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    """The listing says values, needs and options; one metric by itself each value with unit, direction and place."""
    assert main(["metrics"]) == 0
    listed = " ".join(capsys.readouterr().out.split())
    assert "rouge2 (F1 × 100 ↑)" in listed
    assert "handling=jackknife" in listed
    assert main(["metrics", "rouge"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["handling", "text", "jackknife"] in rows
    assert ["rouge2", "ROUGE-2", "F1", "×", "100", "higher", "result", "table"] in rows
    assert ["rouge2_recall", "ROUGE-2", "recall", "recall", "×", "100", "higher", "none"] in rows
    assert ["needs:", "references"] in rows
    assert main(["metrics", "text"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["cut_off", "cut", "off", "%", "lower", "without", "references"] in rows
    assert ["needs:", "summaries", "alone"] in rows
    assert main(["metrics", "rogue"]) == 2
    assert (
        capsys.readouterr().err
        == "sumbench: unknown metric 'rogue': did you mean 'rouge'? (sumbench metrics lists them)\n"
    )


def test_a_document_that_fails_is_shown_and_gives_exit_code_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], write_article: Write
) -> None:
    """The rest goes on; the failure stands in the journal with its reason, and in the table with its count."""
    write_article(tmp_path / "corpus" / "short", text="One.\nTwo.\nThree.\nFour.")
    write_article(tmp_path / "corpus" / "long", text=ENDLESS)
    out = tmp_path / "run"
    arguments = ["--corpus", str(tmp_path / "corpus"), "--systems", "lead,kl", "--out", str(out)]
    assert main(["run", *arguments, "--timeout", "3", "--no-cache", "--quiet"]) == 3
    assert "failed" in capsys.readouterr().out
    lines = [json.loads(line) for line in (out / "summaries.jsonl").read_text().splitlines()]
    errors = {(line["system"], line["document"]): line["error"] for line in lines}
    assert errors == {
        ("lead", "long"): None,
        ("lead", "short"): None,
        ("kl", "long"): "no summary within 3 s",
        ("kl", "short"): None,
    }


@pytest.mark.usefixtures("in_process")
def test_a_dry_run_says_what_would_be_done_and_does_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Documents, what is reused, the weights to fetch with their size, and an estimate from earlier runs."""
    monkeypatch.setenv("SUMBENCH_HOME", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)
    assert main(["run", "--systems", "lead,luhn", "--limit", "2", "--quiet", "--out", "first"]) == 0
    capsys.readouterr()
    assert main(["run", "--systems", "lead,luhn,minilm,lsa", "--limit", "3", "--format", "csv", "--dry-run"]) == 0
    header, *rows = capsys.readouterr().out.splitlines()
    assert header == "section,system,documents,summaries,reused,fetch,download,seconds"
    assert [row.split(",")[1:7] for row in rows] == [
        ["lead", "3", "3", "2", "", ""],
        ["luhn", "3", "3", "2", "", ""],
        ["minilm", "3", "3", "0", "minilm", "83.506384"],
        ["lsa", "3", "3", "0", "", ""],
    ]
    estimates = [row.split(",")[7] for row in rows]
    assert float(estimates[1]) > 0
    assert estimates[2:] == ["", ""]
    assert {entry.name for entry in tmp_path.iterdir()} <= {"first", "store"}


@pytest.mark.usefixtures("in_process")
def test_the_cache_can_be_seen_and_cleared(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """What is kept is counted by info and forgotten by clear."""
    assert main(["run", "--systems", "lead", "--limit", "2", "--quiet", "--out", str(tmp_path / "r")]) == 0
    capsys.readouterr()
    assert main(["cache", "info"]) == 0
    assert "2 summaries of 1 systems" in capsys.readouterr().out
    assert main(["cache", "clear"]) == 0
    assert "2 summaries forgotten" in capsys.readouterr().out


@pytest.mark.usefixtures("in_process")
def test_what_is_reused_is_said_to_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Summaries of the cache and of the run's own journal alike are no work: no time is said of them."""
    arguments = ["run", "--systems", "lead", "--out"]
    assert main([*arguments, str(tmp_path / "a"), "--limit", "2"]) == 0
    assert "[1/1] lead: done in " in capsys.readouterr().err
    for again in ("b", "a"):
        assert main([*arguments, str(tmp_path / again), "--limit", "2"]) == 0
        shown = capsys.readouterr().err
        assert "[1/1] lead: reused\n" in shown
        assert "lead: done in" not in shown
    assert main([*arguments, str(tmp_path / "c"), "--limit", "3"]) == 0
    assert re.search(r"^\[1/1\] lead: done in \d\.\d s, 2 reused$", capsys.readouterr().err, re.MULTILINE)


def test_fail_fast_stops_at_the_first_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], write_article: Write
) -> None:
    """With --fail-fast the first failure ends the run with exit code 3, naming system, document and reason."""
    write_article(tmp_path / "mine", text=ENDLESS)
    arguments = ["--corpus", str(tmp_path / "mine"), "--systems", "kl", "--timeout", "0.5", "--fail-fast"]
    assert main(["run", *arguments, "--quiet", "--no-cache", "--out", str(tmp_path / "r")]) == 3
    assert "kl failed on document 'mine': no summary within 0.5 s" in capsys.readouterr().err
