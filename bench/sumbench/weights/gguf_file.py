"""Reads a GGUF file: settings by key, tensors dequantized to float32."""

from collections.abc import Collection
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class GGUFFile:
    """The settings and tensors of one GGUF file.

    A missing setting raises KeyError, a file that is not GGUF ValueError, each with a readable reason.
    """

    def __init__(self, file: Path) -> None:
        """Open the file; tensors are read on demand."""
        from gguf import GGUFReader

        self._reader = GGUFReader(file)

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - a setting may be of any type
        """Return the setting of that key."""
        field = self._reader.get_field(key)
        if field is None:
            msg = f"it has no {key}"
            raise KeyError(msg)
        return field.contents()

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - as above
        """Return the setting of that key, or the default where there is none."""
        return self[key] if self._reader.get_field(key) else default

    def require(self, key: str, known: Collection[Any]) -> Any:  # noqa: ANN401 - as above
        """Return the setting of that key (None where it is missing); raise ValueError unless it is in `known`."""
        value = self.get(key)
        if value not in known:
            msg = f"{key} is {value!r}; known are {', '.join(sorted(map(repr, known)))}"
            raise ValueError(msg)
        return value

    def has(self, tensor: str) -> bool:
        """Tell whether there is a tensor of that name."""
        return any(each.name == tensor for each in self._reader.tensors)

    def tensors(self) -> Iterator[tuple[str, "NDArray[np.float32]"]]:
        """Yield each tensor in float32 with its name in GGUF."""
        import numpy as np
        from gguf.quants import dequantize

        for tensor in self._reader.tensors:
            yield tensor.name, np.asarray(dequantize(tensor.data, tensor.tensor_type), dtype=np.float32)
