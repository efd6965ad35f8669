"""Imports go one way: a room imports the rooms before it, and no module imports itself by way of others."""

import ast
from collections.abc import Iterator
from graphlib import CycleError
from graphlib import TopologicalSorter
from pathlib import Path

import sumbench

PACKAGE = Path(sumbench.__file__).parent

ROOMS = (
    *("rouge", "languages", "marks", "storage", "weights", "corpus", "generation", "systems", "metrics", "executors"),
    *("runs", "stats", "tables", "report", "exports", "suites", "jobs", "testing", "cli"),
)
"""Folders of the package in the order of the data; the modules beside them are records and helpers below all."""

ABOVE = {"", "__main__", "api", "api_batch", "api_correlate", "api_given", "api_results", "api_tables"}
"""Modules beside the rooms that may import any of them: the public names, and the command."""


def modules() -> dict[str, Path]:
    """Return the file of each module by its dotted name below the package."""
    files = sorted(PACKAGE.rglob("*.py"))
    names = (file.relative_to(PACKAGE).with_suffix("").parts for file in files)
    return {
        ".".join(parts[:-1] if parts[-1] == "__init__" else parts): file
        for parts, file in zip(names, files, strict=True)
    }


FILES = modules()


def imported(file: Path) -> Iterator[str]:
    """Yield the modules of the package that a file imports, in functions and for type checking alone included."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}: imports are absolute"
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name.removeprefix("sumbench.") in FILES else str(node.module) for name in inside]
        else:
            continue
        for name in names:
            if name.partition(".")[0] == "sumbench":
                yield name.removeprefix("sumbench").removeprefix(".")


GRAPH = {name: set(imported(file)) for name, file in FILES.items()}


def floor(module: str) -> int:
    """Return how high a module stands: what it imports must not stand higher."""
    room = module.partition(".")[0]
    if room in ROOMS:
        return 1 + ROOMS.index(room)
    return 1 + len(ROOMS) if module in ABOVE else 0


def test_every_folder_of_the_package_is_a_room_of_known_order() -> None:
    """A new folder must be given its place among the others."""
    folders = {file.parent.relative_to(PACKAGE).parts[0] for file in FILES.values() if file.parent != PACKAGE}
    assert folders == set(ROOMS)


def test_no_room_imports_a_later_one() -> None:
    """What comes later in the way of the data is unknown to what comes before, type checking included."""
    upward = [
        f"{name} imports {other}"
        for name, others in GRAPH.items()
        for other in sorted(others)
        if floor(other) > floor(name) and other
    ]
    assert not upward


def test_rouge_imports_nothing_of_the_package() -> None:
    """ROUGE is a library in itself."""
    assert not {
        other for name in GRAPH if floor(name) == 1 for other in GRAPH[name] if other.partition(".")[0] != "rouge"
    }


def test_suites_are_plain_configuration() -> None:
    """Reading a suite takes how corpora, sentences and lengths are named, and no system, metric or table."""
    allowed = {"corpus.spec", "corpus.conventions", "errors", "length", "registry", "validation"}
    suites = {name for name in GRAPH if name.partition(".")[0] == "suites"}
    assert {other for name in suites for other in GRAPH[name]} <= allowed | suites


def test_no_module_imports_itself_by_way_of_others() -> None:
    """There is an order in which all modules can be read; a package's own module counts with the names it exports."""
    try:
        order = tuple(TopologicalSorter({name: others - {""} for name, others in GRAPH.items()}).static_order())
    except CycleError as error:
        circle = " imports ".join(reversed(error.args[1]))
        raise AssertionError(circle) from None
    assert set(order) >= set(GRAPH) - {""}
