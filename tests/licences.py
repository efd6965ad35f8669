"""Lists the licences of direct dependencies, model weights and corpora: `python -m tests.licences > docs/licences.md`.

Licences are what distributions and catalog declare. `.ci/audit` lists those of all that an installation brings along,
and refuses what would bind the work that sumbench is part of.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from collections.abc import Mapping
from importlib.metadata import PackageMetadata
from importlib.metadata import PackageNotFoundError
from importlib.metadata import metadata
from pathlib import Path

from sumbench.weights.catalog import catalog

ROOT = Path(__file__).parents[1]
FILE = ROOT / "docs" / "licences.md"

_HEAD = """# Licences

sumbench is under the Apache License 2.0, the articles and references that ship with it (`references/`) under
[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/). This page is written from what distributions and catalog
declare, by `python -m tests.licences > docs/licences.md`; `.ci/audit` lists what else an installation brings along.
"""


def dependencies() -> Mapping[str, list[str]]:
    """Return the direct dependencies by name, each with what needs it: the core, extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found = {_name(each): ["core"] for each in project["dependencies"]}
    for extra, needed in project["optional-dependencies"].items():
        if extra not in {"test", "dev", "docs"}:
            for each in needed:
                found.setdefault(_name(each), []).append(f"extra `{extra}`")
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=~! ;]", requirement, maxsplit=1)[0]


def licence(distribution: str) -> str | None:
    """Return the licence that an installed distribution declares, None for one that is not installed."""
    try:
        declared = metadata(distribution)
    except PackageNotFoundError:
        return None
    said = _field(declared, "License-Expression") or next(
        (
            line.rpartition(" :: ")[2]
            for line in declared.get_all("Classifier") or ()
            if line.startswith("License :: ") and not line.endswith("OSI Approved")
        ),
        "",
    )
    text = _field(declared, "License")
    return said or (text if "\n" not in text else "") or "see its LICENSE file"


def _field(declared: PackageMetadata, name: str) -> str:
    return declared[name].strip() if name in declared else ""


def lines() -> Iterator[str]:
    """Yield the lines of the page."""
    yield from _HEAD.splitlines()
    yield from ("", "## Libraries", "", "| distribution | licence | needed by |", "| --- | --- | --- |")
    for name, needed_by in dependencies().items():
        said = licence(name) or "not installed"
        yield f"| [{name}](https://pypi.org/project/{name}/) | {said} | {', '.join(needed_by)} |"
    yield from ("", "## Model weights", "", "Fetched when a system or metric needs them, never shipped.", "")
    yield from ("| weights | licence | from |", "| --- | --- | --- |")
    for model in catalog().values():
        terms = f" ([terms]({model.terms}) to be accepted)" if model.terms else ""
        yield f"| {model.name} | {model.licence}{terms} | <{model.homepage}> |"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in lines())
