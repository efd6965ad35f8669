"""README.md is short, and its first commands are those that .ci/run and newcomers take."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_readme_has_the_test_command() -> None:
    """Behind its mark stands one block of one line, which .ci/run takes."""
    (command,) = re.findall(r"^<!-- test command -->\n```\n([^\n]+)\n```$", README, re.MULTILINE)
    assert command.endswith(".venv/bin/pytest")
    assert README.count("<!-- test command -->") == 1


def test_the_readme_is_short() -> None:
    """What is more than a first look is a page of docs/."""
    assert len(README.splitlines()) <= 180
    assert {"docs/guide/table.md", "docs/guide/runs.md"} - set(re.findall(r"\]\(([^)#]+)", README)) == set()


def test_every_link_of_the_readme_leads_somewhere() -> None:
    """A link within the repository names a file of it, and a heading of that file where it has one behind #."""
    for target in re.findall(r"\]\(([^)]+)\)", README):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        assert (ROOT / path).exists(), target
        headings = re.findall(r"^#+ (.*)$", (ROOT / path).read_text("utf-8"), re.MULTILINE) if anchor else []
        slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert not anchor or anchor in slugs, target
