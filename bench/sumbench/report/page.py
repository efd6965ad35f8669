"""Assembles the page: skeleton, style, script and data in one file that needs nothing else.

Its Content-Security-Policy allows the one style and the one script by their SHA-256, and no request to anywhere.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from sumbench.report.model import PageData
from sumbench.report.model import PageRun
from sumbench.report.overview import PageTable
from sumbench.report.overview import pages_of
from sumbench.report.overview import question
from sumbench.report.overview import split_verdict
from sumbench.report.pack import embedded
from sumbench.report.plots.every import plots_of
from sumbench.report.provenance import origins
from sumbench.report.records import blocks
from sumbench.version import __version__

if TYPE_CHECKING:
    from jinja2 import Template

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Page:
    """A page: its `html`, how many `documents` the runs have, and of how many the texts are `shown`."""

    html: str
    documents: int
    shown: int

    @property
    def size(self) -> int:
        """The size of its file in bytes."""
        return len(self.html.encode())


@cache
def script() -> str:
    """Return the page's script: its files in the order of their names, within one strict function."""
    files = sorted((HERE / "script").glob("*.js"))
    return '(() => {\n"use strict";\n' + "\n".join(file.read_text("utf-8") for file in files) + "})();\n"


@cache
def style() -> str:
    """Return the page's style sheet."""
    return (HERE / "page.css").read_text("utf-8")


@cache
def template(name: str) -> "Template":
    """Return a page's skeleton by its file's name; what stands in it is escaped."""
    from jinja2 import Environment
    from jinja2 import FileSystemLoader
    from jinja2 import StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(name)


def hashed(text: str) -> str:
    """Return a text's SHA-256 as a Content-Security-Policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def policy() -> str:
    """Return the page's Content-Security-Policy."""
    return (
        f"default-src 'none'; script-src {hashed(script())}; style-src {hashed(style())}; "
        "base-uri 'none'; form-action 'none'"
    )


def render_page(
    runs: Sequence[PageRun],
    *,
    whole: bool = False,
    compared: Sequence[PageTable] = (),
    changes: Sequence[str] = (),
    rate: bool = False,
) -> Page:
    """Draw the page of one run, or of several of the same corpus.

    Args:
        runs: The runs; the first gives the verdict and the value by which documents are chosen.
        whole: Whether all documents stand in it, however many there are.
        compared: Tables of how the runs differ.
        changes: What changed between the runs beside their scores, one line each.
        rate: Whether it has nothing but the rating of pairs of summaries.
    """
    data = PageData(runs, whole=whole)
    head, packed = blocks(data)
    first = runs[0]
    head |= {"rate": rate, "key": _key(data)}
    if rate:
        # A rater must not find the scores.
        packed = {name: content for name, content in packed.items() if not name.startswith("scores-")}
    verdict, more = split_verdict(first.tables[0].verdict)
    title = question(first.run.manifest)
    html = template("page.html.j2").render(
        policy=policy(),
        style=Markup(style()),  # noqa: S704 - ours
        script=Markup(script()),  # noqa: S704 - ours
        title="Which is better?" if rate else title,
        verdict=verdict,
        more=more,
        runs=[
            {
                "name": run.name,
                "question": question(run.run.manifest),
                "tables": list(pages_of(run)),
                "origins": origins(run),
                "verdict": " ".join(run.tables[0].verdict),
            }
            for run in runs
        ],
        plots=[] if rate else plots_of(first, data),
        compared=compared,
        changes=changes,
        data=embedded(head),
        blocks=packed,
        documents=len(data.ids),
        shown=len(data.shown),
        rate=rate,
        version=__version__,
    )
    return Page(html, len(data.ids), len(data.shown))


def _key(data: PageData) -> str:
    """Return the name under which a browser keeps the ratings given on a page, another one for each run."""
    begun = (run.run.manifest.started for run in data.runs)
    parts = "|".join((data.first.run.manifest.corpus.fingerprint, *begun, *data.labels))
    return hashlib.sha256(parts.encode("utf-8", "replace")).hexdigest()[:16]
