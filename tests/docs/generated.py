"""Pages, and parts of pages, that are made from the code and from the run that ships."""

import re
from pathlib import Path

from tests.docs import api
from tests.docs import commands
from tests.docs import file_formats
from tests.docs import notebooks
from tests.docs import ranks
from tests.docs.pages import DOCS
from tests.docs.pages import ROOT
from tests.docs.pages import made_part

README = ROOT / "README.md"

TABLE = made_part("table")


def written_pages() -> dict[Path, str]:
    """Return the text of each such page by its file."""
    return {
        README: readme(),
        ranks.PAGE: ranks.page(),
        DOCS / "reference" / "commands.md": commands.page(),
        DOCS / "reference" / "api.md": api.page(),
        DOCS / "reference" / "files.md": file_formats.page(),
        DOCS / "notebook.md": notebooks.page(),
    }


def readme() -> str:
    """Return the README with the first table of the run that ships, its verdict above it, without its notes."""
    table = (ROOT / "results" / "references-default" / "table.md").read_text("utf-8")
    shown = re.split(r"^- ", table, maxsplit=1, flags=re.MULTILINE)[0].strip()
    return TABLE.sub(lambda found: f"{found['begin']}{shown}\n{found['end']}", README.read_text("utf-8"))
