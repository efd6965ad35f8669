from dataclasses import MISSING

import pytest

from sumbench.errors import UsageError
from sumbench.systems import REGISTRY
from sumbench.systems import build_system
from sumbench.systems import build_systems
from sumbench.systems import options
from sumbench.systems import split_specs
from sumbench.systems.naming import FAMILIES
from sumbench.weights.catalog import Model
from sumbench.weights.catalog import catalog


def test_a_list_of_systems_keeps_options_with_their_system() -> None:
    """Commas separate systems; a part with an equals sign belongs to the one before it."""
    assert split_specs("lead,sentences=2, textrank") == ["lead,sentences=2", "textrank"]


def test_the_budget_reaches_systems_that_set_none() -> None:
    """The suite's length is the default, an option on the command line wins."""
    lead, short = build_systems(["lead", "lead,sentences=1"], sentences=4)
    assert (lead.fingerprint()["options"], short.fingerprint()["options"]) == ({"sentences": 4}, {"sentences": 1})


def test_the_runs_batch_size_reaches_systems_that_set_none() -> None:
    """--batch-size is for models that take one; a system's own option wins."""
    lead, model, own = build_systems(["lead", "causal", "causal,batch_size=2"], batch_size="8")
    assert not hasattr(lead, "batch_size")
    assert (getattr(model, "batch_size", None), getattr(own, "batch_size", None)) == ("8", "2")


def test_a_label_is_the_name_and_changes_nothing_else() -> None:
    """With as= a system stands in tables under a name of the user's own, and its summaries are reused all the same."""
    plain, named = build_system("lead,sentences=2"), build_system("lead,sentences=2,as=two sentences")
    assert (plain.name, named.name) == ("lead,sentences=2", "two sentences")
    assert named.fingerprint() == plain.fingerprint()
    with pytest.raises(UsageError, match="'short' is named twice"):
        build_systems(["lead,sentences=1,as=short", "textrank,as=short"])


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("textrnk", "unknown system 'textrnk': did you mean 'textrank'"),
        ("lead,sentnces=2", "unknown option of lead 'sentnces': did you mean 'sentences'"),
        ("lead,sentences=two", "sentences=two is not a whole number"),
        ("lead,sentences=0", "sentences=0 means nothing"),
        ("lead,sentences", "'sentences' is no key=value"),
        ("lead,sentences=2,words=9,sentences=3", "system lead: sentences= is given twice: once will do"),
        ("lead,as=a,as=b", "system lead: as= is given twice: once will do"),
        ("lead,as=", "as= is no name for it"),
        ("lead,as=references", "as=references is no name for it"),
        ("lead,as=random", "as=random is no name for it: give one that nothing else has"),
    ],
)
def test_wrong_names_and_options_are_said_in_one_line(spec: str, says: str) -> None:
    """A system that cannot be built raises UsageError with a hint."""
    with pytest.raises(UsageError, match=says) as caught:
        build_system(spec)
    assert "\n" not in str(caught.value)


def test_a_system_named_twice_is_refused() -> None:
    """Two rows with one name could not be told apart."""
    with pytest.raises(UsageError, match="'lead' is named twice"):
        build_systems(["lead", "random", "lead"])


@pytest.mark.parametrize("name", list(REGISTRY))
def test_every_system_is_described(name: str) -> None:
    """Each registered system builds without loading anything, and its docstring's first line describes it."""
    needed = {key: field for key, field in options(REGISTRY[name]).items() if field.default is MISSING}
    made = build_system(",".join([name, *(f"{key}=http://127.0.0.1/x" for key in needed)]))
    assert type(made) is REGISTRY[name]
    assert (REGISTRY[name].__doc__ or "").strip()


@pytest.mark.parametrize(
    "model", [model for model in catalog().values() if model.kind in FAMILIES], ids=lambda model: model.name
)
def test_every_checkpoint_of_the_catalog_is_a_systems_name(model: Model) -> None:
    """It is the system of its kind with that model, and takes that system's options."""
    made = build_system(f"{model.name},as=mine")
    assert made == build_system(f"{FAMILIES[model.kind]},model={model.name},as=mine")
    assert (made.weights, build_system(model.name).name) == (model.name, model.name)
    if model.kind == "seq2seq":
        assert build_system(f"{model.name},long=chunk").fingerprint()["options"]["long"] == "chunk"


def test_a_model_that_checks_summaries_is_no_system() -> None:
    """It is said what it is, in one line."""
    with pytest.raises(UsageError, match=r"^roberta-large-mnli is a model that checks summaries, and no system"):
        build_system("roberta-large-mnli")


SERVED = "endpoint,url=https://h/v1,model"

NAMES: list[tuple[list[str], list[str]]] = [
    # Classic systems are called by what was written.
    (["lead,sentences=2", "lead", "textrank"], ["lead,sentences=2", "lead", "textrank"]),
    # A model is called by its own name, whoever says it how; what all systems of it have is not repeated.
    (["seq2seq,model=bart-large-cnn,long=chunk"], ["bart-large-cnn"]),
    (["bart-large-cnn,long=chunk", "bart-large-cnn"], ["bart-large-cnn,long=chunk", "bart-large-cnn"]),
    (
        ["bart-large-cnn,num_beams=2,long=chunk", "seq2seq,model=bart-large-cnn,long=truncate,num_beams=2"],
        ["bart-large-cnn,long=chunk", "bart-large-cnn,long=truncate"],
    ),
    (["causal,temperature=0.5,samples=3", "smollm2-135m"], ["smollm2-135m,temperature=0.5", "smollm2-135m"]),
    # A hub id or a folder is called by its last part, where that means nothing else.
    (["seq2seq,model=google/pegasus-gigaword", "causal,model=./my/llama/"], ["pegasus-gigaword", "llama"]),
    (["causal,model=a/foo@0123abc"], ["foo@0123abc"]),
    (["causal,model=a/foo", "causal,model=b/foo"], ["a/foo", "b/foo"]),
    (["causal,model=a/foo", "seq2seq,model=a/foo"], ["causal,model=a/foo", "seq2seq,model=a/foo"]),
    (["seq2seq,model=facebook/bart-large-cnn"], ["bart-large-cnn"]),
    (["seq2seq,model=facebook/bart-large-cnn", "bart-large-cnn"], ["facebook/bart-large-cnn", "bart-large-cnn"]),
    (["seq2seq,model=someone/bart-large-cnn"], ["someone/bart-large-cnn"]),
    (["causal,model=someone/lead", "causal,model=someone/references"], ["someone/lead", "someone/references"]),
    # So is a server's model; what the catalog calls so is another.
    ([f"{SERVED}=Qwen/Qwen3-8B"], ["Qwen3-8B"]),
    ([f"{SERVED}=qwen3-0.6b", "qwen3-0.6b"], ["endpoint,model=qwen3-0.6b", "qwen3-0.6b"]),
    ([f"{SERVED}=a", f"{SERVED}=a,temperature=-1"], ["a", "a,temperature=-1"]),
    # Outputs are called by their system, column or file.
    (["outputs,path=made/bart.jsonl.gz"], ["bart"]),
    (["outputs,path=all.csv,column=one", "outputs,path=all.csv,system=two"], ["one", "two"]),
    (["outputs,path=a.txt,convention=t", "outputs,path=a.txt"], ["a,convention=t", "a"]),
    (["outputs,path=x/a.txt", "outputs,path=y/a.txt"], ["outputs,path=x/a.txt", "outputs,path=y/a.txt"]),
    (["outputs,path=lead.txt", "lead"], ["outputs,path=lead.txt", "lead"]),
    # A label wins, and what it takes is nobody else's.
    (["bart-large-cnn,as=bart", "bart-large-cnn,long=chunk"], ["bart", "bart-large-cnn"]),
    (["causal,model=a/foo", "lead,as=foo"], ["a/foo", "foo"]),
]


@pytest.mark.parametrize(("specs", "names"), NAMES, ids=[" ".join(specs) for specs, _ in NAMES])
def test_systems_are_called_by_their_models_and_by_what_tells_them_apart(specs: list[str], names: list[str]) -> None:
    """Names follow from the list of systems alone, in whatever order; options are as they were written."""
    assert [system.name for system in build_systems(specs)] == names
    assert [system.name for system in build_systems(specs[::-1])] == names[::-1]


def test_a_name_changes_nothing_else() -> None:
    """A model that another name stands for is the same system, whose kept summaries are reused."""
    short, long = build_system("bart-large-cnn,long=chunk"), build_system("seq2seq,model=bart-large-cnn,long=chunk")
    beside, _ = build_systems(["bart-large-cnn,long=chunk", "bart-large-cnn"])
    assert short.fingerprint() == long.fingerprint() == beside.fingerprint()


@pytest.mark.parametrize(
    ("specs", "says"),
    [
        (["bart-large-cnn", "seq2seq,model=bart-large-cnn"], "system 'bart-large-cnn' is named twice"),
        (["causal", "smollm2-135m,samples=2,temperature=1", "causal"], "system 'smollm2-135m' is named twice"),
        (["bart-large-cnn,as=lead", "lead"], "as=lead is no name for it"),
        (["bart-large-cnn,as=t5-small", "t5-small", "lead,as=seq2seq,sentences=2"], "as=seq2seq is no name for it"),
        (["bart-large-cnn,model=x"], "system bart-large-cnn is a model: leave out model=, or write seq2seq,model=…"),
        (["bart-large-cnn,lng=chunk"], "unknown option of seq2seq 'lng': did you mean 'long'"),
        (["brat-large-cnn"], "unknown system 'brat-large-cnn': did you mean 'bart-large-cnn'"),
        (["Lead"], "unknown system 'Lead': did you mean 'lead'"),
        (["zzzzzz"], r"unknown system 'zzzzzz' \(sumbench systems lists them\)$"),
    ],
)
def test_wrong_names_of_models_are_said_in_one_line(specs: list[str], says: str) -> None:
    """Near misses are looked for among systems and checkpoints alike; a long list is not spelled out."""
    with pytest.raises(UsageError, match=says) as caught:
        build_systems(specs)
    assert "\n" not in str(caught.value)
