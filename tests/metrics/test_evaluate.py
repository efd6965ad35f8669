import json
from pathlib import Path

import pytest

from sumbench.cli import main
from sumbench.errors import MetricError
from sumbench.errors import UsageError
from sumbench.metrics import Metric
from sumbench.metrics import MetricContext
from sumbench.metrics import build_metric
from sumbench.metrics.evaluation_code import fetched
from sumbench.metrics.evaluation_module import EvaluateMetric
from sumbench.metrics.rouge import RougeMetric
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.testing import check_metric
from sumbench.weights import Store
from tests.metrics.scored import batch

FOLDER = Path(__file__).parents[2] / "bench" / "sumbench" / "metrics" / "rouge"
COMMIT = "a" * 40

SCRIPT = """
import datasets
import evaluate

from .lengths import size


class Own(evaluate.Metric):
    def _info(self):
        text = datasets.Value("string")
        return evaluate.MetricInfo(
            description="", citation="", inputs_description="",
            features=datasets.Features({{{features}}}),
        )

    def _compute(self, {inputs}, weight=1, mode="sum"):
        if "unreadable" in predictions:
            raise ValueError("cannot read this")
        print("computing")
        {body}
"""
BODIES = {
    "each": 'return {"size": [weight * size(text) for text in predictions], "mode": mode}',
    "whole": 'return {"size": weight * sum(map(size, predictions)) / len(predictions)}',
    "crossed": 'return {"size": [size(text) / max(map(size, predictions)) for text in predictions]}',
    "shared": 'return {"size": [len({*t.split()} & {*r.split()}) for t, r in zip(predictions, references)]}',
    "sourced": 'return {"size": [size(t) / size(s) for t, s in zip(predictions, sources)]}',
}
FEATURES = {
    "shared": ('"predictions": text, "references": text', "predictions, references"),
    "sourced": ('"sources": text, "predictions": text', "sources, predictions"),
    "counted": ('"predictions": datasets.Value("int32")', "predictions"),
}


pytestmark = pytest.mark.usefixtures("evaluate_offline", "in_process")


def module(folder: Path, kind: str = "each") -> Path:
    """Write a module of evaluate, with a file beside it that it imports, and return its script."""
    home = folder / f"own_{kind}"
    home.mkdir(exist_ok=True)
    features, inputs = FEATURES.get(kind, ('"predictions": text', "predictions"))
    body = BODIES.get(kind, BODIES["each"])
    (home / f"own_{kind}.py").write_text(SCRIPT.format(features=features, inputs=inputs, body=body))
    (home / "lengths.py").write_text("def size(text):\n    return len(text.split())\n")
    return home / f"own_{kind}.py"


def scores(metric: Metric, *texts: str, document: Document | None = None) -> list[float | None]:
    """Return the values of summaries of one document, None for a failure."""
    one = document or Document("d", "a source of six words, all told", ("a b", "b c d"))
    summaries = [Summary("d", f"s{at}", text, None, None, 0, None) for at, text in enumerate(texts)]
    found = batch(metric, [one], summaries).scores
    by_system = {score.system: score.value for score in found}
    return [by_system.get(f"s{at}") for at in range(len(texts))]


def test_our_own_rouge_by_its_path_gives_the_figures_of_a_run() -> None:
    """The module takes all references at once; what is a mean over the corpus is computed a summary at a time."""
    document = Document("d", "", ("The council voted.\nWork begins.", "A bridge was voted for."))
    texts = ("The council voted for the bridge.", "Rain.", "")
    summaries = [Summary("d", f"s{at}", text, None, None, 0, None) for at, text in enumerate(texts)]
    own = batch(RougeMetric(), [document], summaries).scores
    wanted = [score.value for score in own if score.metric == "rouge2" and score.system != "references"]
    for args in ("", ",args=use_aggregator=false"):
        metric = build_metric(f"evaluate,path={FOLDER},yields=rouge2{args}")
        assert scores(metric, *texts, document=document) == wanted
        assert [value.name for value in metric.values()] == ["rouge_rouge2"]


@pytest.mark.parametrize("kind", ["each", "whole"])
def test_a_figure_of_each_text_and_one_of_the_whole_are_values_of_each_summary(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Arguments reach `compute`, a text that it cannot read fails alone, and what it prints is no output of ours."""
    metric = EvaluateMetric(path=module(tmp_path, kind), yields=("size",), args=("weight=2",), references=False)
    assert scores(metric, "a b c", "unreadable", "d") == [6.0, None, 2.0]
    assert scores(metric) == []
    assert capsys.readouterr().out == ""


def test_a_figure_that_depends_on_the_other_texts_is_computed_alone(tmp_path: Path) -> None:
    """A summary's value does not depend on what else is scored."""
    metric = EvaluateMetric(path=module(tmp_path, "crossed"), yields=("size",), references=False)
    assert scores(metric, "a b c", "d") == [1.0, 1.0]


def test_references_one_at_a_time_are_averaged_and_sources_are_documents(tmp_path: Path) -> None:
    """A module that takes one reference is given each; one that takes sources is given the documents' texts."""
    shared = EvaluateMetric(path=module(tmp_path, "shared"), yields=("size",))
    assert scores(shared, "b c", "x") == [1.5, 0.0]
    sourced = EvaluateMetric(path=module(tmp_path, "sourced"), yields=("size",), references=False, source=True)
    assert scores(sourced, "two words") == [2 / 7]


def test_what_does_not_fit_is_said_when_it_is_loaded(tmp_path: Path) -> None:
    """Wrong figures, wrong inputs, code that breaks and code from elsewhere are one line each."""
    context = MetricContext(0, Store(tmp_path / "store", offline=True))
    broken = module(tmp_path, "whole")
    broken.write_text("import nothing_of_this_name\n")
    elsewhere = module(tmp_path, "crossed")
    elsewhere.write_text("from .x import y  # From: https://example.org/x.py\n")
    for kind, said, wanted in (
        ("each", {"yields": ("f1",)}, "own_each yields no f1: it yields size, mode"),
        ("each", {"yields": ("mode",)}, "own_each yields for mode no number: sum"),
        ("each", {"references": True}, "own_each takes no references: give references=false"),
        ("sourced", {}, "own_sourced takes sources: give source=true"),
        ("counted", {}, r"own_counted asks for predictions \(int32\): a summary has texts"),
        (broken, {}, r"own_whole.py: cannot be loaded: ImportError: .*nothing_of_this_name"),
        (elsewhere, {}, "fetches code from elsewhere"),
    ):
        path = kind if isinstance(kind, Path) else module(tmp_path, kind)
        options = {"yields": ("size",), "references": False, **said}
        with pytest.raises(MetricError, match=wanted):
            batch(EvaluateMetric(path=path, **options), [], [])  # type: ignore[arg-type] # each as it should be
    with pytest.raises(MetricError, match="is run only where it is named: --trust-remote-code evaluate-metric/x"):
        EvaluateMetric(hub="x", revision=COMMIT, yields=("f1",)).load(context)


def test_what_means_nothing_is_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    """The metric and its figures must be named, a hub's one with its commit; arguments are pairs."""
    there = module(tmp_path)
    for spec, wanted in (
        ("evaluate", "name the metric by one of path=./my_metric and hub=bertscore"),
        ("evaluate,hub=bertscore,yields=f1", "hub=bertscore needs revision=, the commit of its code"),
        (f"evaluate,path={there}", "yields= is missing"),
        (f"evaluate,path={there},yields=f1,args=en", "args=en is no key=value"),
        (f"evaluate,path={tmp_path},yields=f1", "there is no file"),
    ):
        with pytest.raises(UsageError, match=wanted):
            build_metric(spec)


def test_signatures_change_with_code_and_options(tmp_path: Path) -> None:
    """The line has the SHA-256 of the script and of what it imports beside it, arguments, and libraries' versions."""
    path = module(tmp_path)
    metric = build_metric(f"evaluate,path={path},yields=size,args=weight=2+mode=x,references=false")
    (line,) = metric.signatures([]).values()
    assert line.startswith("own_each_size|evaluate:size|code:own_each.py@")
    assert "|args:weight=2+mode=x|refs:none|" in line
    assert "evaluate-" in line.rpartition("libraries:")[2]
    (path.parent / "lengths.py").write_text("def size(text):\n    return 1\n")
    assert metric.signatures([]) != {"own_each_size": line}
    hub = EvaluateMetric(hub="owner/name", revision=COMMIT, yields=("f1",)).signatures([])
    assert hub["name_f1"].startswith(f"name_f1|evaluate:f1|code:owner/name@{COMMIT}|")


def test_a_value_has_a_name_that_a_command_line_takes(tmp_path: Path) -> None:
    """Blanks and signs in the module's or the figure's name become underscores; the title has them as they are."""
    (value,) = EvaluateMetric(path=module(tmp_path), yields=("f1, micro",), prefix="my own").values()
    assert (value.name, value.title) == ("my_own_f1_micro", "my own f1, micro")


def test_it_keeps_the_contract(tmp_path: Path) -> None:
    """It passes the checks for authors of metrics."""
    metric = EvaluateMetric(path=module(tmp_path, "shared"), yields=("size",))
    check_metric(metric, without_effect={"costly", "direction", "args", "hub", "path", "revision", "source"})


def test_a_metric_of_the_hub_runs_only_at_its_commit_and_where_it_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is fetched as the space that it is, at the commit, Python files alone."""
    asked = []

    def snapshot(name: str, **how: object) -> str:
        asked.append((name, how["repo_type"], how["revision"], how["allow_patterns"], how["local_files_only"]))
        return str(module(tmp_path).parent)

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot)
    store = Store(tmp_path / "store", trusted=frozenset({"me/own_each"}))
    assert fetched("me/own_each", COMMIT, store) == module(tmp_path)
    assert asked == [("me/own_each", "space", COMMIT, ["*.py"], False)]


def test_a_run_has_its_values_and_does_not_run_its_code_again_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table ranks by it in its direction; `--resume` wants it named again, an untrusted hub's one is refused."""
    monkeypatch.chdir(tmp_path)
    module(tmp_path)
    metric = "evaluate,path=./own_each,yields=size,references=false,direction=lower"
    run = ["run", "--limit", "2", "--systems", "lead,random", "--quiet"]
    assert main([*run, "--metrics", metric, "--out", "run"]) == 0
    (entry,) = json.loads(Path("run/run.json").read_text())["metrics"]
    assert [(value["name"], value["direction"]) for value in entry["values"]] == [("own_each_size", "lower")]
    assert main(["run", "--resume", "run"]) == 2
    assert "ran code of path=./own_each: to go on, give its own command again" in capsys.readouterr().err
    assert main([*run, "--metrics", f"evaluate,hub=x,revision={COMMIT},yields=f1", "--out", "other"]) == 2
    assert "--trust-remote-code evaluate-metric/x" in capsys.readouterr().err
