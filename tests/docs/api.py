"""The page of the Python API, from the docstrings of the public names."""

import dataclasses
import inspect
import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

import sumbench
from tests.docs.pages import written

HEAD = """# Python API

Every public name of `sumbench`, from its docstring (`python -m tests.docs` writes this page). Importing the package
loads nothing: each name is imported when it is first used. [Python](../guide/python.md) has examples. Errors are of the
family `BenchError`, in one line, and name parameters.
"""

SECTIONS = (
    ("Functions", ("run", "score", "merge", "compare", "correlate", "power", "export", "load_run")),
    ("Batches of requests", ("export_batch", "import_batch", "BatchExport", "BatchImport")),
    ("Results", ("RunResult", "ComparisonResult", "CorrelationResult", "Run", "Scores")),
    ("Records", ("Document", "Summary", "Score", "Detail", "Rating")),
    ("Metrics of one's own", ("SummaryMetric", "Measured", "Value", "Direction", "Needs", "BatchScores", "BatchNote")),
    ("Errors and version", ("BenchError",)),
)
"""The names by what they are for; `__version__` is a text."""

_SECTION = re.compile(r"(?P<title>Args|Raises|Returns):")


def page() -> str:
    """Return the page."""
    parts = [HEAD]
    for title, names in SECTIONS:
        parts.append(f"## {title}\n")
        for name in names:
            parts += _entry(name, getattr(sumbench, name))
    return "\n".join(parts)


def _entry(name: str, entry: Any) -> Iterator[str]:  # noqa: ANN401 - functions and classes
    yield f"### {name}\n"
    if not inspect.isclass(entry):
        yield f"```text\n{_signature(name, entry)}\n```\n"
    elif dataclasses.is_dataclass(entry):
        fields = ", ".join(field.name for field in dataclasses.fields(entry) if not field.name.startswith("_"))
        yield f"Fields: `{fields}`\n" if fields else ""
    elif issubclass(entry, Enum):
        yield f"Members: {', '.join(f'`{member.name}`' for member in entry)}\n"
    yield from described(inspect.getdoc(entry) or "")
    if inspect.isclass(entry):
        yield from _members(entry)


def _members(entry: type) -> Iterator[str]:
    lines = []
    for name, member in vars(entry).items():
        text = inspect.getdoc(member)
        wanted = (
            isinstance(member, property | staticmethod | classmethod) or callable(member) or hasattr(member, "func")
        )
        if name.startswith("_") or not wanted or not text or inspect.isclass(member):
            continue
        call = "()" if callable(member) or isinstance(member, classmethod | staticmethod) else ""
        lines.append(f"- `{name}{call}`: {_marked(' '.join(text.split(chr(10) * 2)[0].split()))}")
    if lines:
        yield "\n".join(lines) + "\n"


def _signature(name: str, function: Any) -> str:  # noqa: ANN401 - any callable
    parameters = inspect.signature(function).parameters.values()
    shown, named = [], False
    for each in parameters:
        if each.kind is each.KEYWORD_ONLY and not named:
            named = True
            shown.append("*")
        star = "*" if each.kind is each.VAR_POSITIONAL else "**" if each.kind is each.VAR_KEYWORD else ""
        named = named or star == "*"
        default = "" if each.default is each.empty else f"={each.default!r}"
        shown.append(f"{star}{each.name}{default}")
    return f"sumbench.{name}(\n" + "".join(f"    {each},\n" for each in shown) + ")"


def described(text: str) -> Iterator[str]:
    """Yield a docstring of Google's form as Markdown: paragraphs, and lists of arguments and errors."""
    for block in text.split("\n\n"):
        first, _, rest = block.partition("\n")
        section = _SECTION.fullmatch(first)
        if section is None:
            yield f"```text\n{block}\n```\n" if block.startswith((" ", ">>>")) else f"{_marked(block)}\n"
            continue
        yield f"{section['title']}:\n"
        items = re.split(r"\n(?=    \S)", rest)
        if section["title"] == "Returns":
            yield f"- {_marked(' '.join(rest.split()))}\n"
            continue
        pairs = (" ".join(item.split()).partition(": ") for item in items)
        yield "\n".join(f"- `{name}`: {_marked(what)}" for name, _, what in pairs) + "\n"


def _marked(text: str) -> str:
    """Return prose of a docstring as Markdown: what stands in backticks stays, the rest is text."""
    return "".join(part if number % 2 else written(part) for number, part in enumerate(re.split(r"(`+[^`]*`+)", text)))
