"""A gate's verdicts as JUnit XML, for continuous integration."""

from collections.abc import Mapping
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.stats import Gate
from sumbench.stats import sign
from sumbench.tables.values import points
from sumbench.tables.values import shown


def junit(judged: Sequence[tuple[str, Gate]], values: Mapping[str, Value]) -> str:
    """Return one test case for each system and metric that was judged; a failed one says by how much."""
    cases: list[tuple[str, str, str | None]] = []
    for label, gate in judged:
        for each in gate.verdicts:
            value = values[each.metric]
            lost = f"{shown(-sign(value) * each.difference, value)} {points(value)}".strip()
            worse = f"{each.metric} is worse by {lost} (p = {each.corrected:.4f})"
            cases.append((label, f"{each.metric} is not worse", worse if each.worse else None))
        for floor in gate.floors:
            value = values[floor.metric]
            is_ = "nothing was scored" if floor.value is None else f"{floor.metric} is {shown(floor.value, value)}"
            asked = "reaches" if floor.better == Direction.HIGHER else "is at most"
            name = f"{floor.metric} {asked} {value.scale * floor.limit:g}"
            cases.append((label, name, is_ if floor.missed else None))
    failures = sum(said is not None for _, _, said in cases)
    suite = ET.Element("testsuite", name="sumbench compare", tests=str(len(cases)), failures=str(failures))
    for label, name, said in cases:
        case = ET.SubElement(suite, "testcase", classname=label, name=name)
        if said is not None:
            ET.SubElement(case, "failure", message=said)
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
