"""What a device comes to: asked of the real torch, in processes of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sumbench.errors import UsageError
from sumbench.executors.describe import describe
from sumbench.executors.devices import resolved
from sumbench.systems import Context
from sumbench.systems import build_system
from sumbench.weights import Store
from tests.generation import tiny

ASK = """
import sys
from pathlib import Path
from sumbench.executors.devices import resolved
found = resolved("auto", Path(sys.argv[1]))
print(sorted(found), "torch" in sys.modules)
"""


def ask(home: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(home)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "bench"), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_torch_is_asked_once(tmp_path: Path) -> None:
    """A second process has the answer from the store; one that sees other GPUs asks again."""
    assert ask(tmp_path) == "['device', 'dtype'] True"
    assert ask(tmp_path) == "['device', 'dtype'] False"
    assert ask(tmp_path, CUDA_VISIBLE_DEVICES="7") == "['device', 'dtype'] True"


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"[" * 9999, b'{"a": NaN}', b'{"a": 1}'])
def test_a_damaged_memory_is_asked_anew(tmp_path: Path, content: bytes) -> None:
    """Whatever devices.json holds, the device is found, and remembered from then on."""
    (tmp_path / "devices.json").write_bytes(content)
    found = resolved("auto", tmp_path)
    assert found == resolved("auto", tmp_path)
    assert found in json.loads((tmp_path / "devices.json").read_bytes()).values()


def test_the_processor_needs_no_asking(tmp_path: Path) -> None:
    """It is known what it is, and nothing is kept."""
    assert resolved("cpu", tmp_path) == {"device": "cpu", "dtype": "float32"}
    assert list(tmp_path.iterdir()) == []


def test_a_device_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    """It is said before anything runs, and not remembered."""
    with pytest.raises(UsageError, match="'cuda:99' is not to be had here"):
        resolved("cuda:99", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_fingerprint_says_on_what_a_model_ran(tmp_path: Path) -> None:
    """Kind of device and number format stand in it for systems with a model, and an explicit format as it was given."""
    folder = tiny.causal(tmp_path / "model")
    context = Context(0, Store(tmp_path / "store"), "cpu")
    parts = describe(build_system(f"causal,model={folder}"), context).fingerprint
    assert (parts["device"], parts["dtype"]) == ("cpu", "float32")
    assert describe(build_system(f"causal,model={folder},dtype=bfloat16"), context).fingerprint["dtype"] == "bfloat16"
    assert "device" not in describe(build_system("lead"), context).fingerprint
