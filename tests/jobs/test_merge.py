"""Shards and merging: the parts of a run make the run, and what does not belong together is refused."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import sumbench
from sumbench.cli import main
from sumbench.corpus import Corpus
from sumbench.corpus.shard import Shard
from sumbench.corpus.shard import shard_of
from sumbench.errors import CorpusError
from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.jobs.merge import merge
from sumbench.jobs.telemetry import Expense
from sumbench.jobs.telemetry import measure_telemetry
from sumbench.jobs.telemetry import merge_telemetry
from sumbench.manifest import AddressCounts
from sumbench.manifest import RequestCounts
from sumbench.manifest import Spending
from sumbench.records import Document
from sumbench.runs.journal import read_journal
from sumbench.runs.store import RunFolder
from sumbench.runs.store import read_run
from sumbench.storage import expanded
from sumbench.weights import Store
from tests.conftest import systems_in_process
from tests.metrics import toys

pytestmark = pytest.mark.usefixtures("in_process")

ARTICLES = [
    {
        "id": f"d{number:02}",
        "document": f"The council met in town {number}. It voted for bridge {number}. Rain fell. All went home.",
        "references": [f"The council of town {number} voted for a bridge.", f"Bridge {number} will be built."],
        "genre": "news" if number % 2 else "minutes",
    }
    for number in (7, 3, 11, 1, 9, 5, 2)
]
SYSTEMS = "random,sentences=1,lead,sentences=2,oracle,sentences=1"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of the whole corpus and its shards 1 to 3, made one by one."""
    folder = tmp_path_factory.mktemp("runs")
    table = folder / "articles.jsonl"
    table.write_text("".join(json.dumps(article) + "\n" for article in ARTICLES))
    with systems_in_process():
        for name, shard in (("whole", None), ("s1", "1/3"), ("s2", "2/3"), ("s3", "3/3")):
            sumbench.run(table, SYSTEMS, shard=shard, out=folder / name, cache=False)
    return folder


def shards(runs: Path, *names: str) -> list[Path]:
    return [runs / name for name in names or ("s1", "s2", "s3")]


def store(folder: Path) -> Store:
    return Store(folder / "store", offline=True)


def test_every_document_is_in_one_shard_whatever_the_order() -> None:
    """A shard is chosen by the rank of the id, so that a corpus in another order has the same shards."""
    ids = [str(article["id"]) for article in ARTICLES]
    parts = [[ids[place] for place in Shard(number, 3).positions(ids)] for number in (1, 2, 3)]
    assert parts == [["d11", "d01", "d05"], ["d07", "d02"], ["d03", "d09"]]
    turned = ids[::-1]
    assert [sorted(turned[place] for place in Shard(number, 3).positions(turned)) for number in (1, 2, 3)] == [
        sorted(part) for part in parts
    ]


@pytest.mark.parametrize("text", ["9/8", "0/8", "3", "a/b", "3/8/9", "-1/2", "1/0", "1/9999999999", ""])
def test_what_is_no_shard_is_refused(text: str) -> None:
    """The error says how a shard is written."""
    with pytest.raises(UsageError, match="give which shard of how many: 1/8 to 8/8"):
        Shard.parse(text)


def test_more_shards_than_documents_are_refused() -> None:
    """A shard without documents is an error, and says how many shards there can be."""
    corpus = Corpus("two", tuple(Document(name, "A text.", ("A text.",), language="en") for name in "ab"))
    with pytest.raises(CorpusError, match="two has 2 documents: give 2 shards or fewer"):
        shard_of(corpus, Shard(3, 3))


def test_merged_shards_are_the_whole_run(runs: Path, tmp_path: Path) -> None:
    """Documents, scores and table are the same to the byte; summaries and run.json are, but for times and memory."""
    path, _ = merge(shards(runs, "s3", "s1", "s2"), store(tmp_path), tmp_path / "merged")
    for name in ("documents.parquet", "scores.parquet"):
        assert (path / name).read_bytes() == (runs / "whole" / name).read_bytes()
    whole, merged = read_run(runs / "whole"), read_run(path)
    assert [replace(each, seconds=0.0) for each in merged.summaries] == [
        replace(each, seconds=0.0) for each in whole.summaries
    ]
    table, other = ((folder / "table.md").read_text() for folder in (path, runs / "whole"))
    assert table.replace("0.00", "") == other.replace("0.00", "")
    same = json.loads((path / "run.json").read_text()), json.loads((runs / "whole" / "run.json").read_text())
    assert [each["shard"] for each in same[0]["merged"]] == ["3/3", "1/3", "2/3"]
    for record in same:
        for system in record["systems"]:
            assert system.pop("telemetry")["reused"] == 0
        for key in ("started", "seconds", "merged"):
            record.pop(key)
    assert same[0] == same[1]


def test_a_merged_run_is_made_again_as_the_whole(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its request is that of the whole run, so that --resume finds nothing to do, and the merged runs stay named."""
    path, _ = merge(shards(runs), store(tmp_path), tmp_path / "merged")
    before = (path / "scores.parquet").read_bytes()
    assert main(["run", "--resume", str(path), "--no-cache", "--quiet"]) == 0
    assert (path / "scores.parquet").read_bytes() == before
    assert len(read_run(path).manifest.merged) == 3
    assert "shard" not in capsys.readouterr().out


def test_a_shard_says_that_it_is_one(runs: Path) -> None:
    """Under its table stands of how many documents it is which part."""
    assert "shard 2/3 of 7 documents" in (runs / "s2" / "table.md").read_text()


def test_runs_of_different_systems_are_merged(runs: Path, tmp_path: Path) -> None:
    """The systems of the second run stand behind those of the first, with one ranking and one family of tests."""
    parts = []
    for name, systems in (("a", "random,sentences=1,lead,sentences=2"), ("b", "oracle,sentences=1")):
        sumbench.run(runs / "articles.jsonl", systems, out=tmp_path / name, cache=False)
        parts.append(tmp_path / name)
    merged = sumbench.merge(parts, out=tmp_path / "merged")
    assert [entry.name for entry in merged.manifest.systems] == SYSTEMS.replace(",sentences", ";").replace(
        ",", "|"
    ).replace(";", ",sentences").split("|")
    assert merged.scores == sumbench.load_run(runs / "whole").scores
    assert list((merged.manifest.request or {})["systems"]) == [
        "random,sentences=1",
        "lead,sentences=2",
        "oracle,sentences=1",
    ]


def changed(folder: Path, out: Path, **values: object) -> Path:
    """Copy a run and change its manifest."""
    shutil.copytree(folder, out)
    record = read_run(out).manifest
    RunFolder(out).write_manifest(replace(record, **values))  # type: ignore[arg-type]
    return out


def refused(folders: Sequence[Path], tmp_path: Path) -> str:
    with pytest.raises((RunError, UsageError)) as error:
        merge(folders, store(tmp_path), tmp_path / "merged")
    assert not (tmp_path / "merged").exists()
    return str(error.value)


def test_a_missing_shard_is_named(runs: Path, tmp_path: Path) -> None:
    """Two of three shards are not the whole."""
    assert refused(shards(runs, "s1", "s3"), tmp_path) == (
        "of random,sentences=1 shard 2/3 is missing: run it with --shard 2/3, or name its folder"
    )


def test_a_doubled_shard_is_named(runs: Path, tmp_path: Path) -> None:
    """The two folders that hold it are named."""
    copy = changed(runs / "s2", tmp_path / "copy")
    said = refused([*shards(runs), copy], tmp_path)
    assert said == f"shard 2/3 of random,sentences=1 is there twice: {runs / 's2'} and {copy}"


def test_parts_that_overlap_or_were_cut_otherwise_are_named(runs: Path, tmp_path: Path) -> None:
    """A system on the whole corpus needs no shard of it, and thirds are no quarters."""
    said = refused(shards(runs, "whole", "s1"), tmp_path)
    assert said.startswith(f"random,sentences=1 is in {runs / 'whole'}, on the whole corpus, and in {runs / 's1'}: ")
    shard = read_run(runs / "s3").manifest.shard
    assert shard is not None
    other = changed(runs / "s3", tmp_path / "other", shard=replace(shard, of=4))
    assert refused([runs / "s1", other], tmp_path) == f"{other}: is shard 3/4, {runs / 's1'} is shard 1/3"


def test_a_metric_that_is_computed_otherwise_is_named(runs: Path, judged: Path, tmp_path: Path) -> None:
    """Than today, where it is computed again; than in another run, where its scores are taken as they are."""
    first, *others = read_run(runs / "s1").manifest.metrics
    older = replace(first, signatures={name: f"{name}|of old" for name in first.signatures})
    part = changed(runs / "s1", tmp_path / "older", metrics=(older, *others))
    said = refused([part, *shards(runs, "s2", "s3")], tmp_path)
    assert said.startswith(f"{part}: its rouge1 is rouge1|of old, which would today be rouge1|f1")
    rouge, costly = read_run(judged / "j2").manifest.metrics
    turned = replace(costly, signatures=dict.fromkeys(costly.signatures, "another"))
    part = changed(judged / "j2", tmp_path / "turned", metrics=(rouge, turned))
    said = refused([judged / "j1", part], tmp_path)
    assert said == f"{part}: its judged is computed otherwise than that of {judged / 'j1'}"


def test_one_folder_twice_is_refused(runs: Path, tmp_path: Path) -> None:
    """It is no second run."""
    assert refused(shards(runs, "s1", "s1"), tmp_path) == f"{runs / 's1'}: is named twice"
    assert refused(shards(runs, "s1"), tmp_path) == "name the folders of two runs or more"


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"seed": 5}, "has another seed than"),
        ({"sentences": 4}, "has another --sentences than"),
        ({"ranked_by": "rouge1"}, "has another value that ranks than"),
        ({"version": "0.0"}, "has another version of sumbench than"),
    ],
)
def test_another_setting_is_named(runs: Path, tmp_path: Path, values: dict[str, object], what: str) -> None:
    """Runs with different settings are not parts of one."""
    other = changed(runs / "s3", tmp_path / "other", **values)
    assert what in refused([*shards(runs, "s1", "s2"), other], tmp_path)


def test_a_changed_option_is_named(runs: Path, tmp_path: Path) -> None:
    """A shard made on another day with another option of a system is refused, with both values."""
    systems = read_run(runs / "s3").manifest.systems
    option = {**systems[1].fingerprint, "options": {**systems[1].fingerprint["options"], "sentences": 3}}
    other = changed(
        runs / "s3", tmp_path / "other", systems=(systems[0], replace(systems[1], fingerprint=option), systems[2])
    )
    said = refused([*shards(runs, "s1", "s2"), other], tmp_path)
    assert said == f"{other}: its lead,sentences=2 is not that of {runs / 's1'}: options.sentences 3, not 2"


def test_another_corpus_is_named(runs: Path, tmp_path: Path) -> None:
    """A shard of other documents is not taken for one of these."""
    table = tmp_path / "articles.jsonl"
    table.write_text("".join(json.dumps({**article, "document": "Other."}) + "\n" for article in ARTICLES))
    sumbench.run(table, SYSTEMS, shard="3/3", out=tmp_path / "other", cache=False)
    assert "is of another corpus than" in refused([*shards(runs, "s1", "s2"), tmp_path / "other"], tmp_path)


def test_runs_that_cannot_be_merged_say_why(runs: Path, tmp_path: Path) -> None:
    """Without texts, unfinished, or the target among the parts."""
    sumbench.run(runs / "articles.jsonl", SYSTEMS, shard="3/3", out=tmp_path / "bare", cache=False, texts=False)
    assert "holds no texts of its documents (--no-texts)" in refused(
        [*shards(runs, "s1", "s2"), tmp_path / "bare"], tmp_path
    )
    half = changed(runs / "s3", tmp_path / "half", finished=False)
    assert "the run is not finished" in refused([*shards(runs, "s1", "s2"), half], tmp_path)
    other = changed(runs / "s2", tmp_path / "other", finished=False)
    assert refused([runs / "s1", other, half], tmp_path) == (
        f"2 of 3 runs are not finished: give the command of each again: {other}, {half}"
    )
    with pytest.raises(UsageError, match="is one of the runs to be merged"):
        merge(shards(runs), store(tmp_path), runs / "s1")


def test_a_shard_with_a_changed_document_is_refused(runs: Path, tmp_path: Path) -> None:
    """Positions that are not the documents' make another corpus."""
    other = changed(runs / "s3", tmp_path / "other")
    documents = read_run(other).documents
    RunFolder(other).write_documents(documents[::-1], texts=True, positions=[1, 4])
    assert "their documents are not those of the whole corpus" in refused([*shards(runs, "s1", "s2"), other], tmp_path)


@pytest.fixture(scope="module")
def judged(runs: Path) -> Path:
    """Shards with a costly metric that is an object, which a folder cannot name."""
    with systems_in_process():
        for number in (1, 2):
            sumbench.run(
                runs / "articles.jsonl",
                "lead",
                shard=f"{number}/2",
                metrics=["rouge", toys.Judged(name="judged")],
                out=runs / f"j{number}",
                cache=False,
            )
    return runs


def test_recorded_scores_are_taken_where_they_cost(judged: Path, runs: Path, tmp_path: Path) -> None:
    """Scores and details of a costly metric are those of the shards; it is not asked again."""
    made = sumbench.merge([judged / f"j{number}" for number in (1, 2)], out=tmp_path / "merged")
    whole = sumbench.run(
        runs / "articles.jsonl",
        "lead",
        metrics=["rouge", toys.Judged(name="judged")],
        out=tmp_path / "whole",
        cache=False,
    )
    assert made.scores == whole.scores
    assert list(made.details) == list(whole.details)
    assert len(list(made.details)) > 0


def test_what_judges_were_asked_is_kept(judged: Path, tmp_path: Path) -> None:
    """The prompt of a metric that is not asked again stands in the merged run, and what all parts have spent."""
    parts = []
    for number in (1, 2):
        rouge, costly = read_run(judged / f"j{number}").manifest.metrics
        asked = replace(costly, prompt="Rate {summary}.", spent=Spending(number, 10, 20, cost=0.5))
        parts.append(changed(judged / f"j{number}", tmp_path / f"asked{number}", metrics=(rouge, asked)))
    entry = sumbench.merge(parts, out=tmp_path / "merged").manifest.metrics[1]
    assert (entry.prompt, entry.spent) == ("Rate {summary}.", Spending(3, 20, 40, cost=1.0))


def test_the_command_prints_the_table_and_where_it_is(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 0 and the table on stdout; with a missing shard 2 and one line."""
    folders = [str(folder) for folder in shards(runs)]
    assert main(["merge", *folders, "--out", str(tmp_path / "merged")]) == 0
    shown = capsys.readouterr()
    assert "7 documents" in shown.out
    assert f"run folder: {tmp_path / 'merged'}" in shown.err
    assert main(["merge", *folders[:2]]) == 2
    assert capsys.readouterr().err == (
        "sumbench: of random,sentences=1 shard 3/3 is missing: run it with --shard 3/3, or name its folder\n"
    )
    assert len(read_journal(tmp_path / "merged" / "summaries.jsonl")) == 21


def test_a_pattern_is_expanded_where_no_shell_does(runs: Path) -> None:
    """It names the runs that match, and nothing beside them; where none does it is refused."""
    (runs / "s3.log").touch()
    assert expanded([f"{runs}/s*", f"{runs}/whole"]) == [str(each) for each in [*shards(runs), runs / "whole"]]
    with pytest.raises(UsageError, match="no run has such a name"):
        expanded([f"{runs}/t*"])


def test_counts_of_requests_are_added_address_by_address() -> None:
    """What several runs asked of a server is told together: sums, and the highest peaks."""
    parts = [
        RequestCounts(4, 1, 0.5, batch=2, addresses={"a": AddressCounts(3, 1, 2, 0), "b": AddressCounts(5, 0, 4, 0)}),
        RequestCounts(6, 2, 1.0, addresses={"a": AddressCounts(7, 2, 6, 1)}),
    ]
    whole = measure_telemetry((), (), Expense(), 0)
    merged = merge_telemetry((), [replace(whole, requests=part) for part in (*parts, None)])
    told = {"a": AddressCounts(10, 3, 6, 1), "b": AddressCounts(5, 0, 4, 0)}
    assert merged.requests == RequestCounts(6, 3, 1.5, batch=2, addresses=told)
