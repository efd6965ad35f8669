"""Runs of very many documents: a limit that is lowered makes a small run a large one, which says the same."""

import gc
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import sumbench
from sumbench.corpus import open_corpus
from sumbench.corpus import stored
from sumbench.corpus.stored import StoredDocuments
from sumbench.jobs import gathered
from sumbench.jobs.merge import merge
from sumbench.jobs.scoring import batches
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.report import model
from sumbench.report.model import PageData
from sumbench.report.model import PageRun
from sumbench.run_record import Run
from sumbench.runs import journal
from sumbench.runs.journal import Journal
from sumbench.runs.store import read_run
from sumbench.runs.summary_index import StoredSummaries
from sumbench.runs.summary_index import SummaryIndex
from sumbench.stats import analyse
from sumbench.weights import Store

SYSTEMS = "random,sentences=1,lead,sentences=2"
TIMELESS = ("documents.parquet", "scores.parquet", "table.md")


def articles() -> Iterator[dict[str, object]]:
    """Fourteen articles, two of them alike, two in French."""
    for number in range(12):
        text = f"The council met in town {number % 11}. It voted for bridge {number % 11}. Rain fell. All went home."
        yield {"id": f"d{number:02}", "document": text, "summary": f"Town {number} has a bridge.", "genre": "news"}
    for number in (12, 13):
        text = f"Le conseil de la ville {number} s'est réuni hier soir. Il a voté pour le pont. Il pleuvait."
        yield {"id": f"d{number}", "document": text, "summary": "La ville aura un pont.", "genre": "actualité"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the articles, a usual run, and with the limits lowered the same and its shards."""
    made = tmp_path_factory.mktemp("large")
    table = made / "articles.jsonl"
    table.write_text("".join(json.dumps(article) + "\n" for article in articles()))

    def run(name: str, shard: str | None = None) -> None:
        sumbench.run(table, SYSTEMS, metrics="rouge", shard=shard, out=made / name, cache=False)

    run("usual")
    with pytest.MonkeyPatch.context() as patch:
        lowered(patch)
        run("large")
        for number in (1, 2):
            run(f"s{number}", f"{number}/2")
    return made


def lowered(patch: pytest.MonkeyPatch) -> None:
    """Have everything stored that is more than three documents or summaries, two documents a block."""
    patch.setattr(stored, "KEPT", 3)
    patch.setattr(stored, "BLOCK", 2)
    patch.setattr(gathered, "KEPT", 3)


def numbers(run: Path) -> dict[str, object]:
    """Return what run.json says but for times and memory."""
    content = json.loads((run / "run.json").read_text())
    for system in content["systems"]:
        system.pop("telemetry", None)
    return {key: content[key] for key in ("corpus", "systems", "metrics", "ranked_by")}


def texts(run: Path) -> list[Summary]:
    """Return a run's summaries but for their times."""
    return [replace(one, seconds=None) for one in journal.read_journal(run / journal.FILE)]


def test_a_large_run_is_that_of_a_usual_one(folder: Path) -> None:
    """Documents, scores and table have the same bytes; notes, languages, fingerprints and summaries are the same."""
    for name in TIMELESS:
        assert (folder / "large" / name).read_bytes() == (folder / "usual" / name).read_bytes()
    assert numbers(folder / "large") == numbers(folder / "usual")
    assert texts(folder / "large") == texts(folder / "usual")
    assert "duplicate" in (folder / "large" / "table.md").read_text()


def test_large_shards_merge_into_the_usual_run(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """So do the shards of a large run, whose documents the merge takes in turn."""
    lowered(monkeypatch)
    merge([folder / "s1", folder / "s2"], Store(tmp_path / "store", offline=True), tmp_path / "merged")
    for name in TIMELESS[:2]:
        assert (tmp_path / "merged" / name).read_bytes() == (folder / "usual" / name).read_bytes()
    assert texts(tmp_path / "merged") == texts(folder / "usual")


def test_a_killed_large_run_goes_on(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of a journal that was torn, in another order and with a line twice, all that is whole is taken."""
    lowered(monkeypatch)
    run = tmp_path / "run"
    run.mkdir()
    (run / "run.json").write_bytes((folder / "large" / "run.json").read_bytes())
    lines = (folder / "large" / journal.FILE).read_bytes().splitlines(keepends=True)
    (run / journal.FILE).write_bytes(b"".join([*lines[20:9:-1], lines[12], lines[3][:-9]]))
    sumbench.run(folder / "articles.jsonl", SYSTEMS, metrics="rouge", out=run, cache=False)
    assert texts(run) == texts(folder / "usual")
    kept = set(lines[10:21])
    assert kept <= set((run / journal.FILE).read_bytes().splitlines(keepends=True))
    assert (run / "scores.parquet").read_bytes() == (folder / "usual" / "scores.parquet").read_bytes()


def test_no_more_than_a_few_blocks_are_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are written as they come, and of those that are read a few blocks are held."""
    monkeypatch.setattr(stored, "BLOCK", 2)
    alive = 0
    most = 0

    class Counted(dict[str, str]):
        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    def coming() -> Iterator[Document]:
        nonlocal alive, most
        for number in range(100):
            alive += 1
            most = max(most, alive)
            yield Document(str(number), f"text {number}", ("a",), metadata=Counted(n=str(number)))

    documents = stored.collected(coming(), most=5)
    assert isinstance(documents, StoredDocuments)
    # The first six wait until it is clear that there are more; those of two blocks are on their way.
    assert most <= 10
    assert [document.text for document in documents] == [f"text {number}" for number in range(100)]
    held = [each for each in gc.get_objects() if type(each) is Document and each.text.startswith("text ")]
    assert len(held) <= 8
    some = documents.at([3, 50, 99])
    assert (len(some), some[1].id, some[-1].metadata, [each.id for each in some[:2]]) == (
        3,
        "50",
        {"n": "99"},
        ["3", "50"],
    )


def test_few_documents_are_kept() -> None:
    """Up to the limit they are what they were."""
    few = [Document(str(number), "t", ("a",)) for number in range(5)]
    assert stored.collected(iter(few), most=5) == few


def test_stored_documents_know_which_languages_were_guessed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Languages and counts are those of a corpus in memory, whole and in part."""
    usual = open_corpus(str(folder / "articles.jsonl"))
    lowered(monkeypatch)
    large = open_corpus(str(folder / "articles.jsonl"))
    assert isinstance(large.documents, StoredDocuments)
    assert tuple(large.documents) == usual.documents
    assert large.fingerprint == usual.fingerprint
    assert stored.guess_counts(large.documents, {}) == stored.guess_counts(usual.documents, usual.guesses) == (14, 0)
    assert large.documents.at([0, 13]).guess_counts() == (2, 0)


def test_summaries_are_read_by_where_they_stand(tmp_path: Path) -> None:
    """Batches have what tuples give; putting the journal in order leaves one that is in order alone."""
    file = tmp_path / journal.FILE
    ids = ("a", "b", "c")
    of_system = {name: SummaryIndex(file, name, dict(zip(ids, range(3), strict=True)), 2) for name in ("s", "t")}
    made = [
        Summary(id_, name, f"{id_}{draw}", 1, 1, 1, 0.5, draw=draw) for name in "st" for id_ in ids for draw in (1, 2)
    ]
    with Journal(file) as lines:
        for one in (replace(made[4], text="old"), *reversed(made)):
            of_system[one.system].add(one, lines.append(one))
    found = StoredSummaries(list(of_system.values()))
    documents = [Document(id_, "t", ("r",)) for id_ in ids]
    for _ in range(2):
        assert (tuple(found), len(found), found[7], found[:2]) == (tuple(made), 12, made[7], tuple(made[:2]))
        assert [batch.summaries for batch in batches(documents, found, 2)] == [
            batch.summaries for batch in batches(documents, made, 2)
        ]
        found.put_in_order(file)
        assert journal.read_journal(file) == made
    before = file.stat()
    found.put_in_order(file)
    assert file.stat() == before


def test_the_page_of_very_many_documents_lists_those_it_shows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their texts and scores are there, the number of all is said, and figures are of all of them."""
    monkeypatch.setattr(model, "LISTED", 5)
    run = read_run(folder / "usual")
    data = PageData([PageRun("run", run, analyse(run), ())], few=4)
    assert len(data.shown) == 4
    assert data.listed == tuple(name for name in run.ids if name in data.shown)
    assert all(data.document(name) and data.draws(name, data.columns[0]) for name in data.listed)
    assert len(data.scores["rouge1"]) == len(data.ids) == 14


def test_statistics_of_scores_in_parts_are_those_of_all_at_once(folder: Path) -> None:
    """A run whose scores are read in pieces has the same analysis, to the last bit."""
    run = read_run(folder / "usual")
    pieces = [type(run.scores)(run.scores.table.slice(at, 50)) for at in range(0, len(run.scores), 50)]
    parts = Run(run.manifest, run.summaries, run.scores, run.documents, (), run.ids, (), lambda: pieces)
    one, other = analyse(run), analyse(parts)
    assert (one.standings, one.intervals, one.comparisons) == (other.standings, other.intervals, other.comparisons)
    assert np.isfinite(one.standings[0].means["rouge1"])
