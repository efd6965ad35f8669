"""A class in a Python file of the user's own is a system or a metric: `./own.py:Class`."""

import json
from pathlib import Path

import pytest

from tests.plugins.conftest import Sumbench
from tests.plugins.conftest import refused

OWN = '''
"""Systems of my own."""

from dataclasses import dataclass, field

from sumbench.systems.described import Described, Draft, one_by_one


@dataclass(frozen=True, kw_only=True)
class Shorten(Described):
    """The first characters."""

    length: int | None = None

    def load(self, context):
        return one_by_one(self.name, lambda document: Draft(document.text[: self.length or 5], 9, 9, 1))


@dataclass(frozen=True, kw_only=True)
class Mapped(Shorten):
    table: dict[str, int] | None = None


@dataclass(frozen=True)
class Empty:
    name: str


@dataclass
class Thawed:
    name: str = ""


class Bare(Shorten):
    width: int = 3


@dataclass(frozen=True, kw_only=True)
class Unpicklable(Shorten):
    how: object = field(default_factory=lambda: lambda: None, init=False)


@dataclass(frozen=True, kw_only=True)
class Fussy(Shorten):
    def __post_init__(self):
        raise KeyError("fussy")
'''

METRIC = '''
from dataclasses import dataclass

from sumbench.metrics.rouge import RougeMetric


@dataclass(frozen=True, kw_only=True)
class Pairs(RougeMetric):
    """ROUGE-2 and ROUGE-L alone."""

    types: tuple[str, ...] = ("rouge2", "rougeL")


class Nothing:
    pass
'''

RUN = ("run", "--limit", "2", "--quiet")


@pytest.fixture
def sumbench(command: Sumbench) -> Sumbench:
    """Return what carries out commands in this process: what they say and write is the same."""
    return command


def texts(run: Path) -> dict[str, list[str]]:
    """Return the texts of a run's summaries by system."""
    found: dict[str, list[str]] = {}
    for line in (run / "summaries.jsonl").read_text().splitlines():
        summary = json.loads(line)
        found.setdefault(summary["system"], []).append(summary["text"])
    return found


@pytest.mark.parametrize("folder", [".", "a folder, with a=b"])
def test_a_class_of_a_file_is_a_system(program: Sumbench, tmp_path: Path, folder: str) -> None:
    """It works in a process of its own, whatever is in its path, and nothing is left beside the file."""
    home = tmp_path / folder
    home.mkdir(exist_ok=True)
    (home / "own.py").write_text(OWN)
    (home / "json.py").write_text("raise RuntimeError('a file beside the plug-in was imported')\n")
    spec = f"./{folder}/own.py:Shorten"
    done = program(*RUN, "--systems", f"lead,{spec},length=3,{spec},as=mine,random", "--out", "out")
    assert (done.returncode, done.stderr) == (0, "")
    made = texts(tmp_path / "out")
    assert list(made) == ["lead", f"{spec},length=3", "mine", "random"]
    assert {len(text) for text in made[f"{spec},length=3"]} == {3}
    assert {len(text) for text in made["mine"]} == {5}
    assert sorted(file.name for file in home.iterdir() if file.name != "out") == ["json.py", "own.py"]


def test_one_can_be_looked_at(sumbench: Sumbench, tmp_path: Path) -> None:
    """Its options are listed as those of any other; what it prints while it is imported is no part of that."""
    (tmp_path / "own.py").write_text(OWN + "\nprint('imported')\n")
    done = sumbench("systems", "./own.py:Shorten")
    assert (done.returncode, done.stderr) == (0, "imported\n")
    assert "none or a whole number" in done.stdout
    assert "The first characters." in done.stdout
    assert "imported" not in done.stdout


def test_an_absolute_path_is_the_same_system(sumbench: Sumbench, tmp_path: Path) -> None:
    """However the file is named, its summaries are reused."""
    (tmp_path / "own.py").write_text(OWN)
    for number, name in enumerate(("./own.py:Shorten", f"{tmp_path}/own.py:Shorten")):
        assert sumbench(*RUN, "--systems", name, "--out", str(number)).returncode == 0
    assert _reused(tmp_path / "1") == 2


def _reused(run: Path) -> int:
    (entry,) = json.loads((run / "run.json").read_text())["systems"]
    return int(entry["telemetry"]["reused"])


def test_classes_of_one_name_share_no_summaries(sumbench: Sumbench, tmp_path: Path) -> None:
    """Two files, or one that was changed, may hold a class of the same name: each makes its own summaries."""
    changed = OWN.replace("document.text[:", "document.title + document.text[:")
    for name, text in (("a.py", OWN), ("b.py", changed)):
        (tmp_path / name).write_text(text)
        assert sumbench(*RUN, "--systems", f"./{name}:Shorten,as=it", "--out", name[0]).returncode == 0
    assert texts(tmp_path / "a") != texts(tmp_path / "b")
    (tmp_path / "a.py").write_text(changed)
    assert sumbench(*RUN, "--systems", "./a.py:Shorten,as=it", "--out", "c").returncode == 0
    assert texts(tmp_path / "c") == texts(tmp_path / "b")
    assert (_reused(tmp_path / "b"), _reused(tmp_path / "c")) == (0, 0)


def test_a_class_of_a_file_is_a_metric(sumbench: Sumbench, tmp_path: Path) -> None:
    """It scores the run as a built-in metric does."""
    (tmp_path / "own.py").write_text(METRIC)
    done = sumbench(*RUN, "--systems", "lead", "--metrics", "./own.py:Pairs", "--out", "out", "--format", "csv")
    assert (done.returncode, done.stderr) == (0, "")
    (entry,) = json.loads((tmp_path / "out" / "run.json").read_text())["metrics"]
    assert [value["name"] for value in entry["values"] if value["main"]] == ["rouge2", "rougeL"]


def test_a_function_of_a_file_is_a_corpus_and_a_format(sumbench: Sumbench, tmp_path: Path) -> None:
    """What an entry point can be, an object of a file can be."""
    (tmp_path / "own.py").write_text(
        "def rows(): return [{'document': 'A fox. It ate.', 'summary': 'A fox.'}]\n"
        "def render(table): return f'<{table.title}>'\n"
    )
    done = sumbench("run", "--corpus", "./own.py:rows", "--systems", "lead", "--format", "./own.py:render", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("<rows")
    assert [path.name.startswith("rows-default-") for path in (tmp_path / "results").iterdir()] == [True]


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("./none.py:Shorten", "there is no file none.py"),
        ("./own.py:Nothing", "own.py has no Nothing: it has Shorten, Mapped, Empty, Thawed, Bare, Unpicklable, Fussy"),
        ("./own.py", "to take one from a Python file, name both: ./FILE.py:NAME"),
        ("own.py:Shorten", "to take one from a Python file, write ./own.py:Shorten"),
        ("./own.py:Shorten,length=x", "length=x is not none or a whole number"),
        ("./own.py:Shorten,lenth=1", "did you mean 'length'?"),
        ("./own.py:Mapped", "the option table has the type dict[str, int] | None, which no text can be read as"),
        ("./own.py:Empty", "lacks role, weights, "),
        (
            "./own.py:Thawed",
            "is no frozen dataclass: write @dataclass(frozen=True, kw_only=True) above the class Thawed",
        ),
        ("./own.py:Bare", "is no dataclass: write @dataclass(frozen=True, kw_only=True) above the class Bare"),
        ("./own.py:Fussy", "cannot be built: KeyError: 'fussy'"),
        ("./own.py:Unpicklable", "cannot be built: "),
        ("./own.py:one_by_one", "is no class, but function"),
        ("./raising.py:X", "raising.py: cannot be imported: ValueError: no luck (line 2)"),
        ("./wrong.py:X", "wrong.py: cannot be imported: SyntaxError: "),
        ("./leaving.py:X", "leaving.py: cannot be imported: SystemExit: 0"),
        ("./beside.py:X", "beside.py: cannot be imported: ModuleNotFoundError: No module named 'own'"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line(sumbench: Sumbench, tmp_path: Path, spec: str, says: str) -> None:
    """A file, a name or a class that will not do ends with exit code 2; the file's own folder is not searched."""
    (tmp_path / "own.py").write_text(OWN)
    (tmp_path / "raising.py").write_text("\nraise ValueError('no\\nluck')\n")
    (tmp_path / "wrong.py").write_text("def x(:\n")
    (tmp_path / "leaving.py").write_text("import sys\nsys.exit(0)\n")
    (tmp_path / "beside.py").write_text("import own\n")
    assert says in refused(sumbench(*RUN, "--systems", spec))


def test_what_is_wrong_with_a_metric_of_a_file_is_one_line(sumbench: Sumbench, tmp_path: Path) -> None:
    """A class that lacks what a metric does is refused before anything runs."""
    (tmp_path / "own.py").write_text(METRIC)
    line = refused(sumbench(*RUN, "--systems", "lead", "--metrics", "./own.py:Nothing"))
    assert "metric ./own.py:Nothing: is no dataclass" in line


@pytest.mark.parametrize(
    ("argument", "name", "member"),
    [("--metrics", "Pairs", "values"), ("--metrics", "Pairs", "signatures"), ("--systems", "Shorten", "fingerprint")],
)
def test_what_a_plug_in_raises_before_a_run_is_one_line(
    argument: str, name: str, member: str, sumbench: Sumbench, tmp_path: Path
) -> None:
    """It is the plug-in's own fault, said with its name, and not one of sumbench."""
    broken = f"\n    def {member}(self, *arguments):\n        raise ZeroDivisionError('nothing to divide')\n"
    source = METRIC if name == "Pairs" else OWN
    head, _, rest = source.partition(f"class {name}(")
    line, _, body = rest.partition("\n")
    (tmp_path / "own.py").write_text(f"{head}class {name}({line}{broken}{body}")
    others = ("--systems", "lead") if argument == "--metrics" else ()
    said = refused(sumbench(*RUN, *others, argument, f"./own.py:{name}"))
    assert f"./own.py:{name}" in said
    assert "ZeroDivisionError: nothing to divide" in said


def test_a_run_folder_makes_nobody_run_a_file(sumbench: Sumbench, tmp_path: Path) -> None:
    """A folder may have come from anywhere: what it names is run again only by whoever names it, too."""
    (tmp_path / "own.py").write_text(OWN)
    command = (*RUN, "--systems", "./own.py:Shorten", "--out", "out")
    assert sumbench(*command).returncode == 0
    line = refused(sumbench("run", "--resume", "out"))
    assert "ran code of ./own.py:Shorten: to go on, give its own command again, with --out out" in line
    assert sumbench(*command).returncode == 0


def test_a_file_that_has_gone_when_its_work_begins_fails_its_system_alone(sumbench: Sumbench, tmp_path: Path) -> None:
    """The worker cannot import it, and says so; the other systems complete."""
    text = OWN.replace('"""Systems of my own."""', "import os, pathlib\npathlib.Path(__file__).unlink()")
    (tmp_path / "own.py").write_text(text)
    done = sumbench(*RUN, "--systems", "./own.py:Shorten,as=gone,random", "--out", "out", "--format", "csv")
    assert done.returncode == 3
    errors = {
        entry["name"]: entry["error"] for entry in json.loads((tmp_path / "out" / "run.json").read_text())["systems"]
    }
    assert errors["random"] is None
    assert errors["gone"].endswith("own.py: cannot be read: No such file or directory")
