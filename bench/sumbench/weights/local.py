"""Models in local folders outside the store: used in place, never changed."""

from pathlib import Path

from sumbench.errors import WeightsError
from sumbench.weights import code
from sumbench.weights.hub import CONFIGURATION
from sumbench.weights.hub import PICKLED
from sumbench.weights.hub import WEIGHTS


def check_local_model(folder: Path) -> None:
    """Raise WeightsError for a folder without a model, or with pickled weights only."""
    if not (folder / "config.json").is_file() and not (folder / "modules.json").is_file():
        msg = f"{folder} is no Hugging Face model: it has no config.json"
        raise WeightsError(msg)
    if not any(folder.rglob(f"*{WEIGHTS}")):
        raise WeightsError(f"{folder} has {PICKLED}")


def local_model_files(folder: Path, *, with_code: bool = False) -> list[Path]:
    """Return the files of a folder that the model needs: safetensors, settings, vocabularies, templates, maybe code."""
    suffixes = CONFIGURATION | {WEIGHTS} | ({code.SUFFIX} if with_code else set())
    return [file for file in folder.rglob("*") if file.suffix in suffixes and file.is_file()]
