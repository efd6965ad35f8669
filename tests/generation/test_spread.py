"""Models whose layers are spread over devices by accelerate, and in other number formats."""

from pathlib import Path
from typing import Any

import pytest

from sumbench.generation import device
from sumbench.records import Document
from sumbench.systems import Context
from sumbench.systems import System
from sumbench.systems.causal import Causal
from sumbench.systems.seq2seq import Seq2Seq
from sumbench.weights import Store
from tests.generation import pairs
from tests.generation import tiny

TEXT = "The council met on Monday and voted for the bridge. It rained all day in the valley. "
DOCUMENTS = [Document(str(count), TEXT * count, ()) for count in (1, 2, 3)]
ON_DISK = {
    "causal": {
        **dict.fromkeys(("model.embed_tokens", "model.rotary_emb", "model.layers.0", "model.norm", "lm_head"), "cpu"),
        "model.layers.1": "disk",
    },
    "bart": {
        **dict.fromkeys(("model.shared", "model.encoder", "final_logits_bias", "lm_head"), "cpu"),
        **dict.fromkeys(("model.decoder.embed_tokens", "model.decoder.embed_positions"), "cpu"),
        "model.decoder.layernorm_embedding": "cpu",
        "model.decoder.layers": "disk",
    },
    "t5": {
        **dict.fromkeys(("shared", "encoder", "lm_head"), "cpu"),
        **dict.fromkeys(("decoder.embed_tokens", "decoder.final_layer_norm", "decoder.dropout"), "cpu"),
        "decoder.block": "disk",
    },
}


def system(kind: str, home: Path, **options: Any) -> System:  # noqa: ANN401
    if kind == "causal":
        made = home if home.is_dir() else tiny.causal(home)
        return Causal(name="tiny", model=str(made), max_new_tokens=12, **options)
    made = home if home.is_dir() else pairs.checkpoint(home, kind)
    return Seq2Seq(name="tiny", model=str(made), **options)


def texts(of: System) -> list[tuple[str, str | None]]:
    """Let the system write, and return what it wrote in the order of the documents, with its errors."""
    made = of.load(Context(0, Store(Path("unused"), offline=True), "cpu"))(DOCUMENTS)
    return [(one.text, one.error) for one in sorted(made, key=lambda one: one.document)]


@pytest.mark.parametrize("kind", ["causal", "bart", "t5"])
@pytest.mark.parametrize("spread", ["whole", "on disk"])
def test_a_model_spread_over_devices_writes_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, spread: str
) -> None:
    """Its layers in one place by a map, or some of them kept on disk, as where no GPU has room for them."""
    expected = texts(system(kind, tmp_path / kind))
    place = device.choose_placement

    def spread_out(name: str, dtype: str, folder: Path) -> device.Placement:
        return place(name, dtype, folder)._replace(spread={"": "cpu"} if spread == "whole" else ON_DISK[kind])

    monkeypatch.setattr(device, "choose_placement", spread_out)
    assert texts(system(kind, tmp_path / kind)) == expected
    assert all(error is None for _, error in expected)


@pytest.mark.parametrize("kind", ["causal", "bart", "t5"])
@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_other_number_formats_work_on_a_processor(tmp_path: Path, kind: str, dtype: str) -> None:
    """They summarize, and the fingerprint is another one."""
    chosen = system(kind, tmp_path / kind, dtype=dtype)
    assert all(error is None and text for text, error in texts(chosen))
    assert chosen.fingerprint()["dtype"] == dtype
    assert system(kind, tmp_path / kind).fingerprint() != chosen.fingerprint()
