"""Suites that score released outputs: the files, where to get them, and the ROUGE preset."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sumbench.corpus.conventions import LINES
from sumbench.errors import CorpusError
from sumbench.errors import UsageError
from sumbench.registry import unknown
from sumbench.validation import checked
from sumbench.validation import read_toml

_HOME = Path(__file__).parent / "scored"


@dataclass(frozen=True)
class ScoredSuite:
    """Released outputs with their references, as files in one folder.

    `get` says where to get each file, or the folder that holds it. `rouge` and `types` are the preset and the variants
    that they are scored with, `sentences` is the sentence convention. `language` is that of the texts; where it is
    empty, it is guessed.
    """

    name: str
    description: str
    references: str
    outputs: Mapping[str, str]
    get: Mapping[str, str]
    rouge: str
    types: tuple[str, ...]
    sentences: str = LINES
    language: str = ""

    def files(self, folder: Path) -> tuple[str, dict[str, str]]:
        """Return the references' file and each system's in `folder`; raise CorpusError for one that is missing."""
        for file in (self.references, *self.outputs.values()):
            if not (folder / file).is_file():
                source = next(how for part, how in self.get.items() if part in {file, Path(file).parts[0]})
                raise CorpusError(f"{folder / file}: no such file: {source} in {folder}")
        return str(folder / self.references), {name: str(folder / file) for name, file in self.outputs.items()}


def scored_suite_names() -> list[str]:
    """Return the names of the suites that score released outputs."""
    return sorted(file.stem for file in _HOME.glob("*.toml"))


def read_scored_suite(name: str) -> ScoredSuite:
    """Read the suite of this name; raise UsageError for an unknown one."""
    if name not in scored_suite_names():
        raise unknown("suite of outputs", name, scored_suite_names(), listed_by="sumbench suites")
    file = _HOME / f"{name}.toml"
    return checked({"name": name, **read_toml(file, UsageError)}, ScoredSuite, str(file), UsageError)


def not_runnable(name: str) -> UsageError:
    """Return the error for `sumbench run` with a suite of outputs."""
    return UsageError(f"suite {name!r} scores released outputs: sumbench score --suite {name} --files DIR")
