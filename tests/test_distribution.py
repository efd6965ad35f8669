"""What is built to be installed has all that a run needs."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytest.importorskip("hatchling", reason="building needs hatchling, which the extra `test` installs")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source distribution, built from this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-d", str(folder)], cwd=ROOT, check=True)
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's content, and nothing of this checkout."""
    folder = tmp_path_factory.mktemp("site")
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)  # noqa: S202 - it was built just here
    return folder


def _run(installed: Path, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run this Python in a folder, with what is installed before all else."""
    return subprocess.run(
        [sys.executable, "-P", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_runs_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    """Corpus, suite and code are those in the wheel."""
    done = _run(installed, tmp_path, "-c", "import sumbench; print(sumbench.__file__)")
    assert done.stdout.strip() == str(installed / "sumbench" / "__init__.py")
    arguments = ("run", "--systems", "lead", "--limit", "1", "--no-cache", "--out", "run")
    done = _run(installed, tmp_path, "-m", "sumbench", *arguments)
    assert done.returncode == 0, done.stderr
    assert "references: 1 document, 4 references" in done.stdout
    assert (tmp_path / "run" / "table.md").exists()


def test_the_wheel_has_all_files_of_the_package(installed: Path, tmp_path: Path) -> None:
    """What is no Python is there, too: suites, prompts, presets, catalog, published figures, the articles."""
    home = ROOT / "bench"
    ours = {str(file.relative_to(home)) for file in (home / "sumbench").rglob("*") if _ships(file)}
    ours |= {f"sumbench/_data/{file.relative_to(ROOT)}" for file in (ROOT / "references").rglob("*") if file.is_file()}
    there = {str(file.relative_to(installed)) for file in installed.rglob("*")}
    assert sorted(ours - there) == []
    code = "import sys, sumbench.cli as c; sys.exit(max(c.main([*sys.argv[1:4], one]) for one in sys.argv[4:]))"
    suites = sorted(file.stem for file in (home / "sumbench" / "suites").glob("*.toml"))
    done = _run(installed, tmp_path, "-c", code, "run", "--dry-run", "--offline", *suites)
    assert done.returncode == 0, done.stderr


def _ships(file: Path) -> bool:
    return file.is_file() and file.suffix not in {".pyc", ".so"}


def test_the_source_distribution_has_what_its_tests_read(built: Path) -> None:
    """Tests, articles, the documents that are tested and the run that the README shows are in it."""
    (file,) = built.glob("*.tar.gz")
    with tarfile.open(file) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for name in (
        *("pyproject.toml", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "constraints.txt"),
        *(
            "references/README.md",
            "results/references-default/run.json",
            "tests/conftest.py",
            "bench/sumbench/cli/run.py",
        ),
    ):
        assert name in names
