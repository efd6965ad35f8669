"""The page in a real browser: every view, by mouse and by keys, and nothing that leaves it."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Literal

import pytest

from sumbench.report import render_page
from tests.report.made import HOSTILE
from tests.report.made import page as made_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser
    from playwright.sync_api import Page

sync_api = pytest.importorskip("playwright.sync_api", reason="the browser's tests need playwright (extra `test`)")
expect = sync_api.expect

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
VIEWS = {
    "": ".main-table",
    "#view=documents": ".matrix",
    "#doc=d00&sys=alpha": ".edition",
    "#view=compare": ".three",
    "#view=rate": ".rating",
}
"""The views by their addresses, each with what is seen when it is drawn."""


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """One Chromium for all tests of the module."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here")
    with sync_api.sync_playwright() as started:
        found = started.chromium.launch(executable_path=CHROMIUM)
        yield found
        found.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages: of a usual run, of hostile texts, for rating alone, of few documents, two runs, and equal texts."""
    folder = tmp_path_factory.mktemp("pages")
    usual = [made_page(12)]
    pages = {
        "usual": render_page(usual),
        "hostile": render_page([made_page(2, HOSTILE, ("alpha", f"b{HOSTILE}", "lead"))]),
        "rate": render_page(usual, rate=True),
        "small": render_page([made_page(1)]),
        "two": render_page([made_page(2, name="old"), made_page(3, name="new")]),
        "same": render_page([made_page(1, systems=("alpha", "beta", "lead", "again"))]),
    }
    found = {name: folder / f"{name}.html" for name in pages}
    for name, page in pages.items():
        found[name].write_text(page.html, "utf-8", newline="")
    return found


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    """A window in which nothing may go wrong: no error on the console, no request but for the page's own file."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, accept_downloads=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    found = context.new_page()
    found.set_default_timeout(8000)
    wrong: list[str] = []
    found.on("console", lambda line: wrong.append(line.text) if line.type in {"error", "warning"} else None)
    found.on("pageerror", lambda error: wrong.append(str(error)))
    found.on("dialog", lambda dialog: wrong.append(dialog.message))
    found.on("request", lambda one: None if one.url.startswith(("file:", "blob:")) else wrong.append(one.url))
    yield found
    title = found.title()
    context.close()
    assert wrong == []
    assert title != "run"


def names(page: "Page") -> list[str]:
    """The names in the first column of the result table, as they stand."""
    return page.locator(".main-table tbody tr:not(.heading):visible th").all_inner_texts()


def test_the_table_is_sorted_filtered_and_its_columns_are_chosen(page: "Page", files: dict[str, Path]) -> None:
    """A head sorts within each section and goes back; a filter hides rows; details come as columns when asked for."""
    page.goto(files["usual"].as_uri())
    original = names(page)
    head = page.locator(".main-table thead th", has_text="ROUGE-1").first
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    head.get_by_role("button").click()
    assert names(page)[:2] == original[1::-1] or names(page)[:2] == original[:2]
    head.get_by_role("button").click()
    assert names(page) == original
    page.get_by_placeholder("filter rows").fill("alp")
    assert names(page) == ["alpha"]
    page.get_by_placeholder("filter rows").fill("")
    page.get_by_text("columns", exact=True).click()
    page.get_by_label("ROUGE-2: low").check()
    expect(page.locator(".main-table thead th[data-key=rouge2_low]")).to_be_visible()
    page.keyboard.press("Escape")


def test_tables_are_copied_as_they_are_shown(page: "Page", files: dict[str, Path]) -> None:
    """Markdown and LaTeX have what is read, CSV has every digit."""
    page.goto(files["usual"].as_uri())
    copied = {}
    for name in ("Markdown", "LaTeX", "CSV"):
        page.locator(".main-table").get_by_role("button", name=name).click()
        expect(page.locator("#said")).to_have_text("copied")
        copied[name] = page.evaluate("navigator.clipboard.readText()")
        page.evaluate("document.getElementById('said').textContent = ''")
    assert copied["Markdown"].startswith("| system | ROUGE-1 |")
    assert "| *floors* |" in copied["Markdown"]
    assert copied["LaTeX"].startswith("% \\usepackage{booktabs}\n\\begin{tabular}{l")
    assert copied["CSV"].startswith("section,system,rouge1,rouge2,")
    assert len(copied["CSV"].splitlines()[1].split(",")[2]) > 6


def test_a_document_is_opened_from_the_matrix_with_the_keyboard_alone(page: "Page", files: dict[str, Path]) -> None:
    """Keys lead from the overview into a cell, to its document, through documents and systems, and back."""
    page.goto(files["usual"].as_uri())
    page.keyboard.press("g")
    page.keyboard.press("d")
    expect(page.locator(".matrix tbody tr[aria-rowindex]")).to_have_count(14)
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.cell") == "1,1"
    page.keyboard.press("Enter")
    expect(page.locator(".summary.front")).to_have_attribute("data-system", "beta")
    first = page.url
    page.keyboard.press("j")
    expect(page).not_to_have_url(first)
    page.keyboard.press("n")
    expect(page.locator(".summary.front")).to_have_attribute("data-system", "lead")
    page.go_back()
    expect(page).to_have_url(first)
    page.keyboard.press("Escape")
    expect(page.locator(".matrix")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("from cell to cell")


def test_the_matrix_sorts_by_the_difference_of_two_systems(page: "Page", files: dict[str, Path]) -> None:
    """The largest difference stands first, none last; filters and a search leave what fits; all is in the address."""
    page.goto(f"{files['usual'].as_uri()}#view=documents&a=alpha&b=lead")
    expect(page.locator(".matrix tbody tr[aria-rowindex]")).to_have_count(14)
    shown = page.locator(".matrix tbody td.gap").all_inner_texts()
    sizes = [abs(float(text.replace("−", "-"))) for text in shown if text]
    assert sizes == sorted(sizes, reverse=True)
    page.get_by_label("show").select_option("failed")
    expect(page.locator(".matrix tbody tr[aria-rowindex]")).to_have_count(1)
    expect(page.locator(".matrix tbody")).to_contain_text("✕")
    assert "show=failed" in page.url
    page.get_by_label("show").select_option("")
    page.get_by_label("search titles and ids").fill("part 7")
    expect(page.locator(".matrix tbody tr[aria-rowindex]")).to_have_count(1)
    assert page.evaluate("document.activeElement.dataset.keep") == "search"
    page.goto(f"{files['two'].as_uri()}#view=documents&a=new%3A+alpha&b=old%3A+alpha")
    expect(page.locator(".matrix tbody td.gap")).to_have_count(5)
    assert page.locator(".matrix tbody td.gap").all_inner_texts()[-1] == ""


def test_a_document_shows_where_its_summary_comes_from(page: "Page", files: dict[str, Path]) -> None:
    """Words shared with the reference, sentences and their source, what is unsupported and why, what was taken off."""
    page.goto(f"{files['usual'].as_uri()}#doc=d00&sys=alpha")
    front = page.locator(".summary.front")
    expect(front.locator("mark.shared")).to_have_text(["council", "voted", "bridge"])
    page.get_by_label("shared").select_option("bigrams")
    expect(page.locator(".summary.front mark.shared")).to_have_text(["The council voted for"])
    expect(page.locator(".line.from").first).to_contain_text("The council voted for the new bridge by nine to four.")
    assert page.locator(".sentence.from").first.get_attribute("data-from") == "1"
    marked = page.locator(".summary.front .unsupported")
    assert "".join(marked.all_inner_texts()) == "three"
    marked.first.focus()
    expect(page.locator("#tip")).to_contain_text("number: the source says two")
    page.keyboard.press("Escape")
    expect(page.locator("#tip")).to_be_hidden()
    assert page.locator(".article .against").inner_text() == "two"
    page.get_by_text("all that it wrote").click()
    expect(front.locator("pre").first).to_contain_text("<think>hm </think>")
    page.get_by_role("button", name="flagged").click()
    expect(page.locator(".summary.front .unsupported")).to_have_count(0)
    assert "off=u" in page.url


def test_the_part_that_a_system_never_read_is_greyed(page: "Page", files: dict[str, Path]) -> None:
    """A line says where it ends, with the tokens."""
    page.goto(f"{files['usual'].as_uri()}#doc=d00&sys=beta")
    expect(page.locator(".read-to")).to_contain_text("beta read to about here: 40 of 100 tokens")
    assert page.locator(".sentence.unread").count() > 1


def test_other_scripts_and_failures_are_shown(page: "Page", files: dict[str, Path]) -> None:
    """Arabic runs from right to left, Chinese words are found, a failed summary has its reason."""
    page.goto(f"{files['usual'].as_uri()}#doc=ar&sys=lead")
    first = page.locator(".article-text p").first
    assert first.evaluate("(one) => getComputedStyle(one).direction") == "rtl"
    page.goto(f"{files['usual'].as_uri()}#doc=zh&sys=lead")
    expect(page.locator(".references mark.shared").first).to_be_visible()
    page.goto(f"{files['usual'].as_uri()}#doc=d01&sys=beta")
    expect(page.locator(".summary.front")).to_contain_text("no summary (error): it broke")
    page.goto(f"{files['usual'].as_uri()}#doc=nowhere")
    expect(page.locator("#view")).to_contain_text("There is no document nowhere")


def test_two_systems_are_compared_word_by_word(page: "Page", files: dict[str, Path]) -> None:
    """How often each is better, the documents that moved, and what one summary has and the other has not."""
    page.goto(f"{files['usual'].as_uri()}#view=compare&a=alpha&b=beta&doc=d00")
    expect(page.locator(".verdict").last).to_contain_text("alpha scores better than beta on")
    expect(page.locator(".side.first ins").first).to_be_visible()
    expect(page.locator(".side.second del").first).to_be_visible()
    page.get_by_role("button", name="swap").click()
    expect(page.locator(".side.first h3")).to_contain_text("beta")
    page.keyboard.press("j")
    expect(page).not_to_have_url(re.compile("doc=d00$|doc=d00&"))


def test_pairs_are_rated_blindly_and_exported(page: "Page", files: dict[str, Path]) -> None:
    """Names and scores are not seen, equal texts not asked; answers outlive the page and leave it as JSON Lines."""
    page.goto(files["rate"].as_uri())
    page.get_by_placeholder("your name").fill("Ada")
    page.get_by_placeholder("your name").blur()
    expect(page.locator(".candidate")).to_have_count(2)
    shown = page.locator("main").inner_text()
    assert not any(name in shown for name in ("alpha", "beta", "ROUGE"))
    page.get_by_placeholder("why, if you like").fill("shorter")
    page.get_by_placeholder("why, if you like").blur()
    for number, key in enumerate("120", 1):
        page.keyboard.press(key)
        expect(page.locator(".progress")).to_contain_text(f"{number} answered")
    page.reload()
    expect(page.locator(".progress")).to_contain_text("3 answered")
    with page.expect_download() as download:
        page.get_by_role("button", name="export answers").click()
    records = [json.loads(line) for line in download.value.path().read_text("utf-8").splitlines()]
    assert [set(record) for record in records] == [{"document", "a", "b", "preferred", "reason", "rater", "order"}] * 3
    assert records[0]["reason"] == "shorter"
    assert {record["rater"] for record in records} == {"Ada"}
    assert records[0]["preferred"] == ("a" if records[0]["order"] == "ab" else "b")
    assert records[2]["preferred"] == "tie"
    for chosen, pairs in (("", 40), ("&a=alpha", 27), ("&b=alpha", 27), ("&a=alpha&b=beta", 13)):
        page.goto(f"{files['usual'].as_uri()}#view=rate{chosen}")
        expect(page.locator(".progress")).to_contain_text(f" of {pairs} pairs left")
    page.goto(f"{files['same'].as_uri()}#view=rate&a=beta&b=again")
    expect(page.locator("#view")).to_contain_text("All pairs are answered, but for 2 pairs of equal texts.")


def test_nothing_of_a_hostile_run_is_carried_out(page: "Page", files: dict[str, Path]) -> None:
    """Every view shows its texts as texts."""
    for view in ("", "#view=documents", "#view=compare", "#view=rate"):
        page.goto(f"{files['hostile'].as_uri()}{view}")
        page.wait_for_selector(".main-table, .matrix, .three, .rating", state="attached")
        assert page.locator("img, iframe, object, a[href^=javascript]").count() == 0
    page.goto(f"{files['hostile'].as_uri()}#view=documents&sort=corpus")
    page.locator(".matrix tbody tr[aria-rowindex] th a").last.click()
    expect(page.locator(".article-text")).to_contain_text("<script>document.title = 'run'</script>")
    assert page.locator("main script").count() == 0


def test_a_narrow_window_scrolls_in_one_direction(page: "Page", files: dict[str, Path]) -> None:
    """At 400 pixels no view is wider than the window; what is wider scrolls within itself."""
    page.set_viewport_size({"width": 400, "height": 800})
    for view, drawn in VIEWS.items():
        page.goto(f"{files['usual'].as_uri()}{view}")
        page.wait_for_selector(drawn)
        assert page.evaluate("document.documentElement.scrollWidth") <= 400, view


def test_without_javascript_there_are_table_and_plots(browser: "Browser", files: dict[str, Path]) -> None:
    """The overview is there, and says what needs JavaScript."""
    context = browser.new_context(java_script_enabled=False)
    found = context.new_page()
    found.goto(files["usual"].as_uri())
    expect(found.locator(".main-table tbody tr").first).to_be_visible()
    expect(found.locator(".drawing svg").first).to_be_visible()
    expect(found.locator("noscript")).to_be_visible()
    context.close()


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core, which npm installs into a cache once."""
    home = os.environ.get("XDG_CACHE_HOME") or (Path.home() / ".cache")
    folder = Path(home) / "sumbench-tests"
    source = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not source.exists():
        if shutil.which("npm") is None:
            pytest.skip("there is no npm here to fetch axe-core with")
        folder.mkdir(parents=True, exist_ok=True)
        quiet = ("--no-audit", "--no-fund", "--ignore-scripts")
        done = subprocess.run(
            ["npm", "install", "--prefix", str(folder), *quiet, "axe-core@4.11"],
            capture_output=True,
            check=False,
            timeout=60,
        )
        if done.returncode:
            pytest.skip("npm cannot fetch axe-core here")
    return source.read_text("utf-8")


@pytest.mark.parametrize(
    ("theme", "run_only"), [("light", ["wcag2a", "wcag2aa", "wcag21aa"]), ("dark", ["color-contrast"])]
)
def test_axe_finds_no_serious_fault(
    browser: "Browser", files: dict[str, Path], axe: str, theme: Literal["light", "dark"], run_only: list[str]
) -> None:
    """Contrast, names, roles and structure hold in every view."""
    context = browser.new_context(color_scheme=theme, viewport={"width": 1400, "height": 900})
    found = context.new_page()
    found.goto(files["small"].as_uri())
    found.evaluate(axe)
    faults = []
    for view, drawn in VIEWS.items():
        found.evaluate("(view) => location.assign(view || '#')", view)
        found.wait_for_selector(drawn)
        result = found.evaluate(
            "(tags) => axe.run(document, {resultTypes: ['violations'], runOnly: tags, preload: false})", run_only
        )
        faults += [
            (view, each["id"], each["nodes"][0]["html"][:200])
            for each in result["violations"]
            if each["impact"] in {"serious", "critical"}
        ]
    context.close()
    assert faults == []
