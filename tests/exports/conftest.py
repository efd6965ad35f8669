"""A small run with names that programs stumble over, scored once for all tests of exports."""

from typing import Any

import pytest

import sumbench
from sumbench import RunResult

IDS = ("=1+1", "-2", "a_x0041_b", "plain", "@end", 'ü, "quoted"\nin two lines', "red \x1b[31m", "\ufffe last")
TEXTS = tuple(f"Two tugs pulled ship {number} free on Friday, and nobody was hurt." for number, _ in enumerate(IDS))
ROWS: list[dict[str, Any]] = [
    {"id": key, "document": f"{text} It rained.", "references": [text, f"A ship was pulled free, the {number}th."]}
    for number, (key, text) in enumerate(zip(IDS, TEXTS, strict=True))
]
GOOD = {key: " ".join(text.split()[: 4 + number]) for number, (key, text) in enumerate(zip(IDS, TEXTS, strict=True))}
POOR = dict.fromkeys(IDS, "It rained.") | {"plain": ""}


@pytest.fixture(scope="session")
def result(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    """A run of two systems, one of which wrote nothing of one document."""
    folder = tmp_path_factory.mktemp("exported") / "run"
    return sumbench.score(ROWS, {"=good": GOOD, "a/poor": POOR}, out=folder)
