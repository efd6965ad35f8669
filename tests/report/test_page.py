"""The page's Python: what stands in it, what is left out, and that data cannot leave its place."""

import base64
import gzip
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sumbench
from sumbench.cli import main
from sumbench.errors import RunError
from sumbench.jobs import finish as ending
from sumbench.jobs.finish import finish
from sumbench.report import PageRun
from sumbench.report import model
from sumbench.report import render_page
from sumbench.report.figures import write_figures
from sumbench.report.model import FAILED
from sumbench.report.model import PageData
from sumbench.report.page import policy
from sumbench.report.page import script
from sumbench.report.plots.agreement import rank_correlations
from sumbench.report.plots.documents import documents_scale
from sumbench.report.provenance import command
from sumbench.report.records import Offsets
from sumbench.report.records import blocks
from sumbench.report.records import stop_words
from sumbench.report.svg import Scale
from sumbench.report.svg import spread_labels
from sumbench.report.svg import tick_text
from sumbench.runs.store import RunFolder
from sumbench.stats import analyse
from tests.report.made import HOSTILE
from tests.report.made import made
from tests.report.made import page
from tests.report.made import written


def content(block: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """What is packed in a block."""
    return json.loads(gzip.decompress(base64.b64decode(block)))


def unpacked(html: str, name: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """The content of a block of a page."""
    found = re.search(rf'<script type="text/plain" data-block="{name}">([^<]*)</script>', html)
    assert found
    return content(found[1])


@pytest.fixture(scope="module")
def drawn() -> str:
    """The page of a run of fourteen documents."""
    return render_page([page()]).html


def test_a_page_says_the_verdict_and_shows_the_table_without_its_script(drawn: str) -> None:
    """Question, verdict, rows in the table's order, intervals as lines, and notes are plain HTML."""
    text = drawn.partition('<script type="application/json"')[0]
    assert "bridges · 14 documents · 28 references" in text
    assert "wrote no summary of 1 of 14 documents" in text
    assert text.index('data-name="alpha"') < text.index('data-name="beta"') < text.index('data-name="lead"')
    assert text.count('<svg class="dots"') >= 4
    assert "corpus: bridges, sha256" in text


def test_the_pages_data_is_what_the_run_has(drawn: str) -> None:
    """Documents, scores as shown, marks, and texts are unpacked from its blocks as they were."""
    index = unpacked(drawn, "index")
    assert index["ids"][0] == "d00"
    assert index["group"] == "genre"
    assert index["flags"][1][1] & FAILED
    scores = unpacked(drawn, "scores-rouge2")
    assert len(scores) == 14
    assert scores[1][1] == 0.0
    first = unpacked(drawn, "texts-0")[0]
    assert first["references"][0].startswith("The council")
    (span,) = first["summaries"][0][0]["spans"]
    text = first["summaries"][0][0]["text"].encode("utf-16-le")
    assert text[2 * span["at"][0] : 2 * span["at"][1]].decode("utf-16-le") == "three"
    assert "raw" in first["summaries"][0][0]


def test_hostile_texts_stay_data() -> None:
    """In every place of a run they neither end a block nor begin an element; the page has its own scripts alone."""
    html = render_page([page(2, HOSTILE, ("alpha", f"b{HOSTILE}", "lead"))]).html
    assert html.count("<script>") == 1
    assert html.count("<style>") == 1
    assert "<img" not in html.replace(script(), "")
    assert "<!-- " not in html
    assert "\x00" not in html
    assert "49" not in re.findall(r"single.{0,40}", html)[0]
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert data
    assert json.loads(data[1])["columns"][1]["label"] == f"b{HOSTILE}"


def test_the_policy_allows_the_pages_own_script_and_style_alone(drawn: str) -> None:
    """Both are named by their hashes, and nothing may be asked of the network."""
    assert drawn.count("Content-Security-Policy") == 1
    assert policy().startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy()
    assert "</script" not in script()
    assert not re.search(r'\s(style|on\w+)="', drawn.partition("<script")[0])


def test_a_page_is_the_same_each_time() -> None:
    """Two pages of one run are equal to the byte."""
    assert render_page([page(3)]).html == render_page([page(3)]).html


def test_of_many_documents_those_that_say_most_are_in_the_page() -> None:
    """Failed ones, those that moved most, and the ends come first; `whole` has all, however long."""
    few = PageData([page(12)], few=4, most_text=10)
    assert few.shown == frozenset()
    few = PageData([page(12)], few=4, most_text=6_000)
    assert "d01" in few.shown
    assert 0 < len(few.shown) <= 4
    assert len(PageData([page(12)], whole=True, most_text=10).shown) == 14


def test_of_very_many_documents_those_with_texts_alone_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each keeps its own scores, marks and texts, and the page says how many documents there are in all."""
    _, whole = blocks(PageData([page(12)]))
    monkeypatch.setattr(model, "LISTED", 6)
    data = PageData([page(12)], few=4)
    head, made_blocks = blocks(data)
    index, all_of_them = content(made_blocks["index"]), content(whole["index"])
    places = [all_of_them["ids"].index(name) for name in index["ids"]]
    assert (len(places), head["documents"]) == (4, 14)
    assert content(made_blocks["scores-rouge2"]) == [content(whole["scores-rouge2"])[place] for place in places]
    assert index["flags"] == [all_of_them["flags"][place] for place in places]
    assert [each["id"] for each in content(made_blocks["texts-0"])] == index["ids"]
    assert all(each["text"] for each in content(made_blocks["texts-0"]))


def test_runs_side_by_side_have_columns_each_and_share_documents() -> None:
    """Their systems carry the run's name, and changes between them stand in the page."""
    made_page = render_page([page(3, name="old"), page(4, name="new")], changes=["new: seed: 0 → 1"])
    index = unpacked(made_page.html, "index")
    assert index["ids"][-1] == "d03"
    assert unpacked(made_page.html, "scores-rouge1")[-1][0] is None
    assert "seed: 0 → 1" in made_page.html
    assert "old: alpha" in made_page.html


def test_ratings_are_kept_apart_by_run() -> None:
    """A browser shows what was answered on this run's pages, and not what was of another run of the same systems."""
    run = page(3)
    later = run.run.with_manifest(replace(run.run.manifest, started="2030-01-01T00:00:00+00:00"))
    runs = (run, run, PageRun("later", later, run.analysis, run.tables))
    pages = [render_page([one], rate=True).html for one in runs]
    first, same, other = [re.findall(r'"key":"(\w+)"', html) for html in pages]
    assert len(first) == 1
    assert first == same != other


def test_a_page_to_rate_has_no_scores() -> None:
    """Whoever rates can find no score in it, and no table."""
    html = render_page([page(3)], rate=True).html
    assert 'data-block="scores-' not in html
    assert "<table" not in html.partition("<script")[0]


def test_a_run_without_texts_has_a_page_all_the_same() -> None:
    """Its summaries are shown beside no article."""
    run = page(3)
    bare = PageRun(run.name, run.run.with_manifest(replace(run.run.manifest, texts=False)), run.analysis, run.tables)
    record = unpacked(render_page([bare]).html, "texts-0")[0]
    assert "text" not in record
    assert record["summaries"][0][0]["text"]


def test_a_stream_has_an_overview_alone() -> None:
    """Its texts and scores are not in memory: the page has verdict and table, and no document."""
    run = page(3)
    html = render_page([PageRun(run.name, run.run, replace(run.analysis, streamed=True), run.tables)]).html
    assert 'data-name="alpha"' in html
    assert unpacked(html, "index")["ids"] == []
    assert 'class="drawing"' not in html


def test_the_command_of_a_run_is_quoted_for_a_shell() -> None:
    """Settings become flags again; a run that `sumbench run` did not make has no command."""
    record = made(1).manifest
    assert command(record).startswith(
        "sumbench run default --corpus 'my corpus' --systems 'alpha,beta,as=x y' --limit 3"
    )
    assert command(replace(record, request=None)) == ""
    shard = replace(record, request={**(record.request or {}), "shard": "2/3"})
    assert command(shard).endswith("--limit 3 --shard 2/3")


def test_a_page_that_cannot_be_drawn_does_not_lose_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The run ends as it would, without the page, and a line says so."""

    def broken(*_: object) -> str:
        raise RunError("report.html: cannot be drawn: KeyError: 'x'")

    run = made(2)
    folder = RunFolder(written(tmp_path / "run", 2))
    monkeypatch.setattr(ending, "draw_page", broken)
    with folder.claimed():
        finish(run, folder, analyse(run), failed=False)
    assert not (folder.path / "report.html").exists()
    assert (folder.path / "checksums.sha256").exists()
    assert "cannot be drawn" in caplog.text


def test_the_command_line_writes_the_page_and_names_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The page of a folder goes to the file that is named."""
    run, file = written(tmp_path / "run"), tmp_path / "page.html"
    assert main(["report", str(run), "-o", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}\n"
    assert file.read_text("utf-8").startswith("<!doctype html>")
    assert main(["report", str(run), str(written(tmp_path / "other")), "-o", str(file)]) == 0
    assert "What changed between the runs" in file.read_text("utf-8")
    assert main(["report", f"{run}:alpha"]) == 2
    assert "a page shows whole runs" in capsys.readouterr().err
    assert main(["report", str(tmp_path / "none")]) == 2
    assert "no such folder" in capsys.readouterr().err


def test_runs_of_folders_of_one_name_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Their columns carry as much of the path as it takes; one run by itself is no two."""
    runs = [str(written(tmp_path / name / "run", 2)) for name in ("before", "after")]
    assert main(["report", *runs, "-o", str(tmp_path / "page.html")]) == 0
    html = (tmp_path / "page.html").read_text("utf-8")
    assert '"label":"before/run: alpha"' in html
    assert '"label":"after/run: alpha"' in html
    capsys.readouterr()
    assert main(["report", runs[0], runs[0]]) == 2
    assert "is named twice" in capsys.readouterr().err


def test_offsets_count_as_javascript_does() -> None:
    """A character beyond the first plane takes two units; a place outside the text is none."""
    assert Offsets("a😀b").place({"start": 2, "end": 3}) == (3, 4)
    assert Offsets("ab").place({"start": 1, "end": 3}) is None
    assert Offsets("ab").place([0, 1]) is None


def test_scales_have_round_ticks() -> None:
    """Linear ones go by 1, 2 and 5, logarithmic ones by powers, or by these within few of them."""
    assert Scale(0, 21, 0, 100).ticks(5) == [0, 5, 10, 15, 20]
    assert Scale(0.5, 2000, 0, 100, log=True).ticks() == [1, 10, 100, 1000]
    assert Scale(1.5, 30, 0, 100, log=True).ticks() == [2, 5, 10, 20]
    assert Scale(0, 10, 20, 120)(5) == 70
    assert tick_text(-2.5) == "−2.5"
    assert spread_labels([10, 11, 50], 8, 0, 100) == pytest.approx([6.5, 14.5, 50])


@pytest.mark.parametrize("number", [2, 40, 11_334, 1_000_000])
def test_the_documents_of_a_run_have_their_place_in_the_plot(number: int) -> None:
    """However many there are, they lie within the scale, with more of it above them."""
    scale = documents_scale(number)
    assert scale.low <= number <= scale.high / 2


def test_rank_correlations_are_those_of_spearman() -> None:
    """Within each document over the systems, then the mean; ties share a rank, and what ties all says nothing."""
    one = np.array([[1.0, 2.0, 3.0, 4.0], [1.0, 1.0, 2.0, 3.0], [5.0, 5.0, 5.0, 5.0]])
    other = np.array([[10.0, 30.0, 20.0, 40.0], [4.0, 3.0, 2.0, 1.0], [1.0, 2.0, 3.0, 4.0]])
    # 1 - 6 * 2 / (4 * 15) = 0.8; of ranks 1.5, 1.5, 3, 4 with 4, 3, 2, 1 it is -4.5 / sqrt(4.5 * 5).
    assert rank_correlations([one, other])[0, 1] == pytest.approx((0.8 - 4.5 / np.sqrt(22.5)) / 2)


def test_stop_words_are_known_for_some_languages() -> None:
    """English has them, a language without a list has none."""
    assert "the" in stop_words("en")
    assert stop_words("xx") == []


def test_a_folder_of_runs_has_an_index(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Runs of one corpus stand in one plot, the newest first, with what changed; a broken one is named."""
    for name, started, seed in (("old", "2026-11-01T08:00:00+00:00", 0), ("new <b>", "2026-11-02T08:00:00+00:00", 1)):
        folder = written(tmp_path / "results" / name)
        record = RunFolder(folder).read_manifest()
        assert record
        RunFolder(folder).write_manifest(replace(record, started=started, seed=seed))
    (written(tmp_path / "results" / "broken") / "scores.parquet").unlink()
    (tmp_path / "results" / "old" / "report.html").write_text("x")
    assert main(["report", str(tmp_path / "results")]) == 0
    html = (tmp_path / "results" / "index.html").read_text("utf-8")
    assert html.index("<h3>new &lt;b&gt;") < html.index('<h3><a href="old/report.html"')
    assert "seed: 0 → 1" in html
    assert html.count('class="series s0"') == 2
    assert "broken" in html[html.index("Not shown") :]
    assert "<script" not in html
    assert "1 of the runs cannot be read" in capsys.readouterr().err


def test_plots_are_written_as_files(tmp_path: Path) -> None:
    """Those for which there are figures; a name with a dollar stays a name."""
    pytest.importorskip("matplotlib")
    run = page(2, systems=("al$p$ha", "beta", "lead", "random"))
    figures = write_figures(run, tmp_path / "plots", ["svg"])
    names = {file.name for file in figures}
    assert {"scores.svg", "differences.svg", "distribution.svg", "seconds.svg", "length.svg"} <= names
    assert "al$p$ha" in (tmp_path / "plots" / "scores.svg").read_text("utf-8")


def test_people_stand_beside_the_metrics_where_they_rated(tmp_path: Path) -> None:
    """A run that was scored from rated outputs has their qualities in the matrix of values."""
    rows = (
        {
            "id": str(number),
            "document": f"Word{number} said. It rained. All left.",
            "references": [f"Word{number} said."],
        }
        | {
            "systems": {
                name: f"{text} {number}" for name, text in zip("abc", ("Word", "Rain fell", "All"), strict=True)
            }
        }
        | {"human": {name: {"coherence": rating} for name, rating in zip("abc", (3, number % 2 + 1, 5), strict=True)}}
        for number in range(6)
    )
    (tmp_path / "rated.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    sumbench.score(tmp_path / "rated.jsonl", tmp_path / "rated.jsonl", out=tmp_path / "run")
    html = (tmp_path / "run" / "report.html").read_text("utf-8")
    assert "people: coherence" in html
