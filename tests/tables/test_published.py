"""Published figures beside ours, and the suites that score released outputs."""

from dataclasses import replace
from pathlib import Path

import pytest

from sumbench import suites
from sumbench.cli import main
from sumbench.corpus import presets
from sumbench.corpus.spec import parse_spec
from sumbench.errors import UsageError
from sumbench.executors.describe import describe
from sumbench.jobs.entries import metric_entries
from sumbench.metrics import MetricContext
from sumbench.metrics import build_metric
from sumbench.metrics.rouge import ROUGE_TYPES
from sumbench.runs.store import read_run
from sumbench.stats import Standing
from sumbench.suites import scored
from sumbench.systems import Context
from sumbench.systems import build_system
from sumbench.systems import build_systems
from sumbench.tables.published import figures
from sumbench.tables.published import published_table
from sumbench.weights import Store
from tests.runs.made import MANIFEST

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture
def released(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of the suite published-xsum, made up, in the folder that it looks in."""
    monkeypatch.chdir(tmp_path)
    suite = scored.read_scored_suite("published-xsum")
    for file in (suite.references, *suite.outputs.values()):
        path = tmp_path / suite.name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("the council voted for the bridge .\nit rained all day .\n")
    return tmp_path / suite.name


def test_figures_stand_beside_systems_that_there_are() -> None:
    """Every figure belongs to a system and a corpus of a shipped suite, and to metrics of ours; none stands twice."""
    places = [(figure.suite, figure.corpus, figure.system) for figure in figures()]
    assert len(set(places)) == len(places)
    for figure in figures():
        assert figure.scores.keys() <= set(ROUGE_TYPES)
        assert all(0 < value < 100 for value in figure.scores.values())
        assert figure.program
        assert figure.source
        assert figure.checked
        if figure.suite in scored.scored_suite_names():
            assert figure.system in scored.read_scored_suite(figure.suite).outputs
            continue
        tasks = {label(task.corpus): task for task in suites.read_suite(figure.suite).tasks}
        assert figure.system in [system.name for system in build_systems(tasks[figure.corpus].systems)]


def label(corpus: str) -> str:
    """The name that a preset has in tables."""
    spec = parse_spec(corpus)
    return presets()[spec.name].label(spec.options)


def test_a_figure_that_was_not_looked_up_is_marked(released: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table tells figures from memory from those that were read somewhere."""
    doubtful = tuple(replace(figure, checked="") for figure in figures())
    monkeypatch.setattr("sumbench.tables.published.figures", lambda: doubtful)
    assert main(["score", "--suite", "published-xsum", "--out", "run", "--quiet"]) == 0
    assert "Narayan et al. 2018 (not checked)" in (released.parent / "run" / "published.md").read_text()


def test_the_difference_to_the_papers_has_a_column(released: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One command scores the released outputs and sets each published figure beside ours, on paper, too."""
    assert main(["score", "--suite", "published-xsum", "--out", "run", "--quiet", "--format", "markdown"]) == 0
    out = capsys.readouterr().out
    rows = [" ".join(line.split()) for line in out.splitlines()]
    assert "| lead | ROUGE-1 | 16.30 | 100.00 | 83.70 | ROUGE-1.5.5 | Narayan et al. 2018 |" in rows
    assert "stem:porter-1.5.5" in out
    assert (released.parent / "run" / "published.md").read_text() in out


def notes(out: str) -> str:
    """What stands under the published figures, on one line."""
    return " ".join(out.split("published figures")[1].split())


def test_the_note_says_what_is_not_the_same(released: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Documents and program that are not the papers' are named; the same program is said to be the same."""
    command = ["score", "--suite", "published-xsum", "--files", str(released), "--quiet"]
    assert main([*command, "--out", "run"]) == 0
    said = notes(capsys.readouterr().out)
    assert "not the same documents: ours are over 2, theirs over 11,334" in said
    assert "all: the same program, ROUGE-1.5.5" in said
    assert "summaries made in this run" not in said
    assert main([*command, "--out", "google", "--rouge", "google"]) == 0
    assert "all: not the same program: theirs is ROUGE-1.5.5, ours rouge_score" in notes(capsys.readouterr().out)
    assert main([*command, "--out", "recall", "--rouge", "-n 2 -m -p 0"]) == 0
    said = notes(capsys.readouterr().out)
    assert "not the same program: theirs is ROUGE-1.5.5, ours ROUGE-1.5.5 (recall)" in said
    assert main([*command, "--out", "stop", "--rouge", "-n 2 -m -s"]) == 0
    assert "theirs is ROUGE-1.5.5, ours ROUGE-1.5.5 with '-n 2 -m -s'" in notes(capsys.readouterr().out)


def test_the_note_knows_the_same_documents_and_a_part_of_them(
    released: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole test set is the same number of documents; where its size is not known, a selection is a part."""
    command = ["score", "--suite", "published-xsum", "--files", str(released), "--quiet"]
    every = figures()
    monkeypatch.setattr("sumbench.tables.published.figures", lambda: [replace(one, documents=2) for one in every])
    assert main([*command, "--out", "whole"]) == 0
    assert "as many documents as theirs: 2" in notes(capsys.readouterr().out)
    assert main([*command, "--out", "part", "--limit", "1"]) == 0
    assert "not the same documents: ours are over 1, theirs over 2" in notes(capsys.readouterr().out)
    monkeypatch.setattr("sumbench.tables.published.figures", lambda: [replace(one, documents=0) for one in every])
    assert main([*command, "--out", "unknown", "--limit", "1"]) == 0
    said = notes(capsys.readouterr().out)
    assert "not the same documents: ours are a part of theirs (--limit 1: 1 left out)" in said


def test_the_note_tells_programs_apart_row_by_row() -> None:
    """Where papers used different programs, each system stands with its own; summaries of a run are its own."""
    record = read_run(Path(__file__).parents[2] / "results" / "references-default").manifest
    systems = ("lead", "bart-large-xsum", "pegasus-xsum")
    corpus = replace(record.corpus, name="xsum", documents=11334, references=11334)
    entries = tuple(replace(record.systems[0], name=name) for name in systems)
    made = replace(record, suite="xsum", corpus=corpus, systems=entries)
    rows = [Standing(name, "ranked", {"rouge1": 0.4, "rouge2": 0.2}, 11334) for name in systems]
    table = published_table(made, rows)
    assert table is not None
    assert table.notes == (
        "difference: ours less published",
        "as many documents as theirs: 11,334",
        "ours are of summaries made in this run, theirs of their own",
        "lead, bart-large-xsum: not the same program: theirs is ROUGE-1.5.5, ours rouge_score",
        "pegasus-xsum: the same program, rouge_score",
    )


def test_the_sizes_are_those_of_the_test_sets() -> None:
    """Where a preset knows the size of its test split, a published figure is over so many documents."""
    for figure in figures():
        preset = presets().get(figure.corpus)
        if preset is not None:
            assert figure.documents == preset.sizes["test"]


def test_a_file_that_is_missing_says_where_it_is_to_be_had(released: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The line names the file and the address to get it from."""
    (released / "test.xsum.ours").unlink()
    assert main(["score", "--suite", "published-xsum", "--files", str(released)]) == 2
    err = capsys.readouterr().err
    assert "test.xsum.ours: no such file: download https://github.com/yixinL7/SimCLS/raw/" in err
    assert err.count("\n") == 1


def test_a_suite_says_how_its_sentences_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentences that stand in one line count one by one for ROUGE-L; a flag wins over the suite."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "test.cnndm.reference").write_text("it rained . the council voted .\n")
    (tmp_path / "test.cnndm.ours").write_text("the council voted . it rained .\n")
    command = ["score", "--suite", "published-cnndm", "--files", ".", "--quiet", "--format", "csv"]
    assert main([*command, "--out", "suite"]) == 0
    assert {score.value for score in read_run(tmp_path / "suite").scores if score.metric == "rougeLsum"} == {1.0}
    assert main([*command, "--out", "split", "--sentences", "t"]) == 0
    assert {score.value for score in read_run(tmp_path / "split").scores if score.metric == "rougeLsum"} == {0.6}


def test_runs_without_published_figures_show_none(released: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same files scored without the suite give the plain table."""
    references = str(released / "xsum-model-predictions" / "gold-test-sentences.txt")
    assert main(["score", references, "--outputs", f"lead={released / 'test.xsum.ours'}", "--out", "run"]) == 0
    assert "published" not in capsys.readouterr().out
    assert not Path("run/published.md").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--suite", "published-xsun"], "unknown suite of outputs 'published-xsun': did you mean 'published-xsum'"),
        (["--suite", "published-xsum", "--outputs", "a=b"], "names its references and outputs itself"),
        (["--suite", "published-xsum", "refs.txt"], "names its references and outputs itself"),
    ],
)
def test_wrong_usage_is_one_line(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A suite that is not there, or files beside a suite's own, are refused."""
    assert main(["score", *arguments]) == 2
    err = capsys.readouterr().err
    assert says in err
    assert err.count("\n") == 1


def test_a_suite_of_outputs_is_not_run() -> None:
    """`sumbench run` of it says which command it belongs to, and the file of figures is no suite."""
    with pytest.raises(UsageError, match="sumbench score --suite published-xsum --files DIR"):
        suites.read_suite("published-xsum")
    with pytest.raises(UsageError, match="unknown suite 'published'"):
        suites.read_suite("published")
    assert "published" not in suites.suite_names()


@pytest.mark.parametrize(("system", "shown"), [("bart-large-xsum", True), ("bart-large-xsum,num_beams=1", False)])
def test_a_figure_stands_beside_the_decoding_that_it_was_published_for(
    system: str, context: Context, *, shown: bool
) -> None:
    """A model under options of the user's own has the model's name, and is not what the paper scored."""
    entry = describe(build_system(system), context)
    assert entry.name == "bart-large-xsum"
    corpus = replace(MANIFEST.corpus, name="xsum")
    (rouge,) = metric_entries([build_metric("rouge")], {"en"}, corpus, MetricContext(0, Store(Path())))
    manifest = replace(MANIFEST, suite="xsum", corpus=corpus, systems=(entry,), metrics=(rouge,))
    standing = Standing(entry.name, "ranked", dict.fromkeys(ROUGE_TYPES, 0.2), scored=4)
    table = published_table(manifest, [standing])
    assert (table is not None) == shown
