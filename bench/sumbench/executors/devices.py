"""Resolves device names (auto, cuda) to what this machine has, and caches the answer in the store."""

import json
import os
import platform
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.files import write_text
from sumbench.validation import FAULTS

FILE = "devices.json"

_VISIBLE = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES")
_DRIVERS = ("/proc/driver/nvidia/version", "/sys/module/amdgpu/version")
_GPUS = ("nvidia[0-9]*", "kfd", "dxg", "dri/render*")


def cores() -> int:
    """Return how many cores this process may use."""
    available = getattr(os, "sched_getaffinity", None)
    return len(available(0)) if available else os.cpu_count() or 1


def device_names(given: str) -> list[str]:
    """Return the devices that are named, separated by commas (cuda:0,cuda:1); raise UsageError for one named twice."""
    names = [name.strip() for name in given.split(",")]
    if doubled := next((name for name in names if names.count(name) > 1), None):
        raise UsageError(f"--device {given}: {doubled or 'an empty name'} is there twice")
    if len(names) > 1 and (odd := next((name for name in names if name in {"auto", "balanced", ""}), None)) is not None:
        raise UsageError(f"--device {given}: {odd or 'an empty name'} does not go with others: name each device")
    return names


def resolved(name: str, home: Path) -> Mapping[str, str]:
    """Return the kind of device (`device`) that `name` means here, and the number format of models on it (`dtype`).

    torch takes seconds to import, so the answer is cached in the store at `home` for as long as torch, the drivers and
    the GPUs stay the same. Raises UsageError for a device that this machine does not have.
    """
    if name == "cpu":
        return {"device": "cpu", "dtype": "float32"}
    key = json.dumps([name, _surroundings()])
    known = _read(home / FILE)
    match known.get(key):
        case {"device": str(kind), "dtype": str(dtype)}:
            return {"device": kind, "dtype": dtype}
    from sumbench.generation.device import device_fingerprint

    found = device_fingerprint(name)
    _keep(home / FILE, {**known, key: found})
    return found


def _surroundings() -> list[object]:
    """Return the cache key beside the device's name: versions of torch, platform and drivers, GPUs, and variables."""
    try:
        torch = version("torch")
    except PackageNotFoundError:
        torch = ""
    drivers = [Path(file).read_text("utf-8", "replace") for file in _DRIVERS if Path(file).exists()]
    gpus = sorted(str(file) for pattern in _GPUS for file in Path("/dev").glob(pattern))
    return [torch, platform.platform(), drivers, gpus, [os.environ.get(variable) for variable in _VISIBLE]]


def _read(file: Path) -> dict[str, Any]:
    """Return the cached answers, none where the file is missing or damaged."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Any])
    except (OSError, *FAULTS):
        return {}


def _keep(file: Path, content: Mapping[str, Any]) -> None:
    # In a store that cannot be written, nothing is cached, and torch is imported each time.
    with suppress(OSError, RunError):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_text(file, json.dumps(content, indent=2) + "\n")
