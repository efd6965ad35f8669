"""Checkpoints that cannot work, named on the command line: one line says why, and what else there is goes on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sumbench.cli import main
from tests.generation import tiny

pytestmark = pytest.mark.usefixtures("in_process")


def pickled(folder: Path) -> str:
    """Leave weights that only a pickle loads."""
    tiny.causal(folder)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    return ""


def without_tokenizer(folder: Path) -> str:
    """Take the tokenizer away."""
    tiny.causal(folder)
    (folder / "tokenizer.json").unlink()
    return ""


def narrow(folder: Path) -> str:
    """Make a model that reads less than the prompt has."""
    tiny.causal(folder, context=64)
    return ""


def of_another_kind(folder: Path) -> str:
    """Make an encoder, which writes nothing."""
    tiny.embedding(folder)
    return ""


def unwritable(folder: Path) -> str:
    """Ask for a number format that is none."""
    tiny.causal(folder)
    return ",dtype=float8"


CASES = [
    (pickled, "has no safetensors weights, and pickled ones are not loaded: they can run code"),
    (without_tokenizer, "has no tokenizer"),
    (narrow, "its context of 64 tokens has no room for a document beside the prompt"),
    (of_another_kind, "could not be loaded: "),
    (unwritable, "'float8': did you mean 'float32'?"),
]


@pytest.mark.parametrize(("spoil", "reason"), CASES, ids=[spoil.__name__ for spoil, _ in CASES])
def test_a_checkpoint_that_cannot_work_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], str], reason: str
) -> None:
    """The reason stands in one line of what is printed, and no traceback."""
    folder = tmp_path / "spoiled"
    options = spoil(folder)
    arguments = ["run", "--systems", f"lead,causal,model={folder}{options}", "--limit", "1", "--device", "cpu"]
    code = main([*arguments, "--metrics", "rouge", "--no-cache", "--quiet", "--out", str(tmp_path / "run")])
    printed = "".join(capsys.readouterr())
    assert code in {2, 3}
    assert [line for line in printed.splitlines() if reason in line]
    assert "Traceback" not in printed
