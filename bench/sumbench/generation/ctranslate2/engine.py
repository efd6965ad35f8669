"""Converts checkpoints to ctranslate2 models once, keeps them in the store, and loads them."""

from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from sumbench.errors import SummarizerError
from sumbench.errors import UsageError
from sumbench.generation.checkpoint import Checkpoint
from sumbench.registry import unknown
from sumbench.weights import Store
from sumbench.weights.derived import derived_folder

if TYPE_CHECKING:
    import torch

BACKEND = "ctranslate2"

COMPUTE = ("int8", "int8_float32", "float32")
"""The supported number formats of weights; on a CPU, both kinds of int8 compute the rest in float32."""

CRASHES = frozenset({"t5gemma", "t5gemma2"})
"""Model types that ctranslate2 4.8.5 converts, but which crash the process at the first document."""


def check_backend(name: str, compute: str) -> None:
    """Raise UsageError (it says the system's `name`) for an unknown number format, or where ctranslate2 is missing."""
    if compute not in COMPUTE:
        raise unknown(f"number format of {name} (compute=…)", compute, list(COMPUTE))
    if find_spec(BACKEND) is None:
        raise UsageError(f"{name}: backend={BACKEND} needs a package: pip install 'sumbench[fast]'")


def converted_folder(name: str, store: Store, model: str, opened: Checkpoint, compute: str) -> Path:
    """Return the folder of the `model` in the number format `compute`, converting it where it is missing.

    Raises SummarizerError for a model that ctranslate2 cannot read.
    """
    if opened.config.model_type in CRASHES:
        msg = f"{name}: ctranslate2 crashes on models of the kind {opened.config.model_type!r}"
        raise SummarizerError(f"{msg}: leave out backend=ctranslate2")

    def make(target: Path) -> None:
        from sumbench.generation.ctranslate2.converter import convert

        convert(name, opened, compute, target)

    how = f"{compute} by {BACKEND} {version(BACKEND)}"
    return derived_folder(store, model, f"{BACKEND}-{compute}", how, make)


def load_converted(name: str, kind: type, folder: Path, device: "torch.device", compute: str) -> Any:  # noqa: ANN401
    """Load a converted model as ctranslate2's `kind` (Generator, Translator), one thread a document.

    As many documents run at once as torch would use threads, and none depends on the others.
    """
    import torch

    cores = torch.get_num_threads()
    threads = 1 if device.type == "cuda" else cores
    where = "cuda" if device.type == "cuda" else "cpu"
    try:
        return kind(
            str(folder),
            device=where,
            compute_type=compute,
            inter_threads=threads,
            intra_threads=1,
            max_queued_batches=-1,
        )
    except (RuntimeError, ValueError) as error:
        msg = f"{name}: {BACKEND} cannot load {folder}: {str(error).splitlines()[0]}"
        raise SummarizerError(msg) from error
    finally:
        # ctranslate2 sets the number of threads of the whole process, torch's too.
        torch.set_num_threads(cores)
