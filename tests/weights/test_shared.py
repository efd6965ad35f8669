"""A store of weights that machines share: each fetches a model from it once, and verifies it."""

from dataclasses import replace
from pathlib import Path

import pytest

from sumbench.cli import main
from sumbench.errors import WeightsError
from sumbench.weights import Store
from sumbench.weights.shared import push_model


@pytest.fixture
def pushed(shop: Store, tmp_path: Path) -> Path:
    """A shared store in a folder, with the model `plain`."""
    push_model(str(tmp_path / "shared"), shop.folder("plain"))
    return tmp_path / "shared"


@pytest.mark.parametrize("written", ["{}", "file://{}"])
def test_a_model_comes_from_the_shared_store_and_from_nowhere_else(
    shop: Store, pushed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    """Another machine's copy has the same files and origin; the second time nothing is fetched."""
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nothing"))
    other = replace(shop, home=tmp_path / "other", shared=written.format(pushed))
    folder = other.folder("plain")
    assert other.fingerprint("plain") == shop.fingerprint("plain")
    assert other.origin("plain") == shop.origin("plain")
    (pushed / "weights/plain/sumbench.json").unlink()
    assert other.folder("plain") == folder


def test_a_shared_model_that_is_damaged_is_refused(shop: Store, pushed: Path, tmp_path: Path) -> None:
    """A file that is not as recorded is named, and nothing of the model is kept."""
    (pushed / "weights/plain/config.json").write_text("{}")
    other = replace(shop, home=tmp_path / "other", shared=str(pushed))
    with pytest.raises(WeightsError, match=r"weights/plain: is damaged: config.json has changed"):
        other.folder("plain")
    assert not other.installed("plain")


def test_what_the_shared_store_lacks_comes_from_elsewhere(shop: Store, pushed: Path, tmp_path: Path) -> None:
    """It is a source beside the others, asked first."""
    other = replace(shop, home=tmp_path / "other", shared=str(pushed))
    assert other.origin("packed" if other.folder("packed") else "") == "the wheel packed 1.0"


def test_a_shared_store_is_filled_by_a_command(shop: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`weights push NAME --to ADDRESS` puts what is in the store, and what is not there is refused."""
    monkeypatch.setenv("SUMBENCH_HOME", str(shop.home))
    assert main(["weights", "push", "minilm", "--to", f"file://{tmp_path}/shared"]) == 2
    assert not (tmp_path / "shared").exists()
