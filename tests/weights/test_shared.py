"""A store of weights that machines share: each fetches a model from it once, and verifies it."""

from dataclasses import replace
from pathlib import Path

import pytest

from sumbench.cli import main
from sumbench.errors import WeightsError
from sumbench.weights import Store
from sumbench.weights import fetch
from sumbench.weights.manifest import write_weights_manifest
from sumbench.weights.shared import push_model

NAME = "nobody/tiny"


@pytest.fixture
def stored(tmp_path: Path) -> Store:
    """A store that has a model."""
    store = Store(tmp_path / "first")
    folder = store.model_folder(NAME)
    (folder / "onnx").mkdir(parents=True)
    (folder / "config.json").write_text('{"model_type": "bart"}')
    (folder / "onnx/model.bin").write_bytes(bytes(range(256)))
    write_weights_manifest(folder, NAME, "the hub repository nobody/tiny at 0123")
    return store


@pytest.fixture
def pushed(stored: Store, tmp_path: Path) -> Path:
    """A shared store in a folder, with that model."""
    push_model(str(tmp_path / "shared"), stored.model_folder(NAME))
    return tmp_path / "shared"


@pytest.mark.parametrize("written", ["{}", "file://{}", "memory://shared"])
def test_a_machine_fetches_a_model_from_the_shared_store_once(
    stored: Store, pushed: Path, tmp_path: Path, written: str
) -> None:
    """Its copy has the same files and origin, and the second time nothing is fetched."""
    address = written.format(pushed)
    push_model(address, stored.model_folder(NAME))
    other = replace(stored, home=tmp_path / "other", shared=address)
    folder = other.folder(NAME)
    assert (folder / "onnx/model.bin").read_bytes() == bytes(range(256))
    assert other.fingerprint(NAME) == stored.fingerprint(NAME)
    assert other.origin(NAME) == stored.origin(NAME)
    assert replace(other, shared="memory://nothing").folder(NAME) == folder


def test_a_shared_model_that_is_damaged_is_refused(stored: Store, pushed: Path, tmp_path: Path) -> None:
    """A file that is not as recorded is named, and nothing of the model is kept."""
    (pushed / "weights/nobody--tiny/config.json").write_text("{}")
    other = replace(stored, home=tmp_path / "other", shared=str(pushed))
    with pytest.raises(WeightsError, match=r"weights/nobody--tiny: is damaged: config.json has changed"):
        other.folder(NAME)
    assert not other.installed(NAME)


def test_what_the_shared_store_lacks_comes_from_elsewhere(
    stored: Store, pushed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a source beside the others, asked first."""
    asked: list[str] = []

    def from_hub(name: str, staging: Path, *_: object, **__: object) -> str:
        asked.append(name)
        staging.mkdir()
        (staging / "config.json").write_text("{}")
        return "the hub"

    monkeypatch.setattr(fetch, "_from_hub", from_hub)
    other = replace(stored, home=tmp_path / "other", shared=str(pushed))
    other.folder("nobody/other")
    other.folder(NAME)
    assert asked == ["nobody/other"]


def test_code_that_a_shared_model_lacks_comes_from_elsewhere(
    stored: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who put it there did not trust its code: a machine that does fetches the model with its code, once."""
    asked: list[bool] = []

    def from_hub(_name: str, staging: Path, _progress: object, *, with_code: bool) -> str:
        asked.append(with_code)
        staging.mkdir()
        (staging / "config.json").write_text('{"auto_map": {"AutoConfig": "own.Config"}}')
        (staging / "own.py").write_text("")
        return "the hub"

    folder = stored.model_folder(NAME)
    (folder / "sumbench.json").unlink()
    (folder / "config.json").write_text('{"auto_map": {"AutoConfig": "own.Config"}}')
    write_weights_manifest(folder, NAME, "the hub")
    push_model(str(tmp_path / "shared"), folder)
    monkeypatch.setattr(fetch, "_from_hub", from_hub)
    other = replace(stored, home=tmp_path / "other", shared=str(tmp_path / "shared"))
    assert not (other.folder(NAME) / "own.py").exists()
    trusting = replace(other, trusted=frozenset({NAME}))
    assert (trusting.folder(NAME) / "own.py").exists()
    trusting.folder(NAME)
    assert asked == [True]


def test_a_shared_store_is_filled_by_a_command(
    stored: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`weights push NAME --to ADDRESS` puts what is in the store; `pull` takes it from `$SUMBENCH_WEIGHTS_FROM`."""
    monkeypatch.setenv("SUMBENCH_HOME", str(stored.home))
    assert main(["weights", "push", "minilm", "--to", f"file://{tmp_path}/shared"]) == 2
    assert not (tmp_path / "shared").exists()
    assert main(["weights", "push", NAME, "--to", f"file://{tmp_path}/shared"]) == 0
    assert capsys.readouterr().out == f"{NAME}: file://{tmp_path}/shared/weights/nobody--tiny\n"
    monkeypatch.setenv("SUMBENCH_HOME", str(tmp_path / "other"))
    monkeypatch.setenv("SUMBENCH_WEIGHTS_FROM", f"file://{tmp_path}/shared")
    assert main(["weights", "pull", NAME, "--quiet"]) == 0
    assert capsys.readouterr().out == f"{NAME}: {tmp_path}/other/weights/nobody--tiny\n"
