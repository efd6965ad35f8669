"""What is made from the code is what the code says now."""

import dataclasses
import re

import sumbench
from sumbench import manifest
from sumbench import records
from sumbench.runs.store import FILES
from tests.docs import api
from tests.docs.generated import README
from tests.docs.generated import TABLE
from tests.docs.generated import written_pages
from tests.docs.pages import DOCS
from tests.docs.pages import name


def test_generated_pages_are_fresh() -> None:
    """The pages of commands, API, files and the notebook, and the README's table, are those that are made now."""
    stale = [name(file) for file, text in written_pages().items() if file.read_text("utf-8") != text]
    assert stale == [], "python -m tests.docs writes them anew"


def test_the_readme_has_a_table_of_the_run_that_ships() -> None:
    """There is one place for it."""
    assert len(TABLE.findall(README.read_text("utf-8"))) == 1


def test_the_api_page_has_every_public_name() -> None:
    """Each name stands in one section."""
    listed = [entry for _, names in api.SECTIONS for entry in names]
    assert sorted([*listed, "__version__"]) == sorted(sumbench.__all__)


def test_the_page_of_files_has_every_file_and_field() -> None:
    """Each file that a run's folder may hold, each field of the manifest's entries and of the records."""
    text = (DOCS / "reference" / "files.md").read_text("utf-8")
    assert [file for file in FILES if f"`{file}`" not in text] == []
    named = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    entries = [each for each in vars(manifest).values() if _is_record(each, manifest.__name__)]
    kept = (records.Document, records.Summary, records.Detail, records.Rating, records.Preference)
    assert len(entries) > 8
    for entry in (*entries, *kept):
        assert {field.name for field in dataclasses.fields(entry)} <= named, entry.__name__


def _is_record(entry: object, module: str) -> bool:
    return isinstance(entry, type) and dataclasses.is_dataclass(entry) and entry.__module__ == module
