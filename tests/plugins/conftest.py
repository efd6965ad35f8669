"""A small distribution with plug-ins, installed, and sumbench beside it: as a program, or in this process."""

import base64
import hashlib
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import redirect_stderr
from contextlib import redirect_stdout
from pathlib import Path
from typing import TypeAlias

import pytest

from sumbench import cli
from sumbench import plugins

Done: TypeAlias = "subprocess.CompletedProcess[str]"

SYSTEMS = '''
"""Systems of the distribution demo."""

from dataclasses import dataclass
from enum import StrEnum

from sumbench.systems.described import Described
from sumbench.systems.described import Draft
from sumbench.systems.described import one_by_one


class Case(StrEnum):
    KEPT = "kept"
    UPPER = "upper"


@dataclass(frozen=True, kw_only=True)
class Opening(Described):
    """The document's first words.

    `length` is their number, `case` how they are written.
    """

    length: int = 4
    case: Case = Case.KEPT

    def load(self, context):
        return one_by_one(self.name, self._write)

    def _write(self, document):
        words = document.text.split()
        text = " ".join(words[: self.length])
        text = text.upper() if self.case is Case.UPPER else text
        return Draft(text, len(words), len(words), self.length)
'''

CORPORA = '''
"""Corpora of the distribution demo."""

from sumbench import Document


def fables(split="test"):
    """Fables with their morals."""
    for number in (1, 2, 3):
        yield {"id": f"{split}-{number}", "document": f"Fox number {number} ate all the grapes.", "summary": "Grapes."}


def documents():
    """Documents as they are."""
    return [Document("a", "The fox ate the grapes.", ("Grapes.",)), Document("b", "The crow ate them.", ("Crow.",))]


def failing():
    """One document, and no more."""
    yield {"document": "The fox.", "summary": "Fox."}
    raise ConnectionError("the archive is closed")


def mixed():
    """A document and a row."""
    return [*documents(), {"document": "x", "summary": "y"}]
'''

FORMATS = '''
"""Formats of the distribution demo."""


def render(table):
    """Return the systems' names alone."""
    return "".join(f"* {row.cells[0]}\\n" for section in table.sections for row in section.rows)
'''

METRICS = '''
"""Metrics of the distribution demo."""

from dataclasses import dataclass
from typing import ClassVar

from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.metrics import Needs
from sumbench.metrics.summary_metric import Measured
from sumbench.metrics.summary_metric import SummaryMetric


@dataclass(frozen=True, kw_only=True)
class Letters(SummaryMetric):
    """How many letters a summary has."""

    declared: ClassVar[tuple[Value, ...]] = (Value("letters", "Letters", decimals=0, direction=Direction.NEITHER),)
    needs: ClassVar[Needs] = Needs(references=False)

    def measure(self, document, summary):
        return Measured({"letters": sum(map(str.isalpha, summary.text))})
'''

MODULES = {
    "metrics": METRICS,
    "systems": SYSTEMS,
    "corpora": CORPORA,
    "formats": FORMATS,
    "broken": "import no_such_module\n",
}

ENTRY_POINTS = """[sumbench.systems]
opening = demo.systems:Opening
lead = demo.systems:Opening
t5-small = demo.systems:Opening
broken = demo.broken:Broken
nothing = demo.systems:Nothing
function = demo.corpora:fables

[sumbench.metrics]
letters = demo.metrics:Letters
torn = demo.broken:Torn

[sumbench.corpora]
fables = demo.corpora:fables
documents = demo.corpora:documents
failing = demo.corpora:failing
mixed = demo.corpora:mixed
xsum = demo.corpora:fables

[sumbench.formats]
names = demo.formats:render
"""


def wheel(folder: Path, name: str, version: str, modules: Mapping[str, str], entry_points: str) -> Path:
    """Write a wheel with one package, called like the distribution, and return it."""
    about = f"{name}-{version}.dist-info"
    files = {f"{name}/{module}.py": text for module, text in {"__init__": "", **modules}.items()}
    files[f"{about}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    files[f"{about}/WHEEL"] = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{about}/entry_points.txt"] = entry_points
    record = [f"{file},sha256={_digest(text)},{len(text.encode())}" for file, text in files.items()]
    files[f"{about}/RECORD"] = "\n".join([*record, f"{about}/RECORD,,", ""])
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
    return path


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def install(path: Path, target: Path) -> None:
    """Install a wheel into a folder: one without scripts is its files."""
    with zipfile.ZipFile(path) as archive:
        archive.extractall(target)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the distribution demo 1.0 is installed."""
    target = tmp_path_factory.mktemp("site")
    install(wheel(tmp_path_factory.mktemp("wheel"), "demo", "1.0", MODULES, ENTRY_POINTS), target)
    return target


Sumbench: TypeAlias = Callable[..., Done]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sumbench:
    """Return a function that carries out a command line in this process, in an empty folder, without demo."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Done:
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        with redirect_stdout(out), redirect_stderr(err):
            code = cli.main(arguments)
        return subprocess.CompletedProcess(arguments, code, *(each.buffer.getvalue().decode() for each in (out, err)))

    return run


@pytest.fixture
def beside(command: Sumbench, site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sumbench]:
    """Return what carries out commands in this process, with demo installed."""
    put_on_path(site, monkeypatch)
    yield command
    forget()
    for name in [name for name in sys.modules if name.partition(".")[0] == "demo"]:
        del sys.modules[name]


def put_on_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have this process, and those that it starts, find what is installed in a folder."""
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
    forget()


def forget() -> None:
    """Forget what is installed, which a process reads once."""
    plugins.entry_points.cache_clear()
    plugins.distribution_of.cache_clear()


@pytest.fixture
def program(tmp_path: Path, site: Path) -> Sumbench:
    """Return a function that runs `python -m sumbench` in an empty folder, with demo installed."""

    def run(*arguments: str) -> Done:
        path = os.pathsep.join([str(site), os.environ["PYTHONPATH"]])
        return subprocess.run(
            [sys.executable, "-m", "sumbench", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def refused(done: Done) -> str:
    """Return the one line with which sumbench refuses."""
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("sumbench: ")
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr
