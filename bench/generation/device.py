"""Where a model runs and in which precision."""

import os
from typing import TYPE_CHECKING

from bench.errors import UsageError

if TYPE_CHECKING:
    import torch


def share_cores() -> None:
    """Let torch's threads sleep while they wait for each other, instead of keeping the cores busy.

    On cores that other processes use as well, decoding is several times faster that way. It only works before
    torch is imported; a user's own setting stands.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def choose(name: str) -> "torch.device":
    """Return the torch device of that name; "auto" is the GPU where there is one, else the processor.

    Raises UsageError for a device that this machine does not have.
    """
    import torch

    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        msg = f"device {name!r} is not to be had here: {str(error).splitlines()[0]}"
        raise UsageError(msg) from error
    return device


def precision(device: "torch.device") -> "torch.dtype":
    """Return the number format for a device: float32 on a processor, bfloat16 or float16 on a GPU."""
    import torch

    if device.type == "cpu":
        return torch.float32
    if device.type == "cuda" and torch.cuda.is_bf16_supported():
        return torch.bfloat16
    return torch.float16


def described(name: str) -> dict[str, str]:
    """Return the kind of device that `name` comes to here and the number format of models on it, for a fingerprint."""
    where = choose(name)
    return {"device": where.type, "dtype": str(precision(where)).removeprefix("torch.")}
