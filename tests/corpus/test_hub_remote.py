"""Data sets read from a hub, over HTTP."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sumbench.runs.store import read_run
from tests.corpus.hub_server import COMMIT
from tests.corpus.hub_server import CONVERTED
from tests.corpus.hub_server import HubServer

CARD = "---\nconfigs:\n- config_name: plain\n  data_files:\n  - {split: test, path: data/test.parquet}\n---\n"


def table(file: Path, rows: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    texts = [{"id": f"d{n}", "dialogue": f"A: hello {n}. B: bye.", "summary": f"Talk {n}."} for n in range(rows)]
    pq.write_table(pa.Table.from_pylist(texts), file)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubServer]:
    """A hub whose data set has five test rows in its main branch and three in the hub's conversion."""
    table(tmp_path / "hub" / "main" / "data" / "test.parquet", 5)
    (tmp_path / "hub" / "main" / "README.md").write_text(CARD)
    table(tmp_path / "hub" / "converted" / "plain" / "test" / "0000.parquet", 3)
    server = HubServer(tmp_path / "hub")
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def python(hub: HubServer, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own, whose hub is the test's."""
    environment = {**os.environ, "HF_ENDPOINT": hub.address, "HF_HOME": str(hub.home / "cache")}
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=100, check=False)


def sumbench(hub: HubServer, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line."""
    return python(hub, "-m", "sumbench", *arguments)


def test_a_data_set_is_read_at_one_commit_and_no_further_than_asked(hub: HubServer, tmp_path: Path) -> None:
    """The manifest holds the commit that was read: later rows of the branch do not reach a resumed run."""
    out = str(tmp_path / "run")
    arguments = ("--corpus", "hub:owner/talks,config=plain", "--systems", "lead", "--limit", "2")
    done = sumbench(hub, "run", *arguments, "--quiet", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "talks-plain: 2 documents" in done.stdout
    assert "--limit 2: the rest was left out unread" in done.stdout
    request = read_run(tmp_path / "run").manifest.request
    assert request is not None
    assert request["corpus"] == f"hub:owner/talks,config=plain,revision={COMMIT},split=test"
    again = sumbench(hub, "run", "--resume", out, "--format", "csv", "--quiet")
    assert again.returncode == 0, again.stderr
    asked = [path for path in hub.asked if "/api/datasets/owner/talks/revision/" in path]
    assert asked[-1].startswith(f"/api/datasets/owner/talks/revision/{COMMIT}")
    assert not [path for path in hub.asked if "/resolve/" in path and COMMIT not in path]


def test_a_script_is_not_run_but_its_conversion_read(hub: HubServer) -> None:
    """A data set that is published as a script comes from the hub's own parquet files of it."""
    (hub.home / "main" / "talks.py").write_text("raise SystemExit('run')")
    (hub.home / "main" / "README.md").unlink()
    done = checked(hub, "hub:owner/talks,config=plain", f"hub:owner/talks,folder=plain,revision={CONVERTED}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("talks-plain: 3 documents") == 2


UNAVAILABLE = {
    "hub:owner/none": "the hub has no data set owner/none that this user may read",
    "hub:owner/gated": "the hub asks for its terms to be accepted: see https://huggingface.co/datasets/owner/gated",
    "hub:owner/talks,revision=v9": "the hub's data set owner/talks has no revision v9",
    "hub:owner/talks,config=plain,reference=gold": "row 1: no column 'gold': there are id, dialogue, summary",
    "hub:owner/talks,config=none": "'none' not found. Available: ['plain']",
    "hub:owner/talks,config=plain,split=train": "say which split with split=…: there are test",
}


def test_what_the_hub_does_not_have_is_one_line(hub: HubServer) -> None:
    """A data set, configuration or split that is not there is named."""
    done = checked(hub, *UNAVAILABLE)
    assert (done.returncode, done.stdout) == (2, "")
    for line, says in zip(done.stderr.splitlines(), UNAVAILABLE.values(), strict=True):
        assert says in line


def checked(hub: HubServer, *names: str) -> subprocess.CompletedProcess[str]:
    """Check corpora one after the other in one process; its exit code is the highest of theirs."""
    each = (
        "import sys; from sumbench.cli import main; sys.exit(max(main(['corpora', 'check', n]) for n in sys.argv[1:]))"
    )
    return python(hub, "-c", each, *names)
