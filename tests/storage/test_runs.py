"""Runs at addresses: written, killed, gone on with, read, merged and scored on a real S3-compatible server."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import sumbench
from sumbench import checksums
from sumbench.cli import main
from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.runs.remote import mirrored
from sumbench.runs.remote_lock import RemoteLock
from sumbench.runs.store import SEALED
from sumbench.storage import Address
from sumbench.storage import Objects
from tests.storage.conftest import Bucket

ARTICLES = [
    {
        "id": f"d{number:02}",
        "document": f"The council met in town {number}. It voted for bridge {number}. Rain fell. All went home.",
        "reference": f"The council of town {number} voted for a bridge.",
    }
    for number in range(24)
]

METRICS = "rouge"

SLOW = """
import os, time
from dataclasses import dataclass
from sumbench.systems.described import Described, Draft, one_by_one

@dataclass(frozen=True, kw_only=True)
class Slow(Described):
    '''The first words, slowly; each document is noted.'''

    def load(self, context):
        return one_by_one(self.name, self._write)

    def _write(self, document):
        with open(os.environ["NOTED"], "a") as noted:
            noted.write(document.id + "\\n")
        time.sleep(float(os.environ["PAUSE"]))
        return Draft(document.text[:40], input_tokens=1, seen_tokens=1, output_tokens=1)
"""


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus."""
    file = tmp_path_factory.mktemp("corpus") / "articles.jsonl"
    file.write_text("".join(json.dumps(article) + "\n" for article in ARTICLES))
    return file


@pytest.fixture(scope="module")
def outputs(table: Path) -> Path:
    """Summaries of its documents, one a line."""
    file = table.with_name("own.txt")
    file.write_text("".join(f"{article['reference']}\n" for article in ARTICLES))
    return file


@pytest.fixture(scope="module")
def made(bucket: Bucket, table: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same run made here and in the bucket: the two folders."""
    here = tmp_path_factory.mktemp("here") / "news"
    for out in (here, "s3://bench/runs/news"):
        sumbench.run(table, "lead", out=out, cache=False, metrics=METRICS)
    return here, bucket.folder / "runs/news"


def without_times(folder: Path) -> dict[str, Any]:
    """Return what is in the files of a run but for times."""
    record = json.loads((folder / "run.json").read_bytes())
    for entry in record["systems"]:
        entry.pop("telemetry")
    for key in ("started", "seconds", "machine"):
        record.pop(key)
    lines = [json.loads(line) for line in (folder / "summaries.jsonl").read_bytes().splitlines()]
    summaries = [{key: value for key, value in line.items() if key != "seconds"} for line in lines]
    same = {name: (folder / name).read_bytes() for name in ("documents.parquet", "scores.parquet")}
    return {"record": record, "summaries": summaries, **same}


def test_a_run_in_a_bucket_is_the_run_in_a_folder(made: tuple[Path, Path]) -> None:
    """The same files with the same bytes but for times, sealed, and neither parts nor the lock stay behind."""
    here, there = made
    assert sorted(file.name for file in there.iterdir()) == sorted(
        file.name for file in here.iterdir() if file.name != ".lock"
    )
    assert without_times(there) == without_times(here)
    assert not list(checksums.changed_files(there, SEALED))


@pytest.mark.usefixtures("other_machine")
def test_a_run_in_a_bucket_is_read_wherever_one_is(
    made: tuple[Path, Path], bucket: Bucket, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """verify, compare, report, power and load_run take its address, and what was fetched is not fetched again."""
    del made
    address = "s3://bench/runs/news"
    assert main(["verify", address]) == 0
    assert capsys.readouterr().out == f"{address}: whole\n"
    fetched = len([line for line in bucket.requests if line.startswith("GET") and "scores.parquet" in line])
    assert main(["compare", address, f"{address}/"]) == 0
    assert main(["compare", f"{address}:luhn", address]) == 2
    assert capsys.readouterr().err == f"sumbench: {address}: has no system 'luhn': it has lead\n"
    assert main(["report", "s3://bench/runs", "--out", str(tmp_path / "index.html")]) == 0
    assert "news" in (tmp_path / "index.html").read_text()
    assert main(["report", address, "--out", str(tmp_path / "page.html")]) == 0
    assert [summary.document for summary in sumbench.load_run(address).summaries] == [one["id"] for one in ARTICLES]
    again = len([line for line in bucket.requests if line.startswith("GET") and "scores.parquet" in line])
    assert again - fetched <= 1  # the folder of runs is a place of its own


@pytest.mark.usefixtures("other_machine")
def test_shards_in_a_bucket_are_merged_by_a_pattern(
    made: tuple[Path, Path], bucket: Bucket, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`merge s3://…/shards-*` gives the whole run, in the bucket, and a metric is added to it there."""
    for number in (1, 2):
        sumbench.run(
            table, "lead", out=f"s3://bench/shards-{number}", shard=f"{number}/2", cache=False, metrics=METRICS
        )
    assert main(["merge", "s3://bench/shards-*", "--out", "s3://bench/merged", "--quiet"]) == 0
    merged = without_times(bucket.folder / "merged")
    for name, content in without_times(made[1]).items():
        if name != "record":
            assert merged[name] == content, name
    assert main(["score", "s3://bench/merged", "--metrics", "bleu"]) == 0
    assert "run folder: s3://bench/merged" in capsys.readouterr().err
    assert "bleu" in sumbench.load_run("s3://bench/merged").manifest.values
    assert main(["merge", "s3://bench/none-*", "s3://bench/shards-1"]) == 2
    assert capsys.readouterr().err.endswith("s3://bench/none-*: no run has such a name\n")


def killed_in_mid_run(bucket: Bucket, home: Path, command: list[str]) -> set[str]:
    """Start a run, kill -9 it when parts of its journal are in the bucket, and return the documents in these."""
    environment = {**os.environ, "SUMBENCH_HOME": str(home), "PAUSE": "0.2"}
    process = subprocess.Popen([sys.executable, "-m", "sumbench", *command], env=environment, stderr=subprocess.DEVNULL)
    parts = bucket.folder / "killed/summaries.jsonl.d"
    deadline = time.monotonic() + 60
    while not list(parts.glob("*.jsonl")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    lines = [line for part in sorted(parts.iterdir()) for line in part.read_bytes().splitlines()]
    return {json.loads(line)["document"] for line in lines}


@pytest.mark.usefixtures("other_machine")
def test_a_run_whose_driver_was_killed_goes_on_on_another_machine(
    bucket: Bucket, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in the parts is not made again; when the run is done the parts, and the dead driver's lock, are gone."""
    own, noted = tmp_path / "own.py", tmp_path / "noted"
    own.write_text(SLOW)
    monkeypatch.setenv("NOTED", str(noted))
    monkeypatch.setenv("PAUSE", "0")
    named = [
        "--corpus",
        str(table),
        "--systems",
        f"{own}:Slow",
        "--out",
        "s3://bench/killed",
        "--no-cache",
        "--quiet",
        "--metrics",
        "text",
    ]
    before = killed_in_mid_run(bucket, tmp_path / "first-home", ["run", *named])
    assert 0 < len(before) < len(ARTICLES)
    assert (bucket.folder / "killed/.lock").exists()
    noted.write_text("")
    assert main(["run", *named]) == 0
    assert set(noted.read_text().split()) == {str(one["id"]) for one in ARTICLES} - before
    left = {file.name for file in (bucket.folder / "killed").iterdir()}
    assert "checksums.sha256" in left
    assert not left & {".lock", "summaries.jsonl.d", "scores.jsonl.d"}
    assert main(["verify", "s3://bench/killed"]) == 0


def test_what_a_whole_and_its_parts_both_have_is_there_once(
    bucket: Bucket, made: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A driver that is killed between putting the whole journal and removing the parts leaves both: nothing doubles."""
    there = bucket.folder / "both"
    shutil.copytree(made[1], there)
    lines = (there / "summaries.jsonl").read_bytes().splitlines(keepends=True)
    (there / "summaries.jsonl.d").mkdir()
    (there / "summaries.jsonl.d/000001.jsonl").write_bytes(b"".join(lines[:10]))
    (there / "checksums.sha256").unlink()
    monkeypatch.setenv("SUMBENCH_HOME", str(tmp_path))
    assert main(["run", "--resume", "s3://bench/both", "--quiet", "--no-cache"]) == 0
    assert without_times(there) == without_times(made[1])


def lock(bucket: Bucket, name: str, **said: object) -> Path:
    """Write the lock of another writer, and return its file."""
    file = bucket.folder / name / ".lock"
    file.parent.mkdir(parents=True, exist_ok=True)
    other = {"writer": "theirs", "host": "node-7", "process": 41, "since": "2026-11-27T03:00:00+00:00", "begun": 0.0}
    file.write_text(json.dumps({**other, "renewed": time.time(), **said}))
    return file


def test_a_second_writer_is_refused_with_the_first_ones_name(
    bucket: Bucket, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error names host, process and time, and says how to go on where that one has died."""
    file = lock(bucket, "locked")
    command = ["run", "--corpus", str(table), "--systems", "lead", "--out", "s3://bench/locked", "--quiet"]
    assert main(command) == 2
    said = capsys.readouterr().err
    assert said.startswith(
        "sumbench: s3://bench/locked: another process is writing this run: process 41 on node-7, since"
    )
    assert "give the command again in 1" in said
    assert json.loads(file.read_bytes())["writer"] == "theirs"


@pytest.mark.parametrize(
    "dead", [{"renewed": time.time() - 200}, {"host": socket.gethostname(), "process": 2**22 + 1}], ids=["old", "here"]
)
def test_a_dead_writers_lock_is_taken_over(bucket: Bucket, dead: dict[str, object]) -> None:
    """One that was not renewed for two minutes, or whose process ran on this machine and is gone."""
    file = lock(bucket, "stale", **dead)
    objects = Objects(Address.parse("s3://bench/stale"))
    with RemoteLock(objects):
        assert json.loads(file.read_bytes())["writer"] != "theirs"
        with pytest.raises(RunError, match="another process is writing this run: process"), RemoteLock(objects):
            pass
    assert not file.exists()


def test_a_writer_whose_lock_was_taken_over_writes_nothing_more(bucket: Bucket) -> None:
    """A driver that slept too long finds the other's lock, says so, and leaves that in place."""
    with RemoteLock(Objects(Address.parse("s3://bench/slept"))) as mine:
        file = lock(bucket, "slept")
        with pytest.raises(RunError, match="its lock was taken over by process 41 on node-7"):
            mine.check()
    assert file.exists()


def test_a_machine_that_could_not_put_all_goes_on_from_its_own_copy(
    bucket: Bucket,
    table: Path,
    outputs: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """When the last put fails the run is an error that says where it is; given again, it is put and not made again."""
    put = Objects.put

    def broken(self: Objects, path: str, content: bytes | Path) -> object:
        if path == "scores.parquet":
            raise RunError("s3://bench/broken: cannot be written: nobody answers")
        return put(self, path, content)

    command = ["score", str(table), "--outputs", f"own={outputs}", "--out", "s3://bench/broken", "--quiet"]
    command += ["--metrics", "text"]
    with monkeypatch.context() as patch:
        patch.setattr(Objects, "put", broken)
        assert main(command) == 2
    assert "all of the run is in " in capsys.readouterr().err
    assert not (bucket.folder / "broken/checksums.sha256").exists()
    assert main(command) == 0
    assert main(["verify", "s3://bench/broken"]) == 0


@pytest.mark.usefixtures("bucket")
def test_a_time_between_puts_that_is_none_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line names the variable, and comes before anything is asked of the storage."""
    (tmp_path / "remote/a/work").mkdir(parents=True)
    (tmp_path / "remote/a/address").write_text("s3://bench/never")
    for seconds in ("often", "0", "-1", "nan", "1e99"):
        monkeypatch.setenv("SUMBENCH_STORAGE_SECONDS", seconds)
        says = re.escape(f"$SUMBENCH_STORAGE_SECONDS: '{seconds}' is no time: give seconds, more than 0")
        with pytest.raises(UsageError, match=says), mirrored(tmp_path / "remote/a/work/run", (), ()):
            pass


@pytest.mark.usefixtures("bucket")
def test_memory_and_file_addresses_hold_runs_too(table: Path, outputs: Path, tmp_path: Path) -> None:
    """`memory://` is mirrored as a bucket is; `file://` is the folder itself."""
    sumbench.score(table, {"own": outputs}, metrics="text", out="memory://runs/small")
    assert len(sumbench.load_run("memory://runs/small").summaries) == len(ARTICLES)
    assert main(["export", "memory://runs/small", "--to", "csv", "-o", str(tmp_path / "by command")]) == 0
    assert len(sumbench.export("memory://runs/small", "csv", out=tmp_path / "by call")) == 2
    sumbench.score(table, {"own": outputs}, metrics="text", out=f"file://{tmp_path}/run")
    assert (tmp_path / "run/run.json").exists()
