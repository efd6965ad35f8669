"""What stands beside the package says what is true: licences, citation, the image's context."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from sumbench import __version__
from tests import licences

ROOT = Path(__file__).parents[1]


def test_the_page_of_licences_is_that_of_what_is_installed() -> None:
    """Every direct dependency and every model stands there with its licence; what is not installed by name."""
    written = licences.FILE.read_text("utf-8").splitlines()
    for line in licences.lines():
        if "| not installed |" in line:
            assert any(each.startswith(line.partition("|")[0] + line.split("not installed")[0]) for each in written)
        else:
            assert line in written
    assert len(written) == len(list(licences.lines()))


def test_no_licence_is_left_open() -> None:
    """The page names a licence in each of its rows."""
    lines = licences.FILE.read_text("utf-8").splitlines()
    said = [line.split("|")[2].strip() for line in lines if line.startswith("| ")]
    assert len(said) > len(licences.dependencies())
    assert not {"", "see its LICENSE file", "not installed"} & set(said)


def test_the_citation_is_of_this_version_and_licence() -> None:
    """CITATION.cff names what pyproject.toml and the package do."""
    cited: dict[str, Any] = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert (cited["version"], cited["license"]) == (__version__, project["license"])
    assert cited["title"].startswith(f"{project['name']}:")


def test_every_extra_is_documented() -> None:
    """The guide to installing names each of them."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    shown = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "install.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(shown) == sorted(set(extras) - {"test", "dev", "docs"})


@pytest.mark.parametrize("line", [*(ROOT / ".dockerignore").read_text("utf-8").splitlines()])
def test_the_image_s_context_names_what_is_there(line: str) -> None:
    """What is let into the context of the image exists, and is all that a wheel is built from."""
    if line.startswith("!"):
        assert (ROOT / line[1:]).exists()
