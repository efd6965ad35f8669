"""Varies one option of a system or metric at a time, to check that each of them counts."""

import types
from collections.abc import Collection
from collections.abc import Iterator
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import Any
from typing import Literal
from typing import TypeVar
from typing import Union
from typing import get_args
from typing import get_origin
from typing import get_type_hints

from sumbench.options import options

Plugin = TypeVar("Plugin")


def changed(plugin: Plugin, left_out: Collection[str]) -> Iterator[tuple[str, Plugin]]:
    """Yield each option that is not `left_out`, with a plug-in in which it alone has another value.

    Options whose other values that were tried are all refused, are passed over.
    """
    hints = get_type_hints(type(plugin))
    for option in options(type(plugin)):
        if option in left_out:
            continue
        for value in _others(hints[option], getattr(plugin, option)):
            try:
                other = replace(plugin, **{option: value})  # type: ignore[type-var] # every plug-in is a dataclass
            except Exception:  # noqa: BLE001, S112 - it takes no such value
                continue
            yield option, other
            break


def _others(hint: Any, value: Any) -> Iterator[Any]:  # noqa: ANN401 - any annotation, any value
    """Yield values of the type `hint` that are not `value`."""
    yield from (other for other in _values(hint, value) if other != value or type(other) is not type(value))


def _values(hint: Any, value: Any) -> Iterator[Any]:  # noqa: ANN401 - any annotation, any value
    arguments, origin = get_args(hint), get_origin(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        yield from hint
    elif origin is Literal:
        yield from arguments
    elif origin in {Union, types.UnionType}:
        for one in sorted(arguments, key=lambda one: one is types.NoneType):
            yield from _values(one, value)
    elif origin is tuple and arguments[1:] == (Ellipsis,):
        yield from ((*(value or ()), one) for one in _values(arguments[0], None))
    else:
        yield from _simple(hint, value)


def _simple(hint: Any, value: Any) -> tuple[Any, ...]:  # noqa: ANN401 - any annotation, any value
    number = value if isinstance(value, int | float) else 0
    values: dict[Any, tuple[Any, ...]] = {
        bool: (True, False),
        int: (int(number) + 1, int(number) * 2, max(int(number) - 1, 0), 1, 2),
        float: (number + 1.0, number / 2, 0.5, 0.25),
        str: (f"{value or ''}x", "other"),
        Path: (Path(f"{value or ''}x"),),
        types.NoneType: (None,),
    }
    return values.get(hint, ())
