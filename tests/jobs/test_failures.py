"""Documents without a summary: they help nobody, in tables, comparisons, gates and reports."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from sumbench.cli import main
from sumbench.runs.store import read_run
from tests.conftest import systems_in_process

GOOD = "The mill closed after the flood. Workers left the town. The mayor promised help."
OTHER = "Prices rose again in the north. Experts met."


class Server(BaseHTTPRequestHandler):
    """A chat server: the model `refuses` refuses hard documents, `mute` answers them with nothing."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def send(self, code: int, body: object) -> None:
        """Answer with a body of JSON."""
        content = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        """List a model."""
        self.send(200, {"data": [{"id": "m"}]})

    def do_POST(self) -> None:
        """Answer a chat request."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        hard = "HARD" in json.dumps(asked["messages"])
        if hard and asked["model"] == "refuses":
            self.send(400, {"error": {"code": "content_policy_violation", "message": "not this one"}})
            return
        text = {"mute": "", "says": OTHER}.get(asked["model"], "") if hard else GOOD
        message = {"choices": [{"message": {"content": text}, "finish_reason": "stop"}]}
        self.send(200, {**message, "usage": {"prompt_tokens": 90, "completion_tokens": 20}})


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def run(url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a server that refuses half of the documents, one that writes nothing of them, and one that answers."""
    rows = [
        {"id": f"e{n}", "document": f"{GOOD} It was the {n}th day of rain in the valley.", "references": [GOOD]}
        for n in range(5)
    ]
    rows += [
        {"id": f"h{n}", "document": f"HARD {n} {OTHER} Nobody knows why this is so.", "references": [f"{OTHER} {n}"]}
        for n in range(5)
    ]
    folder = tmp_path_factory.mktemp("refused")
    corpus = folder / "a.jsonl"
    corpus.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    systems = ",".join(f"endpoint,url={url},retries=0,model={name},as={name}" for name in ("refuses", "mute", "says"))
    out = folder / "run"
    arguments = ["--corpus", str(corpus), "--systems", f"{systems},lead", "--out", str(out), "--no-cache"]
    with systems_in_process():
        assert main(["run", *arguments]) == 3
    return out


def test_a_server_that_refuses_never_ranks_first(run: Path) -> None:
    """It scores 0 where it refused, is not bold, has its answer rate in the table and its reason below."""
    table = (run / "table.md").read_text("utf-8")
    lines = table.splitlines()
    assert lines[2].startswith("refuses wrote no summary of 5 of 10 documents and mute wrote no summary of 5 of 10")
    rows = [line for line in lines if line.startswith("| ")]
    names = [line.split("|")[1].strip() for line in rows]
    assert names.index("says") < min(names.index("refuses"), names.index("mute"))
    assert "answered %" in rows[0]
    refuses = next(line for line in rows if "refuses" in line)
    assert "50.0" in refuses
    assert "**" not in refuses
    assert (
        "refuses: no summary of 5 of 10 documents (5 refused), scored 0 where higher is better; over what it" in table
    )
    assert "mute: no summary of 5 of 10 documents (5 empty)" in table


def test_refusals_empty_answers_and_errors_are_told_apart(run: Path) -> None:
    """The journal has of which kind each failure is."""
    found = {(each.system, each.failure) for each in read_run(run).summaries if each.error}
    assert found == {("refuses", "refusal"), ("mute", "empty")}


@pytest.mark.parametrize("how", [["--fail-if-worse", "rouge2", "--margin", "5"], ["--fail-under", "rouge2=1"]])
def test_the_gate_fails_by_name(run: Path, how: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Table, closing line and JUnit name the documents that lack a summary; dropped, they no longer fail it."""
    report = tmp_path / "gate.xml"
    command = ["compare", f"{run}:says", f"{run}:refuses", "--metrics", "rouge2", *how]
    assert main([*command, "--junit", str(report)]) == 1
    out = capsys.readouterr().out
    assert out.rstrip().splitlines()[-1].startswith("gate failed: refuses lacks 5 documents (h0, h1, h2, h3, h4)")
    assert "refuses lacks a summary or a score of 5 documents, scored 0 where higher is better: h0, h1" in out
    suite = ET.parse(report).getroot()  # noqa: S314 - our own file
    (case,) = [case for case in suite.iter("testcase") if case.get("name") == "has a summary of every document"]
    failure = case.find("failure")
    assert failure is not None
    assert "h0, h1, h2, h3, h4" in str(failure.get("message"))
    assert int(suite.get("failures", 0)) >= 1
    assert main([*command, "--failures", "drop"]) == 0
    assert "left out of the figures (--failures drop)" in capsys.readouterr().out


def test_a_base_that_lacks_summaries_is_said_and_passes(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the base did not write counts 0 likewise, and fails nobody else's gate."""
    code = main(["compare", f"{run}:refuses", f"{run}:says", "--metrics", "rouge2", "--fail-under", "rouge2=1"])
    out = capsys.readouterr().out
    assert code == 0
    assert "the base of says lacks a summary or a score of 5 documents" in out


def test_the_same_texts_score_the_same_through_run_and_score(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Outputs with empty, absent and null texts have the scores of the systems that wrote them, in both ways."""
    made = read_run(run)
    references = {document.id: list(document.references) for document in made.documents}
    outputs = {
        name: {each.document: each.text for each in made.summaries if each.system == name} for name in ("mute", "says")
    }
    lacking = [text or None for text in outputs["mute"].values()]
    table = tmp_path / "scored.jsonl"
    rows = [
        {"id": identifier, "references": references[identifier], "systems": dict(zip(names, texts, strict=True))}
        for names in [("empty", "null", "says")]
        for identifier, *texts in zip(
            references, outputs["mute"].values(), lacking, outputs["says"].values(), strict=True
        )
    ]
    table.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    absent = tmp_path / "absent.jsonl"
    absent.write_text(
        "".join(f"{json.dumps({'id': k, 'output': v})}\n" for k, v in outputs["mute"].items() if v), "utf-8"
    )
    found = {}
    for name, arguments in {
        "kept": [],
        "stream": ["--stream"],
    }.items():
        out = tmp_path / name
        assert main(["score", str(table), "--out", str(out), *arguments]) == 3
        csv = (out / "table.csv").read_text("utf-8").splitlines()
        keys = csv[0].split(",")
        for line in csv[1:]:
            cells = dict(zip(keys, line.split(","), strict=True))
            found[name, cells["system"]] = (cells["rouge2"], cells["answered"])
    only = [json.dumps({"id": identifier, "references": texts}) for identifier, texts in references.items()]
    (tmp_path / "refs.jsonl").write_text("".join(f"{line}\n" for line in only), "utf-8")
    out = tmp_path / "absent"
    command = ["score", "--references", str(tmp_path / "refs.jsonl"), "--outputs", f"absent={absent}"]
    assert main([*command, "--out", str(out)]) == 3
    csv = (out / "table.csv").read_text("utf-8").splitlines()
    cells = dict(zip(csv[0].split(","), csv[1].split(","), strict=True))
    capsys.readouterr()
    ran = {line.split(",")[1]: line.split(",") for line in (run / "table.csv").read_text("utf-8").splitlines()[1:]}
    keys = (run / "table.csv").read_text("utf-8").splitlines()[0].split(",")
    expected = ran["mute"][keys.index("rouge2")]
    for way in ("kept", "stream"):
        assert float(found[way, "empty"][0]) == pytest.approx(float(expected))
        assert float(found[way, "null"][0]) == pytest.approx(float(expected))
        assert found[way, "empty"][1] == found[way, "null"][1] == "50.0"
        assert found[way, "says"][1] == "100.0"
    assert float(cells["rouge2"]) == pytest.approx(float(expected))
    assert cells["answered"] == "50.0"
    assert {each.failure for each in read_run(out).summaries if each.error} == {"missing"}


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--margin", "inf"], "--margin inf means nothing: give 0 points or more"),
        (["--margin", "nan"], "--margin nan means nothing: give 0 points or more"),
        (["--margin", "-1"], "--margin -1 means nothing: give 0 points or more"),
        (["--fail-under", "rouge2=nan"], "--fail-under 'rouge2=nan': give METRIC=POINTS, such as rouge2=12.0"),
        (["--fail-under", "rouge2=inf"], "--fail-under 'rouge2=inf': give METRIC=POINTS, such as rouge2=12.0"),
        (["--fail-under", "rouge2=9,rouge2=1"], "--fail-under 'rouge2=1': rouge2 has a limit already: give one"),
        (["--undecided", "maybe"], "--undecided 'maybe' means nothing: give fail or warn or pass"),
        (["--failures", "hide"], "--failures 'hide' means nothing: give zero or drop"),
        (["--junit", "x.xml"], "--junit: nothing is judged: give --fail-if-worse or --fail-under"),
        (["--format", "csv", "--moved", "2"], "--format csv holds one table, not 2: give --out DIR for a file each"),
    ],
)
def test_odd_requests_are_refused_in_one_line(
    flags: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Numbers and words that mean nothing are exit code 2."""
    published = str(Path(__file__).parents[2] / "results" / "references-default")
    assert main(["compare", f"{published}:lead", f"{published}:luhn", *flags]) == 2
    assert capsys.readouterr().err == f"sumbench: {message}\n"
