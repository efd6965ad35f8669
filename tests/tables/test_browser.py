"""The HTML of a table as a browser lays it out."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.tables.fixed import rendered

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ("gpu", "quic", "background-networking", "component-update", "sync")

PAGE = """<!doctype html><meta charset="utf-8"><style>:root {{ color-scheme: light dark }}</style>
<div style="{window}">{table}</div>
<script>
const figure = document.querySelector("figure"), name = document.querySelector("th[scope=row]");
const left = name.getBoundingClientRect().left;
figure.scrollLeft = 60;
document.title = [
  figure.getBoundingClientRect().right <= document.body.getBoundingClientRect().right,
  figure.scrollWidth > figure.clientWidth,
  name.getBoundingClientRect().left === left,
  getComputedStyle(document.querySelector("thead th")).position,
].join(" ");
</script>"""


def measured(tmp_path: Path, window: str, width: int) -> list[str]:
    """Return what the page measured of itself in a window of so many pixels."""
    if BROWSER is None:
        pytest.skip("there is no Chromium here")
    page = tmp_path / "page.html"
    page.write_text(PAGE.format(window=window, table=rendered("html")), "utf-8")
    flags = ["--headless", "--no-sandbox", "--no-first-run", *(f"--disable-{name}" for name in QUIET)]
    place = [f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={width},600"]
    done = subprocess.run(
        [BROWSER, *flags, *place, "--dump-dom", page.as_uri()], capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout.partition("<title>")[2].partition("</title>")[0].split()


def test_a_table_scrolls_within_itself_where_there_is_no_room(tmp_path: Path) -> None:
    """In a narrow place the page is no wider for it, and the systems' names stay where they are as it scrolls."""
    assert measured(tmp_path, "width: 320px", 800) == ["true", "true", "true", "static"]


def test_the_header_stays_in_sight_in_a_wide_window(tmp_path: Path) -> None:
    """Nothing needs to scroll sideways, and the header sticks to the window."""
    assert measured(tmp_path, "", 1600) == ["true", "false", "true", "sticky"]
