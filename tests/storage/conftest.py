from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.storage.s3_server import serving


@dataclass(frozen=True)
class Bucket:
    """The bucket `bench` of a server: what lies in it as files, and the requests that the server has had."""

    folder: Path
    requests: list[str]


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    """An S3 server, to which addresses `s3://bench/…` lead while the module's tests run."""
    folder = tmp_path_factory.mktemp("buckets")
    with pytest.MonkeyPatch.context() as patch, serving(folder) as (endpoint, requests):
        settings = {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "reader", "AWS_SECRET_ACCESS_KEY": "word"}
        for name, value in {**settings, "AWS_REGION": "us-east-1", "SUMBENCH_STORAGE_SECONDS": "0.1"}.items():
            patch.setenv(name, value)
        patch.setenv("SUMBENCH_HOME", str(tmp_path_factory.mktemp("home")))
        yield Bucket(folder / "bench", requests)


@pytest.fixture
def other_machine(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - its settings first
    """A machine that has seen none of the bucket: another folder of sumbench's own."""
    monkeypatch.setenv("SUMBENCH_HOME", str(tmp_path / "other-home"))
