from dataclasses import replace
from pathlib import Path

import pytest

from sumbench.errors import UsageError
from sumbench.errors import WeightsError
from sumbench.weights import Store
from sumbench.weights.catalog import HubSource
from sumbench.weights.catalog import catalog
from sumbench.weights.catalog import find_model
from sumbench.weights.listing import list_models


@pytest.fixture
def guarded(shop: Store) -> Store:
    """A store whose model `plain` comes under terms."""
    model = replace(shop.models["plain"], licence="Gemma", terms="https://example.org/terms")
    return replace(shop, models={"plain": model})


def test_weights_under_terms_are_fetched_only_when_those_are_accepted(guarded: Store) -> None:
    """Before, the error says where the terms are and how to accept them; after, the store remembers."""
    with pytest.raises(WeightsError, match=r"read https://example.org/terms, then .* --accept-license Gemma$"):
        guarded.folder("plain")
    assert not guarded.installed("plain")
    assert list_models(guarded)[0].description.endswith("needs --accept-license Gemma")
    assert guarded.accept("gemma") == "Gemma"
    assert replace(guarded).folder("plain").is_dir()
    assert list_models(guarded)[0].description == "tiny"


def test_the_hub_name_of_a_model_is_no_way_around_its_terms(guarded: Store) -> None:
    """Naming the repository instead of the catalog's name asks for the same."""
    with pytest.raises(WeightsError, match="must be accepted first"):
        guarded.folder("nobody/plain")
    with pytest.raises(WeightsError, match="must be accepted first"):
        guarded.folder("nobody/plain@main")


def test_accepting_a_licence_that_is_not_there_is_refused(guarded: Store) -> None:
    """A misspelt name is answered with the nearest one, and nothing is remembered."""
    with pytest.raises(UsageError, match="did you mean 'Gemma'"):
        guarded.accept("gema")
    assert not (guarded.home / "licences.json").exists()


def test_a_damaged_list_of_licences_is_one_clear_line(guarded: Store) -> None:
    """What was accepted is never guessed."""
    guarded.home.mkdir(parents=True, exist_ok=True)
    (guarded.home / "licences.json").write_text("[]", encoding="utf-8")
    with pytest.raises(WeightsError, match=r"licences\.json: "):
        guarded.folder("plain")


def test_the_default_models_need_no_terms() -> None:
    """What the default suite uses is free to fetch."""
    assert not any(catalog()[name].terms for name in ("minilm", "smollm2-135m"))


def test_the_catalog_knows_the_summarizers_people_use(tmp_path: Path) -> None:
    """At least 15 sequence-to-sequence checkpoints, each with limit, licence, size and corpora."""
    models = [model for model in catalog().values() if model.kind == "seq2seq"]
    assert len(models) >= 15
    for model in models:
        assert model.licence
        assert model.input_limit
        assert model.parameters
        assert model.trained_on or model.name.startswith("t5gemma")
        assert model.prefix is not None
    known = find_model("facebook/bart-large-cnn@main")
    assert known is not None
    assert known.name == "bart-large-cnn"
    assert known.settings["num_beams"] == 4
    listed = {one.name: one.description for one in list_models(Store(tmp_path))}
    assert listed["pegasus-xsum"].endswith("; trained on xsum")


def test_what_is_not_pinned_is_resolved_when_it_is_fetched() -> None:
    """A model without recorded files comes from the hub, and the store will record its commit."""
    for model in catalog().values():
        if not model.pinned:
            assert all(isinstance(source, HubSource) for source in model.sources)
