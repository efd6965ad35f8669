"""Batches: requests out as files, answers back as summaries, equal to those of a server that was asked one by one."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sumbench
from sumbench.cli import main
from sumbench.corpus import open_corpus
from sumbench.jobs.batch_files import FileLimits
from sumbench.jobs.batch_files import RequestWriter
from sumbench.jobs.batch_files import request_files
from sumbench.records import Summary
from sumbench.runs.store import read_run
from sumbench.systems import Context
from sumbench.systems.endpoint import Endpoint
from sumbench.weights import Store
from tests.systems import servers
from tests.systems.batch_runner import run_batch
from tests.systems.servers import Handler
from tests.systems.servers import Scripted

ARTICLES = {
    "plain": "Plain rain fell all day. The council met on Monday. It voted for the bridge.",
    "thinks": "Thinks about a ship that ran aground on Friday. Two tugs pulled it free.",
    "cut": "Cut short was the meeting. Nobody was hurt. The mayor spoke.",
    "refused": "Refused was the plan. It rained. Nobody came.",
    "fails": "Fails the pump in the old mill. Water rose. A crew came.",
    "long": "Long " + " ".join(f"Item {number} was sold for {number} euros on Monday." for number in range(30)),
}


def behave(handler: Handler) -> None:
    """Answer by the document alone, and by the seed where there is one."""
    words = handler.body["messages"][-1]["content"].split()
    text = f"{words[0]} was here, with {len(words)} words and seed {handler.body.get('seed')}. It rained."
    good = servers.answer(text, usage=(100 + len(words), 12))
    behaviours = {
        "Thinks": servers.answer(f"<think>A ship.</think>Here is a summary:\n\n{text}", usage=(90, 30)),
        "Cut": servers.answer(f"{text} And then", finish_reason="length"),
        "Refused": servers.answer(message={"role": "assistant", "content": None, "refusal": "I will not."}),
        "Fails": servers.status(400, "this document has a fault"),
    }
    behaviours.get(words[0], good)(handler)


@pytest.fixture(scope="module")
def server() -> Iterator[Scripted]:
    with servers.serving(behave) as server:
        yield server


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a corpus in it, and no proxy between a test and its server."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("SUMBENCH_HOME", str(tmp_path / "home"))
    write_corpus(*ARTICLES)
    return tmp_path


def write_corpus(*names: str) -> None:
    rows = [{"id": name, "document": ARTICLES[name], "reference": "It rained."} for name in names]
    Path("corpus.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))


def flags(server: Scripted, out: str, *systems: str, **options: object) -> list[str]:
    spec = ",".join(["endpoint", f"url={server.url}", "model=small", *(f"{name}={options[name]}" for name in options)])
    return ["--corpus", "corpus.jsonl", "--systems", ",".join([*systems, spec]), "--metrics", "rouge", "--out", out]


def export(*arguments: str) -> int:
    return main(["batch", "export", *arguments])


def answer(folder: str, server: Scripted, number: int = 1, name: str = "answers.jsonl") -> str:
    run_batch(Path(folder) / f"batch-{number:04d}.jsonl", Path(name), server.url.removesuffix("/v1"))
    return name


def requests(folder: str, number: int = 1) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (Path(folder) / f"batch-{number:04d}.jsonl").read_text().splitlines()]


def online(server: Scripted, **options: Any) -> list[Summary]:  # noqa: ANN401 - as Endpoint takes them
    """Return what comes of asking the server one by one, without the seconds, in the order of the corpus."""
    system = Endpoint(name="small", url=server.url, model="small", **options)
    documents = open_corpus("corpus.jsonl").documents
    made = list(system.load(Context(0, Store(Path("home"), offline=True)))(documents))
    order = [document.id for document in documents]
    made.sort(key=lambda summary: (order.index(summary.document), summary.draw))
    return [replace(summary, seconds=None) for summary in made]


def imported(folder: str = "batch") -> list[Summary]:
    return [summary for summary in read_run(Path(folder)).summaries if summary.system == "small"]


def test_an_imported_batch_equals_asking_one_by_one(server: Scripted, capsys: pytest.CaptureFixture[str]) -> None:
    """Texts, tokens, thoughts, cuts, refusals and failures are the same; the seconds are not known."""
    assert export(*flags(server, "batch"), "--no-cache") == 0
    # What vLLM loads is called otherwise than what it serves.
    assert "--model CHECKPOINT --served-model-name small" in capsys.readouterr().err
    assert len(requests("batch")) == len(ARTICLES)
    assert main(["batch", "import", "batch", answer("batch", server)]) == 3
    assert imported() == online(server)
    assert [summary.failure for summary in imported()] == [None, None, None, "refusal", "error", None]
    telemetry = read_run(Path("batch")).manifest.systems[0].telemetry
    assert telemetry is not None
    assert (telemetry.median_seconds, telemetry.working_seconds) == (None, None)
    assert (telemetry.median_output_tokens, telemetry.requests and telemetry.requests.batch) == (12, 4)
    assert "answered %" in capsys.readouterr().out


def test_draws_prompts_and_prices_go_with_a_batch(server: Scripted) -> None:
    """Each draw is a request with its seed, the system turn and the sampling options stand in it, prices count."""
    write_corpus("plain", "thinks")
    options: dict[str, Any] = {"samples": 2, "temperature": 0.7, "sentences": 2, "price_in": 1.0, "price_out": 2.0}
    assert main(["run", *flags(server, "online", **options), "--no-cache"]) == 0
    assert (
        export(*flags(server, "batch", "lead", **options), "--no-cache", "--token-limit", "max_completion_tokens") == 0
    )
    bodies = [request["body"] for request in requests("batch")]
    assert len({body["seed"] for body in bodies}) == 4
    assert all(body["temperature"] == 0.7 and body["max_completion_tokens"] for body in bodies)
    assert "up to two sentences" in bodies[0]["messages"][0]["content"]
    assert main(["batch", "import", "batch", answer("batch", server), "--price-factor", "0.5"]) == 0
    assert imported() == online(server, **options)
    telemetry = read_run(Path("batch")).manifest.systems[-1].telemetry
    assert telemetry is not None
    paid = sum((summary.seen_tokens or 0) + 2 * summary.output_tokens for summary in imported())
    assert telemetry.cost == pytest.approx(0.5 * paid / 1e6)


def test_what_follows_from_answers_is_asked_in_rounds(server: Scripted, capsys: pytest.CaptureFixture[str]) -> None:
    """The chunks of a long document come first; the import writes the request that joins their summaries."""
    write_corpus("long", "plain")
    options: dict[str, Any] = {"max_input_tokens": 150, "long": "chunk"}
    assert export(*flags(server, "batch", **options), "--no-cache") == 0
    assert len(requests("batch")) > 2
    assert main(["batch", "import", "batch", answer("batch", server)]) == 3
    assert "batch-0002.jsonl in batch asks for what follows" in capsys.readouterr().out
    assert len(requests("batch", 2)) == 1
    assert main(["batch", "import", "batch", answer("batch", server, 2)]) == 0
    assert imported() == online(server, **options)


def test_a_part_leaves_the_run_open(server: Scripted, capsys: pytest.CaptureFixture[str]) -> None:
    """The missing answers are counted, the next import goes on, and importing twice changes nothing."""
    write_corpus("plain", "thinks", "cut")
    assert export(*flags(server, "batch"), "--no-cache", "--max-requests", "2") == 0
    first, second = answer("batch", server), answer("batch", server, 2, "more.jsonl")
    assert main(["batch", "import", "batch", first]) == 3
    assert "2 answers imported, 1 requests have none yet (first of documents 'cut')" in capsys.readouterr().out
    assert main(["batch", "import", "batch", first]) == 3
    assert "0 answers imported, 1 requests have none yet" in capsys.readouterr().out
    assert main(["batch", "import", "batch", second]) == 0
    table = capsys.readouterr().out
    files = {file.name: file.read_bytes() for file in Path("batch").iterdir()}
    assert main(["batch", "import", "batch", first, second]) == 0
    assert capsys.readouterr().out == table
    assert {file.name: file.read_bytes() for file in Path("batch").iterdir()} == files


def test_a_run_ends_without_the_rest_where_that_is_asked_for(server: Scripted) -> None:
    """Documents without an answer have failed; the same export asks for them again, a late answer mends them."""
    write_corpus("plain", "thinks")
    command = [*flags(server, "batch"), "--no-cache"]
    assert export(*command) == 0
    Path("errors.jsonl").write_text(
        json.dumps(
            {
                "custom_id": requests("batch")[1]["custom_id"],
                "response": None,
                "error": {"code": "batch_expired", "message": "This request could not be executed in time."},
            }
        )
    )
    late = answer("batch", server)
    assert main(["batch", "import", "batch", "errors.jsonl", "--finish"]) == 3
    errors = [summary.error for summary in read_run(Path("batch")).summaries]
    assert errors[0] == "the batch's answers that were imported have none to its request"
    assert "could not be executed in time. (batch_expired)" in (errors[1] or "")
    assert export(*command) == 0
    assert [request["custom_id"] for request in requests("batch", 2)] == [requests("batch")[1]["custom_id"]]
    assert main(["batch", "import", "batch", late]) == 0


def test_what_earlier_runs_have_kept_is_not_asked_for(server: Scripted, capsys: pytest.CaptureFixture[str]) -> None:
    """The cache serves a batch as it serves a run, and keeps a batch's summaries."""
    write_corpus("plain")
    assert export(*flags(server, "before")) == 0
    assert main(["batch", "import", "before", answer("before", server)]) == 0
    write_corpus("plain", "cut")
    assert export(*flags(server, "batch")) == 0
    assert len(requests("batch")) == 1
    assert export(*flags(server, "batch")) == 0
    assert "1 requests stand in files of an earlier export" in capsys.readouterr().out


def test_a_dry_run_says_how_large_a_batch_is(server: Scripted, capsys: pytest.CaptureFixture[str]) -> None:
    """Requests, tokens and the most that it may cost; nothing is written."""
    options = {"max_new_tokens": 100, "price_in": 1.0, "price_out": 10.0}
    asked = len(server.seen.requests)
    assert export(*flags(server, "batch", **options), "--dry-run", "--no-system-turn", "--max-mb", "0.002") == 0
    shown = capsys.readouterr().out
    assert "batch-0001.jsonl to batch-000" in shown
    assert " 600 " in shown
    assert "cost at most" in shown
    assert not Path("batch").exists()
    assert len(server.seen.requests) == asked


def test_the_python_api_does_the_same(server: Scripted) -> None:
    """Files and counts come back as values, and the run once it is whole; errors name parameters."""
    write_corpus("plain", "thinks")
    spec = f"endpoint,url={server.url},model=small"
    exported = sumbench.export_batch("corpus.jsonl", spec, metrics="rouge", out="batch", cache=False, max_requests=1)
    assert (exported.requests, [file.name for file in exported.files]) == (2, ["batch-0001.jsonl", "batch-0002.jsonl"])
    first = sumbench.import_batch(exported.path, [answer("batch", server)], cache=False)
    assert (first.answers, first.run, first.missing) == (1, None, 1)
    second = sumbench.import_batch(exported.path, [answer("batch", server, 2)], cache=False)
    assert second.run is not None
    assert [summary.error for summary in second.run.summaries] == [None, None]
    with pytest.raises(sumbench.BenchError, match=r"^max_requests=0 leaves nothing"):
        sumbench.export_batch("corpus.jsonl", spec, max_requests=0)


def test_no_file_of_very_many_is_written_over(place: Path) -> None:
    """The ten-thousandth has a digit more, and comes last all the same."""
    for number in (9999, 10_000):
        (place / f"batch-{number}.jsonl").write_bytes(b"{}\n")
    with RequestWriter(place, FileLimits()) as writer:
        assert writer.write(b"{}\n") == "batch-10001.jsonl"
    assert [file.name for file in request_files(place)][1:] == ["batch-10000.jsonl", "batch-10001.jsonl"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "wrong.jsonl, line 2: no answer of a batch: no valid JSON"),
        ('{"custom_id": "x"}', "wrong.jsonl, line 2: no answer of a batch: custom_id, and response or error"),
        ('{"custom_id": "x", "method": "POST", "body": {}}', "line 2: a request, and no answer"),
        ('{"custom_id": "x", "error": {"message": "no"}}', "line 2: answers no request of this run ('x')"),
        ("other", "line 2: is of the model 'other', and 'small' was asked"),
    ],
)
def test_a_file_that_does_not_belong_is_refused(
    server: Scripted, capsys: pytest.CaptureFixture[str], line: str, says: str
) -> None:
    """In one line, with file and line, and nothing of it is imported."""
    write_corpus("plain", "cut")
    assert export(*flags(server, "batch"), "--no-cache", "--quiet") == 0
    lines = Path(answer("batch", server)).read_text().splitlines()
    if line == "other":
        line = lines[1].replace('"model": "small"', '"model": "other"')
    Path("wrong.jsonl").write_text(f"{lines[0]}\n{line}\n")
    capsys.readouterr()
    assert main(["batch", "import", "batch", "wrong.jsonl", "--quiet"]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert len(error.splitlines()) == 1
    assert not list(Path("batch").glob("batch-answers*"))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["export", "--systems", "lead"], "no system of this run asks a server"),
        (["export", "--max-requests", "0"], "--max-requests 0 leaves nothing in a file"),
        (["export", "--max-mb", "nan"], "--max-mb nan leaves nothing in a file"),
        (["export", "--token-limit", "most"], "--token-limit most: give max_tokens, max_completion_tokens or none"),
        (["export", "--endpoint", "v1"], "--endpoint 'v1' is no path"),
        (["import", "nowhere", "a.jsonl"], "nowhere: holds no run to resume"),
        (["import", "plain", "a.jsonl"], "plain: holds no batch: sumbench batch export"),
        (["import", "plain", "--price-factor", "-1"], "--price-factor -1 is no factor"),
    ],
)
def test_wrong_usage_is_one_line(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what to do instead."""
    if "plain" in arguments:
        spec = "endpoint,url=http://127.0.0.1:1/v1,model=small"
        assert export("--corpus", "corpus.jsonl", "--systems", spec, "--metrics", "rouge", "--out", "plain") == 0
        Path("plain/batch-0001.jsonl").unlink()
    capsys.readouterr()
    assert main(["batch", *arguments]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert len(error.splitlines()) == 1
