"""Runs with a judge: what is recorded, what may rank, what it would cost, and what is asked again."""

import json
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import pytest

from sumbench.cli import main
from tests.metrics import judges
from tests.systems import servers
from tests.systems.servers import Handler

Write = Callable[..., Path]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[servers.Scripted]:
    """A server that rates and compares by shared words."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def both(handler: Handler) -> None:
        (judges.compare if "first" in judges.shown(handler) else judges.rate)(handler)

    with servers.serving(both) as served:
        yield served


@pytest.fixture(autouse=True)
def corpus(tmp_path: Path, write_article: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two articles; what a judge does on the second one's summary is no rating."""
    write_article(tmp_path / "mine" / "a", text="The council met. It rained. They left.", references=("They met.",))
    write_article(tmp_path / "mine" / "b", text="The junk came. It rained. They left.", references=("They met.",))
    monkeypatch.chdir(tmp_path)


def judge(url: str, more: str = "", name: str = "judge") -> str:
    return f"{name},url={url},model=small,price_in=2,price_out=5{more},as={name}"


def run(*arguments: str) -> int:
    return main(["run", "--corpus", "mine", "--systems", "lead,random", "--sentences", "1", *arguments])


def score(metrics: str, out: str) -> int:
    """Score three outputs made elsewhere, of which no judge can rate the last."""
    texts = {"x": "The x", "y": "The y", "z": "junk"}
    rows = [
        {"id": name, "document": f"The {name} came.", "reference": "It came.", "out": text}
        for name, text in texts.items()
    ]
    Path("table.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    columns = ["--reference-column", "reference", "--output-column", "out"]
    return main(["score", "table.jsonl", *columns, "--metrics", metrics, "--out", out])


def record(folder: str) -> dict[str, dict[str, object]]:
    """Return the entries of the metrics in a run.json by their names."""
    return {entry["name"]: entry for entry in json.loads(Path(folder, "run.json").read_text())["metrics"]}


def test_a_run_records_what_a_judge_was_asked(server: servers.Scripted, capsys: pytest.CaptureFixture[str]) -> None:
    """Prompt, calls, tokens and cost are in run.json and under the table; only failures are asked again."""
    both = f"rouge,{judge(server.url)},{judge(server.url, ',against=lead', 'judge-pairs')}"
    assert run("--metrics", both, "--out", "run") == 3
    shown = capsys.readouterr().out
    entry = record("run")["judge"]
    asked = sum("<summary " in str(request) for request in server.seen.requests)
    assert str(entry["prompt"]).startswith("# Rates a summary")
    assert entry["spent"] == {
        "calls": asked,
        "input_tokens": 100 * asked,
        "output_tokens": 12 * asked,
        "uncounted": 0,
        "cost": pytest.approx(asked * 260e-6),
    }
    assert f"judge: {asked} calls, {100 * asked} tokens read, {12 * asked} written, cost " in shown
    assert "judge: the judge's answer could not be read, and is no score: 1, the first: lead's summary of" in shown
    assert "judge cannot score what lead wrote of b: the judge's answer holds no JSON object" in shown
    details = [json.loads(line) for line in Path("run", "details.jsonl").read_text().splitlines()]
    assert "It is a rather good summary." in {each["content"].get("answer") for each in details}
    before = len(server.seen.requests)
    assert main(["run", "--resume", "run", "--quiet"]) == 3
    assert len(server.seen.requests) - before == 1


def test_a_judge_does_not_rank_by_itself(server: servers.Scripted, capsys: pytest.CaptureFixture[str]) -> None:
    """Another value is taken if there is one, a suite that says otherwise is refused, and `ranks=yes` allows it."""

    def ranked_by(folder: str) -> object:
        return json.loads(Path(folder, "run.json").read_text())["ranked_by"]

    assert score(f"{judge(server.url)},rouge,types=rouge1", "both") == 3
    assert ranked_by("both") == "rouge1"
    assert score(judge(server.url), "alone") == 3
    assert ranked_by("alone") == "judge"
    assert "ranked by Judge for want of another value: nothing shows" in capsys.readouterr().out
    assert main(["score", "alone", "--metrics", "rouge,types=rouge1"]) == 3
    assert ranked_by("alone") == "rouge1"
    suite = 'corpus = "mine"\nsystems = ["lead"]\nmetrics = [\'{}\']\nranked_by = "judge_coverage"\n'
    Path("mine.toml").write_text(suite.format(judge(server.url)))
    capsys.readouterr()
    assert main(["run", "./mine.toml"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("sumbench: suite mine: ranked_by=judge_coverage cannot be used: nothing shows that")
    assert len(said.splitlines()) == 1
    Path("mine.toml").write_text(suite.format(judge(server.url, ",ranks=yes")))
    assert main(["run", "./mine.toml", "--out", "allowed"]) == 3
    assert ranked_by("allowed") == "judge_coverage"


def test_a_dry_run_tells_what_judging_would_cost(server: servers.Scripted, capsys: pytest.CaptureFixture[str]) -> None:
    """Calls are counted for all summaries, those of comparisons twice and without the baseline; nothing is sent."""
    pairs = judge(server.url, ",against=lead,draws=3,temperature=1", "judge-pairs")
    assert run("--metrics", f"{judge(server.url)},{pairs}", "--dry-run") == 0
    lines = capsys.readouterr().out.splitlines()
    (one,) = (line for line in lines if line.startswith("judge: "))
    (other,) = (line for line in lines if line.startswith("judge-pairs: "))
    assert one.startswith("judge: about 4 calls, ")
    assert other.startswith("judge-pairs: about 12 calls, ")
    assert ", cost 0.0" in one
    assert not server.seen.requests


def test_a_baseline_that_does_not_run_is_refused(server: servers.Scripted, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is done the line says which system is meant."""
    assert run("--metrics", judge(server.url, ",against=leed", "judge-pairs")) == 2
    assert "no summaries to compare with: unknown system 'leed': did you mean 'lead'?" in capsys.readouterr().err


def test_outputs_are_judged_too(server: servers.Scripted, capsys: pytest.CaptureFixture[str]) -> None:
    """A summary that cannot be judged is a failure, and does not end the scoring of the others; scores are kept."""
    for out, asked in (("one", 3), ("two", 1)):
        before = len(server.seen.requests)
        assert score(f"rouge,{judge(server.url)}", out) == 3
        assert len(server.seen.requests) - before == asked
    assert "judge cannot score what out wrote of z" in capsys.readouterr().out
