from pathlib import Path

import pytest

from sumbench import suites
from sumbench.cli import main
from sumbench.corpus import open_corpus
from sumbench.corpus import presets
from sumbench.corpus.spec import parse_spec
from sumbench.errors import UsageError
from sumbench.metrics import REGISTRY as METRICS
from sumbench.runs.store import read_run
from sumbench.suites import scored
from sumbench.systems import build_systems
from sumbench.weights.catalog import catalog

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.mark.parametrize("name", suites.suite_names())
def test_a_suite_that_ships_names_what_there_is(name: str) -> None:
    """Corpora, systems, weights and metrics of every shipped suite can be opened, built or found by their names."""
    suite = suites.read_suite(name)
    for task in suite.tasks:
        corpus = parse_spec(task.corpus)
        assert corpus.name in presets() or open_corpus(task.corpus).documents
        assert not corpus.options or corpus.options["config"] in presets()[corpus.name].languages
        for system in build_systems(list(task.systems), sentences=task.sentences):
            assert system.weights is None or "/" in system.weights or system.weights in catalog()
    assert suite.description
    assert [METRICS[metric] for metric in suite.metrics]


@pytest.mark.parametrize("name", sorted(set(suites.suite_names()) - {"default", "languages"}))
def test_a_suite_of_the_hub_is_forecast_without_a_network(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dry run names every task's data set, its size, and the weights that would be fetched, and asks no network."""
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("sumbench.corpus.hub.open_dataset", None)
    monkeypatch.chdir(tmp_path)
    assert main(["run", name, "--dry-run", "--format", "markdown"]) == 0
    out = capsys.readouterr().out.replace("\\_", "_")
    for task in suites.read_suite(name).tasks:
        assert f"data set {presets()[parse_spec(task.corpus).name].hub}, " in out
        for system in build_systems(list(task.systems)):
            assert system.weights is None or system.weights in out
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_says_what_it_does_not_know(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Sizes of data sets and weights that are not catalogued are unknown, and documents are not guessed."""
    suite = tmp_path / "mine.toml"
    suite.write_text('corpus = "hub:owner/talks"\nsystems = ["lead", "seq2seq,model=owner/model"]\n')
    assert main(["run", str(suite), "--dry-run", "--format", "csv"]) == 0
    out = capsys.readouterr().out
    assert "lead,,,," in out
    assert main(["run", str(suite), "--dry-run", "--format", "markdown"]) == 0
    out = capsys.readouterr().out
    assert "data set owner/talks, of unknown size; nothing of it was read" in out
    assert "to fetch in all: owner/model, of unknown size" in out
    assert main(["run", "xsum", "--dry-run", "--limit", "7", "--format", "csv"]) == 0
    assert "lead,7,7," in capsys.readouterr().out


def test_a_suite_of_several_tasks_makes_a_run_of_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each task has its corpus, the systems that all share before its own, its budget, and a folder of its own."""
    for name in ("first", "second"):
        (tmp_path / f"{name}.jsonl").write_text('{"document": "One. Two. Three.", "summary": "One."}\n')
    suite = tmp_path / "both.toml"
    suite.write_text(
        f'systems = ["lead"]\n[[tasks]]\ncorpus = "{tmp_path}/first.jsonl"\nsentences = 1\n'
        f'[[tasks]]\ncorpus = "{tmp_path}/second.jsonl"\nsystems = ["random"]\nsentences = 2\n'
    )
    assert main(["run", str(suite), "--out", str(tmp_path / "run"), "--no-cache", "--quiet"]) == 0
    runs = {run.manifest.corpus.name: run.manifest for run in map(read_run, (tmp_path / "run").iterdir())}
    assert {name: [entry.name for entry in run.systems] for name, run in runs.items()} == {
        "first": ["lead"],
        "second": ["lead", "random"],
    }
    assert [runs[name].sentences for name in ("first", "second")] == [1, 2]
    assert "first: 1 document" in capsys.readouterr().out
    one = ["run", str(suite), "--corpus", f"{tmp_path}/second.jsonl", "--out", str(tmp_path / "one"), "--no-cache"]
    assert main(one) == 0
    assert [entry.name for entry in read_run(tmp_path / "one").manifest.systems] == ["lead", "random"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("corpus = ", "no valid TOML"),
        ('systems = ["lead"]', "corpus is missing"),
        ('corpus = "references"\nsystems = "lead"', "systems must be a list"),
        ('corpus = "references"\nsystems = ["lead"]\nsentnces = 2', "did you mean 'sentences'"),
        ('corpus = "references"\nsystems = ["lead"]\nsentences = 0', "sentences must be"),
        ('corpus = "references"\nsystems = ["lead"]\nseed = true', "seed must be"),
        ('systems = ["lead"]\ntasks = []', "tasks must be"),
        ('corpus = "references"\n[[tasks]]\ncorpus = "references"\nsystems = ["lead"]', "give one to each"),
        ('[[tasks]]\nsystems = ["lead"]', "task 1: corpus is missing"),
        ('[[tasks]]\ncorpus = "references"\nsystems = [1]', "task 1: systems must be"),
        ('[[tasks]]\ncorpus = "references"\nsystem = []', "task 1: unknown key 'system'"),
    ],
)
def test_an_unusable_suite_is_named(tmp_path: Path, content: str, says: str) -> None:
    """A suite of one's own that cannot be read raises UsageError with its file and key."""
    file = tmp_path / "mine.toml"
    file.write_text(content)
    with pytest.raises(UsageError, match=says) as caught:
        suites.read_suite(str(file))
    assert "mine.toml" in str(caught.value)


def test_an_own_suite_is_read_by_its_path(tmp_path: Path) -> None:
    """A .toml file is a suite named after the file."""
    file = tmp_path / "mine.toml"
    file.write_text('corpus = "references"\nsystems = ["lead"]\nsentences = 2\n')
    suite = suites.read_suite(str(file))
    assert (suite.name, suite.tasks, suite.metrics) == (
        "mine",
        (suites.SuiteTask("references", ("lead",), 2),),
        ("rouge", "text", "copying", "support"),
    )


SUITE = """
description = "mine"
corpus = "references"
systems = ["lead"]
metrics = ["rouge"]
ranked_by = "rouge2"
sentences = 2
seed = 1
"""


def test_no_damage_of_a_suite_is_a_traceback(tmp_path: Path) -> None:
    """Whatever stands in a suite, what is amiss is said in one line that names the file, or the suite is read."""
    file = tmp_path / "mine.toml"
    lines = SUITE.strip().splitlines()
    values = (
        "[]",
        "[1]",
        "[[]]",
        "{ a = [] }",
        "true",
        "1.5",
        "nan",
        '"x"',
        "-1",
        "2020-01-01",
        "\x00",
        "'",
        "[" * 3000,
    )
    texts = [
        "\n".join((*lines[:number], f"{line.partition(' = ')[0]} = {value}", *lines[number + 1 :])).encode()
        for number, line in enumerate(lines)
        for value in values
    ]
    refused = []
    for text in (*texts, SUITE.encode("utf-16"), b"\xff", SUITE.encode() * 2, b"[[tasks]]\n" + SUITE.encode()):
        file.write_bytes(text)
        try:
            suites.read_suite(str(file))
        except UsageError as error:
            refused.append(str(error))
    assert len(refused) > len(texts) / 2
    assert not [error for error in refused if not error.startswith(f"{file}: ") or len(error.splitlines()) > 1]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("types = [", "types = [1, "), "types[0]: expected a text, got a whole number"),
        (('sentences = "stop"', "colour = 1"), "colour: no such field"),
        (('rouge = "perl"', ""), "rouge: missing"),
        (('rouge = "perl"', "rouge ="), "no valid TOML"),
    ],
)
def test_a_damaged_suite_of_outputs_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: tuple[str, str], says: str
) -> None:
    """A suite of released outputs is checked, too."""
    name = "published-cnndm"
    file = tmp_path / f"{name}.toml"
    file.write_text((scored._HOME / file.name).read_text("utf-8").replace(*change))
    monkeypatch.setattr(scored, "_HOME", tmp_path)
    with pytest.raises(UsageError) as caught:
        scored.read_scored_suite(name)
    assert str(caught.value).startswith(f"{file}: {says}")
