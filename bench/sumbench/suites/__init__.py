"""Suites: named combinations of corpora, systems, metrics and length budgets, in the TOML files of this folder."""

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sumbench.corpus.spec import parse_spec
from sumbench.errors import UsageError
from sumbench.length import SENTENCES
from sumbench.length import two_budgets
from sumbench.registry import unknown
from sumbench.suites import scored
from sumbench.validation import read_toml

_HOME = Path(__file__).parent

METRICS = ("rouge", "text", "copying", "support")
"""The metrics of a suite that names none, and of `score`: the one that ranks, then those without references."""

RANKED_BY = "rouge2"
"""The value that ranks systems where a suite names no other."""

_WANTED: Mapping[str, tuple[type, str]] = MappingProxyType(
    {
        "description": (str, "a text in quotes"),
        "corpus": (str, "a text in quotes"),
        "systems": (list, "a list of texts"),
        "metrics": (list, "a list of texts"),
        "ranked_by": (str, "a text in quotes"),
        "sentences": (int, "a whole number from 1 up"),
        "words": (int, "a whole number from 1 up"),
        "seed": (int, "a whole number from 0 up"),
        "tasks": (list, "tables [[tasks]]"),
    }
)
_LENGTHS = ("sentences", "words")
_OF_TASKS = ("corpus", "systems", *_LENGTHS)


@dataclass(frozen=True)
class SuiteTask:
    """One table of a suite: a corpus, the systems that summarize it, and their length budget.

    The budget is so many `sentences`, or with `words` whole sentences of at most so many words together.
    """

    corpus: str
    systems: tuple[str, ...]
    sentences: int | None = SENTENCES
    words: int | None = None

    def fits(self, corpus: str) -> bool:
        """Tell whether `corpus` is the task's corpus, possibly with further options."""
        own, given = parse_spec(self.corpus), parse_spec(corpus)
        return given.name == own.name and own.options.items() <= given.options.items()


@dataclass(frozen=True)
class Suite:
    """The defaults of a run: one or several tasks, each of which makes its own run."""

    name: str
    tasks: tuple[SuiteTask, ...]
    metrics: tuple[str, ...] = METRICS
    seed: int = 0
    description: str = ""
    ranked_by: str = RANKED_BY

    def task(self, corpus: str | None) -> SuiteTask:
        """Return the task of a corpus; the first task for None, and for a corpus that is not in the suite."""
        return next((task for task in self.tasks if corpus is not None and task.fits(corpus)), self.tasks[0])


def suite_names() -> list[str]:
    """Return the names of the suites that ship."""
    return sorted(file.stem for file in _HOME.glob("*.toml"))


def suite_file(name: str) -> Path:
    """Return the file of a suite: itself where it is one (it ends in .toml), else the one that ships."""
    return Path(name) if name.endswith(".toml") else _HOME / f"{name}.toml"


def read_suite(name: str) -> Suite:
    """Read the shipped suite called `name`, or the .toml file at the path `name`.

    Raises UsageError, naming the file and the key, for a suite that cannot be read.
    """
    file = suite_file(name)
    if not file.exists():
        if name.endswith(".toml"):
            raise UsageError(f"{name}: no such file")
        if name in scored.scored_suite_names():
            raise scored.not_runnable(name)
        known = [*suite_names(), *scored.scored_suite_names()]
        raise unknown("suite", name, known, listed_by="sumbench suites")
    content = read_toml(file, UsageError)
    _check(str(file), content, _WANTED)
    _check_lengths(str(file), content)
    shared = {key: content.pop(key) for key in (*_OF_TASKS, "tasks") if key in content}
    if "metrics" in content:
        content["metrics"] = tuple(content["metrics"])
    return Suite(file.stem, tuple(_tasks(str(file), shared)), **content)


def _tasks(file: str, shared: dict[str, Any]) -> Iterator[SuiteTask]:
    """Yield the tasks; the systems that all tasks share come before a task's own, and a task's own length counts."""
    tables = shared.pop("tasks", None)
    if tables is None:
        yield _task(file, shared)
        return
    if not tables or not all(isinstance(table, dict) for table in tables):
        raise UsageError(f"{file}: tasks must be {_WANTED['tasks'][1]}")
    if "corpus" in shared:
        raise UsageError(f"{file}: corpus: give one to each of the tasks, or no tasks")
    for number, table in enumerate(tables, 1):
        where = f"{file}: task {number}"
        _check(where, table, {key: _WANTED[key] for key in _OF_TASKS})
        _check_lengths(where, table)
        systems = [*shared.get("systems", ()), *table.get("systems", ())]
        idle = _LENGTHS if any(key in table for key in _LENGTHS) else ()
        common = {key: value for key, value in shared.items() if key not in idle}
        yield _task(where, {**common, **table, **({"systems": systems} if systems else {})})


def _task(where: str, values: Mapping[str, Any]) -> SuiteTask:
    for key in ("corpus", "systems"):
        if key not in values:
            raise UsageError(f"{where}: {key} is missing: give {_WANTED[key][1]}")
    words = values.get("words")
    sentences = values.get("sentences", SENTENCES) if words is None else None
    return SuiteTask(values["corpus"], tuple(values["systems"]), sentences, words)


def _check_lengths(where: str, content: Mapping[str, Any]) -> None:
    lengths = {key: content[key] for key in _LENGTHS if key in content}
    if len(lengths) > 1:
        raise two_budgets(where, **lengths)


def _check(where: str, content: Mapping[str, Any], wanted: Mapping[str, tuple[type, str]]) -> None:
    for key, value in content.items():
        if key not in wanted:
            raise UsageError(f"{where}: " + str(unknown("key", key, list(wanted))))
        kind, shape = wanted[key]
        of_kind = isinstance(value, kind) and not isinstance(value, bool)
        if key != "tasks" and kind is list:
            of_kind = of_kind and all(isinstance(item, str) for item in value)
        if not of_kind or (key in _LENGTHS and value < 1) or (key == "seed" and value < 0):
            raise UsageError(f"{where}: {key} must be {shape}")
