"""Checks of any plug-in class: it is built in no time, can be pickled, and holds nothing large."""

import pickle
import random
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any
from typing import TypeVar

from sumbench.errors import failure_line
from sumbench.options import misfit
from sumbench.options import needed

HEAVY = ("torch", "transformers", "tensorflow", "jax", "sentence_transformers", "ctranslate2", "spacy")
"""Libraries that are to be imported when a system or metric is loaded, not when it is built."""

QUICK = 1.0
"""The seconds that building one may take."""

SMALL = 100_000
"""The bytes that one may have when it is pickled: it holds its options, no weights."""

Plugin = TypeVar("Plugin")


def expect(holds: object, message: str) -> None:
    """Raise AssertionError with this message unless something holds."""
    if not holds:
        raise AssertionError(message)


def built(make: Callable[[], Plugin]) -> Plugin:
    """Return what is made; raise AssertionError where that fails, takes long, or imports what is heavy."""
    before = sys.modules.keys() & set(HEAVY)
    start = time.perf_counter()
    try:
        made = make()
    except Exception as error:
        raise AssertionError(f"cannot be built with name=…: {failure_line(error)}") from error
    seconds = time.perf_counter() - start
    loaded = (sys.modules.keys() & set(HEAVY)) - before
    expect(not loaded, f"building it imports {', '.join(loaded)}: import it in load()")
    expect(seconds < QUICK, f"building it takes {seconds:.1f} s: do the work in load()")
    return made


def built_to_check(plugin: Any, protocol: type) -> Any:  # noqa: ANN401 - a system or a metric
    """Return a plug-in, or what its class builds with its defaults; its class must fit the protocol."""
    cls = plugin if isinstance(plugin, type) else type(plugin)
    if fault := misfit(cls, protocol):
        raise AssertionError(f"{cls.__name__}: {fault}")
    if plugin is not cls:
        return plugin
    expect(not needed(cls), f"{cls.__name__} needs {', '.join(needed(cls))}: give an object, not the class")
    return built(partial(cls, name="checked"))


def check_building(kind: str, plugin: Any) -> None:  # noqa: ANN401 - a system or a metric
    """Check that a plug-in (a `kind`: "system") takes a name, equals its pickled copy, and is small."""
    other = built(lambda: renamed(plugin))
    expect(other.name == "another", f"a {kind} that is built with name=… must have that name")
    expect(copied(plugin) == plugin, f"a {kind} that is unpickled must equal the one that was pickled")
    size = len(pickle.dumps(plugin))
    expect(size < SMALL, f"it has {size:,} bytes when it is pickled: load what is large in load()")


def renamed(plugin: Plugin) -> Plugin:
    """Return a plug-in with another name."""
    return replace(plugin, name="another")  # type: ignore[type-var] # every plug-in is a dataclass


def copied(plugin: Plugin) -> Plugin:
    """Return a plug-in that was pickled and unpickled."""
    try:
        copy: Plugin = pickle.loads(pickle.dumps(plugin))  # noqa: S301 - pickled just here
    except Exception as error:
        raise AssertionError(
            f"cannot be pickled, as it must be to work in another process: {failure_line(error)}"
        ) from error
    return copy


@contextmanager
def other_global_state() -> Iterator[None]:
    """Put Python's and numpy's global generators where they have not been, and back afterwards."""
    import numpy as np

    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002 - the global one is meant
    try:
        random.seed(1_000_003)
        np.random.seed(1_000_003)  # noqa: NPY002 - the global one is meant
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)  # noqa: NPY002 - the global one is meant
