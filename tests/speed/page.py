"""How long a page takes to draw, to be seen first, and to open documents: `python -m tests.speed.page`.

Twelve systems wrote of documents of up to 3,000 characters, the articles that ship turn about. Times in the browser
are those of a headless Chromium that opens the file from disk; a key's time is from pressing it to the next document's
being in place.
"""

import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser
from playwright.sync_api import sync_playwright

from sumbench.report import Page
from sumbench.report import PageRun
from sumbench.report import render_page
from sumbench.run_record import Run
from tests.report import made

SIZES = ((12, False), (40, False), (1_000, False), (11_334, False), (11_334, True))
SYSTEMS = (*(f"system-{number}" for number in range(10)), "lead", "random")
KEYS = 7
ARTICLES = Path(__file__).parents[2] / "references"

NEXT = """async () => {
  const before = location.hash, start = performance.now();
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "j" }));
  const wait = () => new Promise((done) => setTimeout(done, 1));
  while (location.hash === before) await wait();
  const id = new URLSearchParams(location.hash.slice(1)).get("doc");
  while (!document.querySelector(".about")?.textContent.startsWith(id)) await wait();
  return performance.now() - start;
}"""


def main() -> None:
    """Print a row a size."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    print("| documents | with texts | drawn in s | MB | first view s | matrix s | document s | key ms |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium)
        for number, whole in SIZES:
            run = with_articles(made.page(number, systems=SYSTEMS))
            start = time.perf_counter()
            page = render_page([run], whole=whole)
            took = time.perf_counter() - start
            file = Path(folder) / "page.html"
            file.write_text(page.html, "utf-8", newline="")
            print(row(page, took, *seen(browser, file)), flush=True)


def with_articles(run: PageRun) -> PageRun:
    """Return the run with the articles that ship, turn about, in place of its own."""
    texts = [file.read_text("utf-8")[:3000] for file in sorted(ARTICLES.glob("*/article.txt"))]
    some = tuple(replace(one, text=texts[at % len(texts)]) for at, one in enumerate(run.run.documents))
    whole = Run(run.run.manifest, run.run.summaries, run.run.scores, some, run.run.details)
    return PageRun(run.name, whole, run.analysis, run.tables)


def row(page: Page, took: float, first: float, matrix: float, opened: float, key: float) -> str:
    """Return a row of the table."""
    size = f"{page.documents:,} | {page.shown:,} | {took:.1f} | {page.size / 1e6:.2f}"
    return f"| {size} | {first:.2f} | {matrix:.2f} | {opened:.2f} | {key:.0f} |"


def seen(browser: Browser, file: Path) -> tuple[float, float, float, float]:
    """Return the seconds to the first view, the matrix and a document, and the milliseconds from key to document."""
    window = browser.new_page(viewport={"width": 1400, "height": 900})
    times = []
    steps = (
        (lambda: window.goto(file.as_uri()), "#views a"),
        (lambda: window.evaluate("location.hash = '#view=documents&show=texts'"), ".matrix tbody [data-cell]"),
        (lambda: window.evaluate("document.querySelector('.matrix tbody [data-cell]').click()"), ".edition"),
    )
    for step, place in steps:
        start = time.perf_counter()
        step()
        window.wait_for_selector(place)
        times.append(time.perf_counter() - start)
    key = median(window.evaluate(NEXT) for _ in range(KEYS))
    window.close()
    return times[0], times[1], times[2], key


if __name__ == "__main__":
    main()
