"""Hashes that are remembered: never for a file that was written to since."""

import os
from pathlib import Path

import pytest

from sumbench.files import sha256
from sumbench.weights.hashing import HashCache


def test_an_untouched_file_is_not_read_again(tmp_path: Path) -> None:
    """Its hash comes from the memory that another process left in the store."""
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"weights")
    digest = HashCache.load(tmp_path).sha256(file)
    assert digest == sha256(file)
    memory = tmp_path / "hashes.json"
    memory.write_text(memory.read_text().replace(digest, "remembered"))
    assert HashCache.load(tmp_path).sha256(file) == "remembered"


def test_a_change_that_hides_its_time_is_seen(tmp_path: Path) -> None:
    """Other content of the same size, with the old time of change put back, is hashed anew."""
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"weights")
    before = file.stat()
    first = HashCache.load(tmp_path).sha256(file)
    file.write_bytes(b"w3ights")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert HashCache.load(tmp_path).sha256(file) == sha256(file) != first


@pytest.mark.parametrize("memory", ["", "[]", '{"/a": 1}', '{"/a": ["x"]}'])
def test_a_damaged_memory_is_no_memory(tmp_path: Path, memory: str) -> None:
    """Files are hashed as if nothing were known."""
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"weights")
    (tmp_path / "hashes.json").write_text(memory.replace("/a", str(file)))
    assert HashCache.load(tmp_path).sha256(file) == sha256(file)


def test_a_store_that_cannot_be_written_remembers_nothing(tmp_path: Path) -> None:
    """Hashing goes on without it."""
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"weights")
    assert HashCache.load(tmp_path / "absent").sha256(file) == sha256(file)
