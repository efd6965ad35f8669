from pathlib import Path

from sumbench.jobs.compare import compared
from sumbench.jobs.compare import gate
from sumbench.jobs.sides import Named
from sumbench.stats.settings import Settings
from tests.stats.made import made

GOOD: dict[str, tuple[float, ...]] = {f"d{number}": (0.5 + number / 100,) for number in range(8)}
WORSE: dict[str, tuple[float, ...]] = {document: (value - 0.1, value - 0.1) for document, (value,) in GOOD.items()}


def verdicts(clusters: dict[str, str] | None) -> list[bool]:
    """Return whether the gate fails for a system that is worse on each of eight documents."""
    sides = [Named(Path("base"), made({"s": GOOD}, clusters)), Named(Path("new"), made({"s": WORSE}, clusters))]
    result = compared(sides, ["rouge2"], Settings())
    return [judged.failed for _, judged in gate(result, ["rouge2"], {}, 0.0)]


def test_the_gate_draws_whole_sources() -> None:
    """Eight documents that are all worse fail it; were they of two sources, they are two observations and cannot."""
    assert verdicts(None) == [True]
    assert verdicts({document: str(int(document[1:]) % 2) for document in GOOD}) == [False]
