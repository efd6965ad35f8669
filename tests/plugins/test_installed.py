"""What an installed distribution declares as entry points is there by name."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugins.conftest import Sumbench
from tests.plugins.conftest import install
from tests.plugins.conftest import put_on_path
from tests.plugins.conftest import refused
from tests.plugins.conftest import wheel

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture
def sumbench(beside: Sumbench) -> Sumbench:
    """Return what carries out commands in this process: what they say and write is the same."""
    return beside


def test_a_system_a_corpus_and_a_format_of_an_installed_package_do_a_whole_run(
    program: Sumbench, tmp_path: Path
) -> None:
    """All three are named as built-in ones are, and the run says which version of the distribution the system is of."""
    done = program(
        *("run", "--corpus", "fables,split=old", "--systems", "lead,opening,length=3,case=upper"),
        *("--format", "names", "--out", "out", "--quiet"),
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "* opening,length=3,case=upper\n" in done.stdout
    lines = [json.loads(line) for line in (tmp_path / "out" / "summaries.jsonl").read_text().splitlines()]
    texts = {line["document"]: line["text"] for line in lines if line["system"].startswith("opening")}
    assert texts == {f"old-{number}": f"FOX NUMBER {number}" for number in (1, 2, 3)}
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    assert record["corpus"]["name"] == "fables-old"
    opening = next(entry for entry in record["systems"] if entry["name"].startswith("opening"))
    assert opening["fingerprint"]["module"] == "demo.systems"
    assert opening["fingerprint"]["distribution"] == "demo 1.0"
    assert opening["fingerprint"]["options"] == {"length": 3, "case": "upper"}


def test_a_metric_of_an_installed_package_scores_a_run(sumbench: Sumbench, tmp_path: Path) -> None:
    """It is named as a built-in one, and its signature says which version of the distribution it is of."""
    done = sumbench(
        "run", "--corpus", "fables", "--systems", "lead", "--metrics", "letters,rouge", "--out", "out", "--quiet"
    )
    assert (done.returncode, done.stderr) == (0, "")
    letters, _ = json.loads((tmp_path / "out" / "run.json").read_text())["metrics"]
    assert letters["signatures"] == {"letters": "letters|demo.metrics:Letters|code:demo-1.0|v:1"}
    assert "Letters: plain numbers, a property, not ranked" in done.stdout
    listed = " ".join(sumbench("metrics").stdout.split())
    assert "(of demo 1.0)" in listed
    assert "no_such_module" in listed
    assert "of the distribution demo 1.0" in sumbench("metrics", "letters").stdout
    assert "'torn' of demo 1.0 cannot be imported" in refused(sumbench("metrics", "torn"))


def test_a_corpus_of_documents_is_taken_as_it_is(sumbench: Sumbench) -> None:
    """A function that returns Documents takes no options that say how rows are read."""
    done = sumbench("corpora", "documents")
    assert (done.returncode, done.stderr) == (0, "")
    assert "documents: 2 documents" in done.stdout
    assert "leave out sentences=…" in refused(sumbench("corpora", "check", "documents,sentences=t"))


def test_listings_say_where_plugins_come_from(sumbench: Sumbench) -> None:
    """Plug-ins are listed with their distribution, one that cannot be imported with the reason, overruled ones too."""
    systems, corpora, one = sumbench("systems"), sumbench("corpora"), sumbench("systems", "opening")
    assert [done.returncode for done in (systems, corpora, one)] == [0, 0, 0]
    shown = " ".join(systems.stdout.split())
    assert "(of demo 1.0)" in shown
    assert "no_such_module" in shown
    assert "lead of demo 1.0 is not to be had: the name is built in" in shown
    assert "t5-small of demo 1.0 is not to be had: the name is built in" in shown
    assert "T5 small, of the mixture of tasks" in sumbench("systems", "t5-small").stdout
    assert "Fables with their morals" in corpora.stdout
    assert "(of demo 1.0)" in corpora.stdout
    assert "xsum of demo 1.0 is not to be had" in corpora.stdout
    assert "kept or upper" in one.stdout
    assert "of the distribution demo 1.0" in one.stdout


def test_a_builtin_name_means_what_is_built_in(sumbench: Sumbench, tmp_path: Path) -> None:
    """A distribution that declares `lead`, or the name of a checkpoint, changes nothing of it."""
    done = sumbench("run", "--systems", "lead", "--limit", "1", "--out", "out", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    (entry,) = json.loads((tmp_path / "out" / "run.json").read_text())["systems"]
    assert entry["fingerprint"]["module"] == "sumbench.systems.baselines"
    planned = sumbench("run", "--systems", "t5-small,long=chunk", "--limit", "1", "--dry-run")
    assert (planned.returncode, planned.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ("--systems", "broken"),
            "'broken' of demo 1.0 cannot be imported from demo.broken:Broken: ModuleNotFoundError: No module named",
        ),
        (
            ("--systems", "nothing"),
            "'nothing' of demo 1.0 cannot be imported from demo.systems:Nothing: AttributeError",
        ),
        (("--systems", "function"), "system function of demo 1.0: is no class, but function"),
        (("--systems", "opening,case=high"), "system opening: case=high is not kept or upper"),
        (("--systems", "openning"), "unknown system 'openning': did you mean 'opening'?"),
        (("--systems", "lead", "--corpus", "fabels"), "unknown corpus or folder 'fabels': did you mean 'fables'?"),
        (
            ("--systems", "lead", "--corpus", "failing"),
            "failed after 1 documents: ConnectionError: the archive is closed",
        ),
        (("--systems", "lead", "--corpus", "mixed"), "mixed, document 3: is a dict, and the first is a Document"),
        (("--systems", "lead", "--corpus", "fables,config=x"), "got an unexpected keyword argument 'config'"),
    ],
)
def test_what_is_wrong_with_a_plugin_is_one_line(sumbench: Sumbench, arguments: tuple[str, ...], says: str) -> None:
    """An import that fails, an object that does not fit and a wrong option end with exit code 2, never a traceback."""
    assert says in refused(sumbench("run", *arguments))


def test_a_name_that_two_distributions_declare_is_nobodys(
    sumbench: Sumbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither is taken: the line names both."""
    declared = "[sumbench.systems]\nopening = other.systems:Other\n"
    install(wheel(tmp_path, "other", "2.1", {}, declared), tmp_path / "site")
    put_on_path(tmp_path / "site", monkeypatch)
    line = refused(sumbench("run", "--systems", "opening"))
    assert "'opening' is declared by other 2.1 and demo 1.0: uninstall all of them but one" in line


def test_help_reads_no_entry_points() -> None:
    """`sumbench --help` does not even import what reads them."""
    code = (
        "import sys, sumbench.cli\n"
        "try: sumbench.cli.main(['--help'])\n"
        "except SystemExit: print('importlib.metadata' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"
