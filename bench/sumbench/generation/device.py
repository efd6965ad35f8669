"""Chooses a model's device, its spread over GPUs, and its number format."""

import os
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from typing import NamedTuple

from sumbench.errors import UsageError
from sumbench.errors import first_line
from sumbench.registry import unknown

if TYPE_CHECKING:
    import torch

AUTO = "auto"

BALANCED = "balanced"
"""The device name for all GPUs together, each with an equal share of the model."""

DTYPES = (AUTO, "float32", "bfloat16", "float16")

SPARE = 0.8
"""The share of a GPU's free memory that weights may take; what is left is for keys and values."""


class Placement(NamedTuple):
    """The device of a model's inputs, its number format, and accelerate's device map (None: all on `device`)."""

    device: "torch.device"
    dtype: "torch.dtype"
    spread: str | Mapping[str, int | str] | None = None


def configure_torch() -> None:
    """Set what torch reads from the environment, before it is imported; the user's own settings win.

    Its threads sleep while they wait for each other, instead of spinning: on cores shared with other processes,
    decoding is several times faster that way. And cuDNN's attention is not the first choice on Hopper and Blackwell
    GPUs, as it is by default in torch 2.11: it plans anew, for tens of milliseconds or more, for every shape it has
    not met, and in decoding every step and every prompt has a shape of its own.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("TORCH_CUDNN_SDPA_DEPRIORITIZED", "1")


def choose_device(name: str) -> "torch.device":
    """Return the torch device of that name; "auto" is the GPU where there is one, else the CPU.

    "balanced" is the first GPU. Raises UsageError for a device that this machine does not have.
    """
    import torch

    if name == AUTO:
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        device = torch.device("cuda" if name == BALANCED else name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        msg = f"device {name!r} is not to be had here: {first_line(error)}"
        raise UsageError(msg) from error
    return device


def choose_placement(name: str, dtype: str, folder: Path) -> Placement:
    """Return the placement of the model whose weights are in `folder`, for a device `name` and a `dtype` name.

    With "balanced", its layers are spread evenly over all GPUs; with "auto", they are spread only where there are
    several GPUs and the first has no room for all of them. Raises UsageError for a device that is not available.
    """
    import torch

    where = choose_device(name)
    format_ = choose_dtype(where, dtype)
    if name == BALANCED:
        return Placement(where, format_, BALANCED)
    if name == AUTO and where.type == "cuda":
        free = [torch.cuda.mem_get_info(number)[0] for number in range(torch.cuda.device_count())]
        return Placement(where, format_, AUTO if must_spread(weights_size(folder, format_), free) else None)
    return Placement(where, format_)


def must_spread(size: int, free: Sequence[int]) -> bool:
    """Tell whether weights of `size` bytes need more than the first of several GPUs with so many `free` bytes."""
    return len(free) > 1 and size > SPARE * free[0]


def check_dtype(name: str, dtype: str) -> None:
    """Raise UsageError, which names the system `name`, for an unknown number format."""
    if dtype not in DTYPES:
        raise unknown(f"dtype of {name}", dtype, list(DTYPES))


def choose_dtype(device: "torch.device", dtype: str = AUTO) -> "torch.dtype":
    """Return the number format `dtype`; "auto" is float32 on a CPU, bfloat16 or float16 on a GPU."""
    import torch

    if dtype != AUTO:
        named: torch.dtype = getattr(torch, dtype)
        return named
    if device.type == "cpu":
        return torch.float32
    if device.type == "cuda" and torch.cuda.is_bf16_supported():
        return torch.bfloat16
    return torch.float16


def weights_size(folder: Path, dtype: "torch.dtype") -> int:
    """Return how many bytes the weights in `folder` take in a number format."""
    from math import prod

    from safetensors import safe_open

    numbers = 0
    for file in folder.glob("*.safetensors"):
        with safe_open(file, framework="pt") as tensors:
            numbers += sum(prod(tensors.get_slice(name).get_shape()) for name in tensors.keys())  # noqa: SIM118
    return numbers * dtype.itemsize


def device_fingerprint(name: str, dtype: str = AUTO) -> dict[str, str]:
    """Return the device type and number format that the options resolve to here, for a system's fingerprint."""
    where = choose_device(name)
    return {"device": where.type, "dtype": str(choose_dtype(where, dtype)).removeprefix("torch.")}
