"""A gate's verdicts as JUnit XML, which continuous integration shows beside the other tests."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from sumbench.stats import Gate


def junit(judged: Sequence[tuple[str, Gate]]) -> str:
    """Return one test case for each system and metric that was judged; a failed one says by how much."""
    cases: list[tuple[str, str, str | None]] = []
    for label, gate in judged:
        for each in gate.verdicts:
            worse = f"{each.metric} is worse by {-100 * each.difference:.2f} points (p = {each.corrected:.4f})"
            cases.append((label, f"{each.metric} is not worse", worse if each.worse else None))
        for floor in gate.floors:
            value = "nothing was scored" if floor.value is None else f"{floor.metric} is {100 * floor.value:.2f}"
            cases.append((label, f"{floor.metric} reaches {100 * floor.least:g}", value if floor.below else None))
    failures = sum(said is not None for _, _, said in cases)
    suite = ET.Element("testsuite", name="sumbench compare", tests=str(len(cases)), failures=str(failures))
    for label, name, said in cases:
        case = ET.SubElement(suite, "testcase", classname=label, name=name)
        if said is not None:
            ET.SubElement(case, "failure", message=said)
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
