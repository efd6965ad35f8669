"""Wrong addresses, each with one clear line and exit code 2; and secrets, which are neither shown nor kept."""

import importlib.util
import socket
from pathlib import Path

import pytest

import sumbench
from sumbench.cli import main
from sumbench.errors import StorageError
from sumbench.storage import Address
from sumbench.storage import backends
from sumbench.storage.address import redacted
from sumbench.storage.copies import parsed
from tests.storage.conftest import Bucket

RUN = ("run", "--corpus", "references", "--limit", "1", "--systems", "lead", "--quiet", "--out")


def fault(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the line that a command ends with, whose exit code is 2."""
    capsys.readouterr()
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("sumbench: ")
    assert said.count("\n") == 1
    return said.removeprefix("sumbench: ").rstrip("\n")


def test_a_bucket_without_rights(bucket: Bucket, capsys: pytest.CaptureFixture[str]) -> None:
    """For reading, for writing, and one that may be read but not written."""
    del bucket
    refused = "no rights: the storage refuses these credentials (403)"
    assert fault(capsys, *RUN, "s3://forbidden/run") == f"s3://forbidden/run: cannot be written: {refused}"
    assert fault(capsys, *RUN, "s3://read-only/run") == f"s3://read-only/run: cannot be written: {refused}"
    assert fault(capsys, "verify", "s3://forbidden/run") == f"s3://forbidden/run: cannot be read: {refused}"
    corpus = fault(capsys, "run", "--corpus", "s3://forbidden/a.jsonl")
    assert corpus == f"s3://forbidden/a.jsonl: cannot be read: {refused}"


def test_a_bucket_or_a_run_that_does_not_exist(bucket: Bucket, capsys: pytest.CaptureFixture[str]) -> None:
    """The line names the bucket, or says what is missing at the address."""
    none = "there is no bucket nowhere: make it first, or mend its name"
    assert fault(capsys, *RUN, "s3://nowhere/run") == f"s3://nowhere/run: cannot be written: {none}"
    assert fault(capsys, "compare", "s3://nowhere/a", "b") == f"s3://nowhere/a: cannot be read: {none}"
    assert fault(capsys, "verify", "s3://bench/none") == "s3://bench/none: holds no run: there is no run.json"
    (bucket.folder / "full").mkdir()
    (bucket.folder / "full/notes.txt").write_text("mine")
    foreign = "s3://bench/full: is not empty and holds no run: give --out another folder"
    assert fault(capsys, *RUN, "s3://bench/full") == foreign
    assert [file.name for file in (bucket.folder / "full").iterdir()] == ["notes.txt"]


def test_a_container_that_azure_does_not_have_is_no_missing_object() -> None:
    """Its error is one of a file that is not found, which names the container in its text alone."""
    said = "Object at location run/.lock not found: 404 Not Found: <Error> <Code>ContainerNotFound</Code>"
    with (
        pytest.raises(StorageError, match="az://nowhere/run: cannot be written: there is no bucket nowhere: make it"),
        backends.speaking_of(Address("az", "nowhere/run"), "written"),
    ):
        raise FileNotFoundError(said)


def test_an_address_that_lacks_a_slash_is_no_folder(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written into a folder of that name, unless there is one."""
    monkeypatch.chdir(tmp_path)
    slash = "s3:/bench/run: an address has two slashes behind its kind: s3://bench/run"
    assert fault(capsys, *RUN, "s3:/bench/run") == slash
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "s3:/bench").mkdir(parents=True)
    assert parsed("s3:/bench") is None


def test_batches_stay_on_this_machine(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address is refused, by the command line and in Python, and no folder of its name is made."""
    monkeypatch.chdir(tmp_path)
    system = "endpoint,url=http://127.0.0.1:1/v1,model=small"
    here = "s3://bench/run: files of requests stay on this machine: give a folder"
    assert fault(capsys, "batch", "export", "--systems", system, "--out", "s3://bench/run") == here
    assert fault(capsys, "batch", "import", "s3://bench/run", "a.jsonl") == here
    with pytest.raises(StorageError, match=here):
        sumbench.export_batch(systems=system, out="s3://bench/run")
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_nobody_answers_at(
    bucket: Bucket, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line comes within seconds, and says what to look at."""
    del bucket
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{closed.getsockname()[1]}")
        monkeypatch.setitem(backends.RETRIES, "max_retries", 1)
        said = fault(capsys, "verify", "s3://bench/run")
    assert (
        said
        == "s3://bench/run: cannot be read: nobody answers at its server: is the endpoint right, and the network there?"
    )


def test_a_scheme_without_a_package_or_of_no_kind(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A missing package is named with the extra that brings it; an unknown scheme with the nearest one."""
    monkeypatch.setenv("SUMBENCH_HOME", str(tmp_path))
    find = importlib.util.find_spec
    monkeypatch.setattr(
        backends, "find_spec", lambda name: None if name in {"obstore", "s3fs", "gcsfs"} else find(name)
    )
    monkeypatch.setenv("AWS_UNUSED", str(tmp_path))  # settings that no file system was made with
    for scheme, extra in (("s3", "s3"), ("gs", "gcs")):
        said = fault(capsys, *RUN, f"{scheme}://bucket/run")
        assert said == f"{scheme}:// needs a package that is not installed: pip install 'sumbench[{extra}]'"
    assert fault(capsys, *RUN, "s4://bucket/run").startswith("s4://: there is no such kind of address")
    assert fault(capsys, *RUN, "s3://") == "s3://: names no place: give a bucket and a folder in it, s3://bucket/folder"


def test_credentials_in_an_address_are_refused_and_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """They would be kept in run.json and shown; the line holds neither name nor password."""
    said = fault(capsys, *RUN, "s3://someone:hunter2@bucket/run")
    assert said.startswith("s3://…@bucket: has credentials in it")
    assert "hunter2" not in said
    assert "someone" not in said
    with pytest.raises(StorageError, match="credentials"):
        Address.parse("https://someone:hunter2@example.org/a.jsonl")


@pytest.mark.parametrize("key", ["X-Amz-Signature", "X-Goog-Credential", "sig", "token", "AWSAccessKeyId"])
def test_signatures_in_an_address_are_not_shown(key: str) -> None:
    """Of an address that is signed for a while, all is shown but what signs it."""
    assert redacted(f"https://example.org/a.jsonl?part=1&{key}=abc%2F") == f"https://example.org/a.jsonl?part=1&{key}=…"
