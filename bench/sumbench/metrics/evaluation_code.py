"""Finds the code of an `evaluate` module, a script of the user's or one of the hub at a commit, and its imports."""

import ast
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sumbench.errors import MetricError
from sumbench.errors import UsageError
from sumbench.errors import first_line
from sumbench.plugins import distribution_of
from sumbench.weights import Store

COMMIT: Final = re.compile(r"[0-9a-f]{40}")

_ELSEWHERE: Final = re.compile(r"^\s*(?:from|import)\s+\.[^#\n]*#\s*From:", re.MULTILINE)
_OWNER: Final = "evaluate-metric"
_TIMEOUT: Final = 10.0


def repository(hub: str) -> str:
    """Return the hub's repository of a metric: `OWNER/NAME`, for a bare name that of `evaluate`'s own metrics."""
    return hub if "/" in hub else f"{_OWNER}/{hub}"


def script_of(path: Path) -> Path:
    """Return the script of the module at `path`, a file or a folder with a file of its name; raise UsageError."""
    path = path.expanduser()
    script = path if path.suffix == ".py" else path / f"{path.resolve().name}.py"
    if not script.is_file():
        raise UsageError(f"evaluate: there is no file {script}: give the module's script, or the folder of its name")
    return script


def fetched(hub: str, revision: str, store: Store) -> Path:
    """Return the script of a hub's module at a commit, fetched where it is missing.

    Raises MetricError where its code is not trusted, or cannot be fetched.
    """
    from huggingface_hub import snapshot_download

    name = repository(hub)
    if not store.trusts(name):
        raise MetricError(f"{name} is code, which is run only where it is named: --trust-remote-code {name}")
    try:
        folder = snapshot_download(
            name,
            repo_type="space",
            revision=revision,
            allow_patterns=["*.py"],
            etag_timeout=_TIMEOUT,
            local_files_only=store.offline,
        )
    except Exception as error:
        raise MetricError(f"{name} cannot be fetched from the hub: {first_line(error)}") from error
    return script_of(Path(folder) / f"{name.partition('/')[2]}.py")


def sources(script: Path) -> list[Path]:
    """Return the files that make a module: the script, and those beside it that it imports.

    Raises MetricError for a script that would fetch code from elsewhere, and for one that is no Python.
    """
    text = _text(script)
    if _ELSEWHERE.search(text):
        raise MetricError(
            f"{script}: fetches code from elsewhere (# From: …), which is not run: put it beside the file"
        )
    beside = [script.parent / f"{name}.py" for name, own in _imports(script, text) if own]
    return [script, *sorted(file for file in set(beside) if file.is_file())]


def code_sha256(files: list[Path]) -> str:
    """Return one SHA-256 of the content of several files."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def libraries(files: list[Path]) -> list[str]:
    """Return the distributions (`name-version`) that the files import, sorted."""
    names = {name for file in files for name, own in _imports(file, _text(file)) if not own}
    return sorted({found.replace(" ", "-") for name in names if (found := distribution_of(name))})


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MetricError(f"{file}: cannot be read: {error}") from None


def _imports(file: Path, text: str) -> Iterator[tuple[str, bool]]:
    """Yield the first name of each import, and whether it is of a file beside this one."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise MetricError(f"{file}: is no Python: {error}") from None
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((each.name.partition(".")[0], False) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = [node.module] if node.module else [each.name for each in node.names]
            yield from ((name.partition(".")[0], node.level > 0) for name in names)
