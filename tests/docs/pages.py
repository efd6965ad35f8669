"""The pages that readers see, and the snippets in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

DOCS = ROOT / "docs"

BLOCK = re.compile(
    r"^(?P<marks>(?:<!--[^\n]*-->\n)*)(?P<indent> *)```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^ *```$",
    re.DOTALL | re.MULTILINE,
)
"""A fenced block, with the comments that stand right before it."""

INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")

MARK = re.compile(r"<!-- (?P<what>not run|dry run): (?P<reason>.+?) -->")

SHELL = ("", "bash", "sh")
"""The languages of blocks whose lines that begin with `sumbench` are run."""


@dataclass(frozen=True)
class Snippet:
    """A fenced block of a page: its language, its text, and why it is `not run`, or only a `dry run`, if so."""

    page: Path
    language: str
    text: str
    treated: str = ""
    reason: str = ""

    @property
    def commands(self) -> list[str]:
        """The commands of sumbench in it, without comments; a line that ends with a backslash goes on."""
        lines = self.text.replace("\\\n", " ").splitlines()
        found = (re.sub(r"\s+#\s.*", "", line).strip() for line in lines)
        return [" ".join(line.split()) for line in found if line.startswith("sumbench ")]


def made_part(name: str) -> re.Pattern[str]:
    """Return what finds the part of a page that is made: between `<!-- NAME: … -->` and `<!-- end of NAME -->`."""
    return re.compile(
        rf"(?P<begin>^<!-- {name}: [^\n]* -->\n).*?(?P<end>^<!-- end of {name} -->$)", re.DOTALL | re.MULTILINE
    )


def pages() -> list[Path]:
    """Return README.md and every page of docs/."""
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def name(page: Path) -> str:
    """Return a page's path in the repository."""
    return page.relative_to(ROOT).as_posix()


def snippets(page: Path) -> Iterator[Snippet]:
    """Yield the fenced blocks of a page in order."""
    for found in BLOCK.finditer(page.read_text("utf-8")):
        mark = MARK.search(found["marks"])
        text = re.sub(rf"^{found['indent']}", "", found["text"], flags=re.MULTILINE)
        yield Snippet(page, found["language"], text, *((mark["what"], mark["reason"]) if mark else ()))


def inline(page: Path) -> list[str]:
    """Return what stands between single backticks in a page's text."""
    return INLINE.findall(BLOCK.sub("", page.read_text("utf-8")))


def written(text: str) -> str:
    """Return text as a paragraph of Markdown in which no character has a meaning that it does not have as text."""
    return re.sub(r"([*_<>\[\]|])", r"\\\1", text)
