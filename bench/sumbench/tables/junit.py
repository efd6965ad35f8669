"""A gate's verdicts as JUnit XML, for continuous integration."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import NamedTuple
from xml.etree import ElementTree as ET

from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.stats import Gate
from sumbench.stats import Outcome
from sumbench.stats import Verdict
from sumbench.stats import Versus
from sumbench.stats import sign
from sumbench.stats.gate import Floor
from sumbench.stats.phrases import shown_difference
from sumbench.tables.gate import lacking_lines
from sumbench.tables.gate import undecided_line
from sumbench.tables.values import shown
from sumbench.tables.values import signed_span
from sumbench.visible import visible


class _Case(NamedTuple):
    """A test case: what it says where it failed, was skipped, and in any case."""

    system: str
    name: str
    failure: str = ""
    skipped: str = ""
    output: str = ""


def junit(judged: Sequence[tuple[str, Gate]], result: Versus, seconds: float, properties: Mapping[str, str]) -> str:
    """Return one test case for each system and metric that was judged, and one for its summaries.

    A failed case says by how much or which documents, one that is undecided is skipped and says why; `seconds` is what
    the comparison took, `properties` say what was compared and how.
    """
    cases = [case for label, gate in judged for case in _cases(label, gate, result.values)]
    suite = ET.Element(
        "testsuite",
        name="sumbench compare",
        tests=str(len(cases)),
        failures=str(sum(bool(case.failure) for case in cases)),
        errors="0",
        skipped=str(sum(bool(case.skipped) for case in cases)),
        time=f"{seconds:.3f}",
    )
    described = ET.SubElement(suite, "properties")
    # XML has no control characters, which names and ids may hold.
    for name, value in properties.items():
        ET.SubElement(described, "property", name=visible(name), value=visible(value))
    for case in (_Case(*map(visible, case)) for case in cases):
        written = ET.SubElement(
            suite, "testcase", classname=case.system, name=case.name, time=f"{seconds / len(cases):.3f}"
        )
        if case.failure:
            ET.SubElement(written, "failure", message=case.failure)
        elif case.skipped:
            ET.SubElement(written, "skipped", message=case.skipped)
        if case.output:
            ET.SubElement(written, "system-out").text = case.output
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _cases(label: str, gate: Gate, values: Mapping[str, Value]) -> Iterator[_Case]:
    lines = "\n".join(lacking_lines(label, gate.lacking))
    failed = bool(gate.lacking.new) and not gate.lacking.dropped
    yield _Case(label, "has a summary of every document", lines if failed else "", output=lines)
    for each in gate.verdicts:
        yield _of_verdict(label, each, values[each.metric], undecided_fails=gate.undecided_fails)
    for floor in gate.floors:
        yield _of_floor(label, floor, values[floor.metric])


def _of_verdict(label: str, each: Verdict, value: Value, *, undecided_fails: bool) -> _Case:
    name = f"{each.metric} is not worse"
    interval = signed_span(each.interval, value) or "none"
    output = (
        f"difference {shown_difference(each.difference, value)}, interval {interval}, "
        f"margin {value.scale * each.margin:g}, p {each.p:.4f}, {each.documents} documents"
    )
    if each.outcome == Outcome.WORSE:
        lost = shown_difference(-sign(value) * each.difference, value)
        return _Case(label, name, f"{each.metric} is worse by {lost} (p = {each.p:.4f})", output=output)
    if each.outcome == Outcome.NOT_WORSE:
        return _Case(label, name, output=output)
    reason = undecided_line(each, value)
    if undecided_fails:
        return _Case(label, name, reason, output=output)
    return _Case(label, name, skipped=reason, output=output)


def _of_floor(label: str, floor: Floor, value: Value) -> _Case:
    asked = "reaches" if floor.better == Direction.HIGHER else "is at most"
    name = f"{floor.metric} {asked} {value.scale * floor.limit:g}"
    is_ = "nothing was scored" if floor.value is None else f"{floor.metric} is {shown(floor.value, value)}"
    if floor.confident and floor.value is not None:
        end = "without an interval" if floor.judged is None else f"its interval ends at {shown(floor.judged, value)}"
        is_ = f"{is_}, {end}"
    return _Case(label, name, is_ if floor.missed else "", output=is_)
