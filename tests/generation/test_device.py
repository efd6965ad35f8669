import pytest

from bench.errors import UsageError
from bench.generation import device


def test_a_processor_computes_in_float32() -> None:
    """The fingerprint names the kind of device and the number format."""
    assert device.described("cpu") == {"device": "cpu", "dtype": "float32"}


def test_auto_comes_to_a_device_that_is_there() -> None:
    """What auto means here is said, so that two machines' summaries are not mistaken for each other's."""
    assert device.described("auto")["device"] in {"cpu", "cuda", "mps"}


def test_a_device_that_is_not_there_is_refused() -> None:
    """The name is said."""
    with pytest.raises(UsageError, match="device 'abacus' is not to be had here"):
        device.described("abacus")
