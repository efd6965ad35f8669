"""Data sets of the hub, from local copies of repositories, and a hub that cannot be reached."""

import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sumbench.corpus import open_corpus
from sumbench.corpus import open_source
from sumbench.corpus import presets
from sumbench.corpus.conventions import CONVENTIONS
from sumbench.corpus.spec import OPTIONS
from sumbench.errors import BenchError
from sumbench.errors import CorpusError

CARD = """---
configs:
- config_name: plain
  data_files:
  - {split: train, path: plain/train.parquet}
  - {split: test, path: plain/test.parquet}
- config_name: single
  data_files:
  - {split: train, path: plain/train.parquet}
---
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set as a repository of the hub lays it out, of two configurations; two rows for each test dialogue."""
    home = tmp_path_factory.mktemp("hub") / "talks"
    (home / "plain").mkdir(parents=True)
    (home / "README.md").write_text(CARD)
    for split, size in (("train", 6), ("test", 4)):
        rows = [
            {"id": f"{split}_{n}", "dialogue": f"A: {split} {n // 2}.", "summary": f"Talk {n}. It ends."}
            for n in range(size)
        ]
        pq.write_table(pa.Table.from_pylist(rows), home / "plain" / f"{split}.parquet")
    return home


def test_the_test_split_is_read_unless_another_is_named(repository: Path) -> None:
    """Rows come from the configuration and split, and what was left open is pinned in the corpus' source."""
    corpus = open_corpus(f"hub:{repository},config=plain")
    assert (corpus.name, [document.id for document in corpus.documents]) == (
        "talks-plain",
        [f"test_{n}" for n in range(4)],
    )
    assert corpus.source == f"hub:{repository},config=plain,split=test"
    assert corpus.documents[0].references == ("Talk 0.\nIt ends.",)
    assert open_corpus(corpus.source) == corpus
    train = open_corpus(f"hub:{repository},config=plain,split=train")
    assert (train.name, len(train.documents)) == ("talks-plain-train", 6)
    assert open_corpus(f"hub:{repository},config=single").documents == train.documents


def test_a_preset_reads_a_local_copy(repository: Path) -> None:
    """path=DIR takes the preset's columns and conventions to a copy of its repository: here three rows a dialogue."""
    corpus = open_corpus(f"dialogsum,path={repository},config=plain")
    assert [document.references for document in corpus.documents] == [
        ("Talk 0.\nIt ends.", "Talk 1.\nIt ends."),
        ("Talk 2.\nIt ends.", "Talk 3.\nIt ends."),
    ]
    assert corpus.source == f"dialogsum,path={repository},config=plain,split=test"
    assert open_corpus(corpus.source) == corpus


def test_splits_may_lie_in_a_folder(repository: Path, tmp_path: Path) -> None:
    """folder=NAME reads the splits in one folder of a repository, as the hub lays out what it converted itself."""
    home = tmp_path / "converted"
    for config in ("long", "short"):
        (home / config / "test").mkdir(parents=True)
        rows = pq.read_table(repository / "plain" / "test.parquet").slice(0, 1 if config == "short" else 4)
        pq.write_table(rows, home / config / "test" / "0000.parquet")
    corpus = open_corpus(f"hub:{home},folder=short")
    assert (len(corpus.documents), corpus.source) == (1, f"hub:{home},folder=short,split=test")


def test_a_data_set_that_is_a_script_is_refused(tmp_path: Path) -> None:
    """Code that comes with data is never run, and the line says why."""
    home = tmp_path / "scripted"
    home.mkdir()
    (home / "scripted.py").write_text("raise SystemExit")
    with pytest.raises(CorpusError, match="scripts are no longer supported"):
        open_corpus(f"hub:{home}")


def test_what_save_to_disk_wrote_is_read(tmp_path: Path) -> None:
    """A data set saved by the library is a corpus, and its size is known before it is read."""
    import datasets

    rows = [{"text": f"Text {n}.", "summary": "One."} for n in range(3)]
    datasets.Dataset.from_list(rows).save_to_disk(tmp_path / "saved")
    source = open_source(f"hub:{tmp_path / 'saved'}")
    assert (source.total, len(list(source.documents))) == (3, 3)
    datasets.DatasetDict().save_to_disk(tmp_path / "empty")
    with pytest.raises(CorpusError, match="holds no split"):
        open_source(f"hub:{tmp_path / 'empty'}")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("", "Config name is missing.*plain.*single"),
        (",config=plan", "plan"),
        (",config=plain,split=tset", "split=…: there are train, test"),
        (",config=plain,reference=gold", "row 1: no column 'gold': there are id, dialogue, summary"),
    ],
)
def test_wrong_options_are_one_line(repository: Path, options: str, says: str) -> None:
    """Configurations, splits and columns that are not there are named with those that are."""
    with pytest.raises(CorpusError, match=says) as caught:
        open_corpus(f"hub:{repository}{options}")
    assert "\n" not in str(caught.value)


def test_offline_the_hub_is_not_asked(repository: Path) -> None:
    """A data set there, or a preset of one, is one line; a copy is read as ever."""
    with pytest.raises(CorpusError, match=r"hub:owner/talks: is on the hub, and nothing is fetched offline: .*hub:DIR"):
        open_corpus("hub:owner/talks", offline=True)
    with pytest.raises(CorpusError, match=r"xsum: is on the hub, and nothing .* name it xsum,path=DIR"):
        open_corpus("xsum", offline=True)
    assert open_corpus(f"hub:{repository},config=plain", offline=True).documents


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("hub:owner/talks", r"hub:owner/talks: the hub cannot be reached .* name it hub:DIR"),
        ("xsum", r"hf download EdinburghNLP/xsum --repo-type dataset .* name it xsum,path=DIR"),
    ],
)
def test_a_hub_out_of_reach_says_what_to_do(name: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a network it takes no more than seconds to say how to bring the data set here."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    from huggingface_hub import close_session

    close_session()
    start = time.monotonic()
    with pytest.raises(CorpusError, match=says) as caught:
        open_corpus(name)
    close_session()
    assert time.monotonic() - start < 30
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("wikihow", r"wikihow: is not on the hub: download wikihowAll.csv"),
        ("xlsum", "say which language with config=…: there are amharic"),
        ("hub:./nowhere", "no such folder"),
        ("xsum,path=nowhere", "no such folder"),
    ],
)
def test_what_cannot_be_opened_says_why(name: str, says: str) -> None:
    """A preset that is not on the hub, or needs a choice, says so; nothing is asked of the network."""
    with pytest.raises(BenchError, match=says):
        open_corpus(name)


@pytest.mark.parametrize("name", presets())
def test_presets_are_complete(name: str) -> None:
    """Each says what it is, where it is had, from what paper and what to beware of, in options that there are."""
    preset = presets()[name]
    assert preset.what
    assert preset.paper
    assert preset.checked
    assert preset.pitfalls
    assert bool(preset.hub) != bool(preset.get)
    assert preset.options.keys() <= OPTIONS.keys()
    assert preset.options.get("sentences", "split") in CONVENTIONS
    assert not preset.hub or {"document", "reference", "split"} <= preset.options.keys()
    assert not preset.sizes or not preset.hub or preset.options["split"] in preset.sizes
