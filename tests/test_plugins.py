"""The grammar of plug-in files on the command line, and the import of one."""

import sys
from pathlib import Path

import pytest

from sumbench.plugins import files_of
from sumbench.plugins import load_file
from sumbench.plugins import loaded_files
from sumbench.plugins import module_name
from sumbench.plugins import provenance
from sumbench.plugins import split_options
from sumbench.plugins import split_specs
from sumbench.systems import REGISTRY


@pytest.mark.parametrize(
    ("text", "specs"),
    [
        ("lead,sentences=2, textrank", ["lead,sentences=2", "textrank"]),
        ("./own.py:A,length=3,lead", ["./own.py:A,length=3", "lead"]),
        ("lead, ./a, b=c/own.py:A ,length=3", ["lead", "./a, b=c/own.py:A,length=3"]),
        ("/x/a.py:A,../b.py:B,~/c.py:C", ["/x/a.py:A", "../b.py:B", "~/c.py:C"]),
        ("./a.py:A,x=./b,c.py:D", ["./a.py:A,x=./b", "c.py:D"]),
        ("C:\\own\\a.py:A,n=1", ["C:\\own\\a.py:A,n=1"]),
        ("", [""]),
        ("lead,", ["lead", ""]),
    ],
)
def test_lists_are_split_outside_of_paths(text: str, specs: list[str]) -> None:
    """A path may hold commas, blanks and equals signs; an option belongs to the spec before it."""
    assert split_specs(text) == specs


@pytest.mark.parametrize(
    ("spec", "name", "options"),
    [
        ("lead,sentences=2", "lead", ["sentences=2"]),
        ("./a,b=c/own.py:A,length=3,x=4", "./a,b=c/own.py:A", ["length=3", "x=4"]),
        ("./own.py:A", "./own.py:A", []),
        ("./own.py:A,", "./own.py:A", [""]),
    ],
)
def test_a_spec_is_split_into_name_and_options(spec: str, name: str, options: list[str]) -> None:
    """The name of a plug-in file ends behind `.py:NAME`."""
    assert split_options(spec) == (name, options)


def test_a_file_is_imported_once_until_it_changes(tmp_path: Path) -> None:
    """A module is the same while its file is, a new one once it is not, and leaves no compiled code behind."""
    file = tmp_path / "own.py"
    file.write_text("class A:\n    x = 1\n")
    name = module_name(file)
    first = load_file(file, name)
    assert load_file(file, name) is first
    file.write_text("class A:\n    x = 2\n")
    second = load_file(file, name)
    assert (first.A.x, second.A.x, sys.modules[name]) == (1, 2, second)
    assert provenance(second.A)["module"] == "own.py"
    assert (name, file) in loaded_files()
    assert files_of(second.A()) == ((name, file),)
    assert files_of(REGISTRY["lead"](name="lead")) == ()
    assert [path.name for path in tmp_path.iterdir()] == ["own.py"]
    assert str(tmp_path) not in sys.path
    del sys.modules[name]


def test_provenance_tells_whose_a_class_is() -> None:
    """A class of a distribution is named with its version, sumbench's own are not: summaries outlive a release."""
    from numpy.random import Generator

    from tests.executors.faulty import Faulty

    assert provenance(REGISTRY["lead"]) == {"module": "sumbench.systems.baselines"}
    assert provenance(Generator)["distribution"].startswith("numpy ")
    assert set(provenance(Faulty)) == {"module", "file_sha256"}
