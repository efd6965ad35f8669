import os
from pathlib import Path

import pytest

from sumbench.errors import UsageError
from sumbench.generation import device
from tests.generation import tiny


def test_a_processor_computes_in_float32() -> None:
    """The fingerprint names the kind of device and the number format."""
    assert device.device_fingerprint("cpu") == {"device": "cpu", "dtype": "float32"}


def test_auto_comes_to_a_device_that_is_there() -> None:
    """What auto means here is said, so that two machines' summaries are not mistaken for each other's."""
    assert device.device_fingerprint("auto")["device"] in {"cpu", "cuda", "mps"}


def test_a_device_that_is_not_there_is_refused() -> None:
    """The name is said."""
    with pytest.raises(UsageError, match="device 'abacus' is not to be had here"):
        device.device_fingerprint("abacus")


def test_a_number_format_is_the_one_that_is_asked_for() -> None:
    """Whatever the device would take by itself."""
    assert device.device_fingerprint("cpu", "bfloat16") == {"device": "cpu", "dtype": "bfloat16"}


def test_a_number_format_that_is_none_is_refused() -> None:
    """The system's name and the nearest format are said."""
    with pytest.raises(UsageError, match=r"dtype of causal 'float': did you mean 'float32'"):
        device.check_dtype("causal", "float")


def test_a_model_is_spread_when_one_gpu_of_several_has_no_room_for_it() -> None:
    """On one GPU there is nothing to spread it to, and a part of the memory is left for keys and values."""
    assert not device.must_spread(7, [10, 10])
    assert device.must_spread(9, [10, 10])
    assert not device.must_spread(9, [10])


def test_all_gpus_together_need_gpus() -> None:
    """The name of the device is said."""
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    with pytest.raises(UsageError, match="device 'balanced' is not to be had here"):
        device.choose_device("balanced")


def test_the_size_of_weights_is_that_of_their_number_format(tmp_path: Path) -> None:
    """Whatever format they are kept in."""
    import torch

    folder = tiny.causal(tmp_path / "causal")
    file = folder / "model.safetensors"
    whole = device.weights_size(folder, torch.float32)
    assert 0 <= file.stat().st_size - whole < 10_000
    assert device.weights_size(folder, torch.bfloat16) == whole // 2


def test_torch_is_configured_where_the_user_has_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads sleep and cuDNN's attention is not the first choice; what the user has set stays."""
    monkeypatch.delenv("TORCH_CUDNN_SDPA_DEPRIORITIZED", raising=False)
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    device.configure_torch()
    assert (os.environ["OMP_WAIT_POLICY"], os.environ["TORCH_CUDNN_SDPA_DEPRIORITIZED"]) == ("ACTIVE", "1")
