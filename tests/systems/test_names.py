from dataclasses import MISSING

import pytest

from sumbench.errors import UsageError
from sumbench.systems import REGISTRY
from sumbench.systems import build_system
from sumbench.systems import build_systems
from sumbench.systems import options
from sumbench.systems import split_specs


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
    spec = ",".join([name, *(f"{key}=http://127.0.0.1/x" for key in needed)])
    assert build_system(spec).name == spec
    assert (REGISTRY[name].__doc__ or "").strip()
