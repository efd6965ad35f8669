import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sumbench
from sumbench.errors import UsageError
from sumbench.jobs.changes import manifest_changes
from sumbench.jobs.compare import CompareRequest
from sumbench.jobs.compare import compare
from sumbench.jobs.comparison import compare_sides
from sumbench.jobs.gate import GateRequest
from sumbench.jobs.gate import judge_pairs
from sumbench.jobs.report import ReportRequest
from sumbench.jobs.report import report
from sumbench.jobs.sides import NamedSide
from sumbench.jobs.sides import read_sides
from sumbench.run_record import Run
from sumbench.stats.settings import Settings
from tests.stats.made import PUBLISHED
from tests.stats.made import made

pytestmark = pytest.mark.usefixtures("in_process")


GOOD: dict[str, tuple[float, ...]] = {f"d{number}": (0.5 + number / 100,) for number in range(8)}
WORSE: dict[str, tuple[float, ...]] = {document: (value - 0.1, value - 0.1) for document, (value,) in GOOD.items()}


def verdicts(clusters: dict[str, str] | None) -> list[bool]:
    """Return whether the gate fails for a system that is worse on each of eight documents."""
    sides = [NamedSide(Path("base"), made({"s": GOOD}, clusters)), NamedSide(Path("new"), made({"s": WORSE}, clusters))]
    result = compare_sides(sides, ["rouge2"], Settings())
    return [judged.failed for _, judged in judge_pairs(result, GateRequest(("rouge2",)))]


def test_the_gate_draws_whole_sources() -> None:
    """Eight documents that are all worse fail it; were they of two sources, they are two observations and cannot."""
    assert verdicts(None) == [True]
    assert verdicts({document: str(int(document[1:]) % 2) for document in GOOD}) == [False]


@pytest.mark.parametrize(
    ("flag", "given"),
    [
        ("--fail-if-worse", {"fail_if_worse": ("rouge2",)}),
        ("--fail-under", {"fail_under": ("rouge2=99",)}),
        ("--moved", {"moved": 3}),
        ("--ratings", {"ratings": "rated.jsonl"}),
        ("--junit", {"junit": Path("gate.xml")}),
    ],
)
def test_a_breakdown_passes_for_no_gate(flag: str, given: dict[str, Any]) -> None:
    """What would compare or judge is refused beside --by, which does neither."""
    with pytest.raises(UsageError, match=f"^{flag} does not go with --by"):
        compare(CompareRequest((str(PUBLISHED),), by="length", **given))


def test_runs_of_folders_with_one_name_are_told_apart(tmp_path: Path) -> None:
    """As many folders above them are named as it takes, in the comparison as on the page."""
    texts = {"before": "One two three.", "between": "One two.", "after": "Four."}
    rows = [{"id": name, "references": ["One two three."]} for name in "ab"]
    runs = []
    for name, text in texts.items():
        made = sumbench.score(rows, {"s": [text] * 2}, metrics="rouge,types=rouge1", out=tmp_path / name / "x" / "run")
        runs.append(str(made.path))
    compared = compare(CompareRequest(tuple(runs)))
    assert [row.cells[0] for row in compared.tables[0].sections[0].rows] == ["between/x/run: s", "after/x/run: s"]
    assert compared.tables[0].title == "what changed since before/x/run"
    assert [side.name for side in read_sides([f"{runs[0]}:s", runs[0]])] == ["run", "run"]
    report(ReportRequest(tuple(runs), tmp_path / "page.html"))
    assert {f"{name}/x/run" for name in texts} <= set(re.findall(r"\w+/x/run", (tmp_path / "page.html").read_text()))


def prompted(prompt: str | None, sha256: str) -> NamedSide:
    """A run of one system with this prompt, which has this hash."""
    run = made({"s": GOOD})
    entry = replace(run.manifest.systems[0], prompt=prompt, fingerprint={"prompt": sha256})
    return NamedSide(Path("run"), Run(replace(run.manifest, systems=(entry,)), run.summaries, run.scores))


def test_prompts_that_differ_are_shown_by_their_lines() -> None:
    """What was changed in a prompt is read, not two hashes; of long changes the beginning."""
    before, after = prompted("[user]\nBriefly.\n{document}\n", "a"), prompted("[user]\nAt length.\n{document}\n", "b")
    assert list(manifest_changes(before, after)) == ["s: prompt: - Briefly.", "s: prompt: + At length."]
    long = list(manifest_changes(before, prompted("\n".join(f"line {n}" for n in range(40)), "c")))
    assert len(long) == 13
    assert long[-1] == "s: prompt: … and 31 more lines"
    assert list(manifest_changes(prompted(None, "a"), after)) == ["s: prompt: a → b"]
