"""The site is built without a warning, and fetches nothing."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import DOCS
from tests.docs.pages import ROOT

pytest.importorskip("zensical", reason="the site needs zensical, which the extra `docs` installs")


def test_the_site_is_built_strictly_and_asks_nothing_of_the_network(tmp_path: Path) -> None:
    """Every link leads to a page that is there; no page loads a script, a style or a font from elsewhere."""
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    shutil.copytree(DOCS, tmp_path / "docs")
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        loaded = re.findall(r"<(?:script|link|img)\b[^>]*\b(?:src|href)=\"?(https?:[^\s\">]+)", page.read_text("utf-8"))
        assert loaded == [], page.name
