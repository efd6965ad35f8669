"""Times a model's forward passes, and keeps the tokens that sumbench's systems write."""

import functools
import importlib
import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from typing import Any
from typing import Self

from sumbench.generation.chat import Chat
from sumbench.generation.requests import Answer
from sumbench.generation.seq2seq import Seq2SeqTask
from tests.speed.gpu_checkpoints import Shape


class Watch:
    """While it is entered, adds up the `seconds` of a shape's forward passes: those of the model, and of its encoder.

    The device is waited for before and after each. A pass within a pass counts once.
    """

    def __init__(self, shape: Shape) -> None:
        """Find the classes whose passes count."""
        family = shape.config.lower()
        module = importlib.import_module(f"transformers.models.{family}.modeling_{family}")
        names = [f"{shape.config}ForCausalLM"] if shape.causal else ["ForConditionalGeneration", "Encoder"]
        self._classes = [getattr(module, name if shape.causal else shape.config + name) for name in names]
        self._forwards: list[Any] = []
        self._within = False
        self.seconds = 0.0

    def __enter__(self) -> Self:
        """Begin."""
        self._forwards = [watched.forward for watched in self._classes]
        for watched, forward in zip(self._classes, self._forwards, strict=True):
            watched.forward = self._timed(forward)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the classes as they were."""
        for watched, forward in zip(self._classes, self._forwards, strict=True):
            watched.forward = forward

    def _timed(self, forward: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(forward)
        def timed(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever a model takes
            if self._within:
                return forward(*args, **options)
            self._within = True
            try:
                _wait()
                start = time.perf_counter()
                output = forward(*args, **options)
                _wait()
                self.seconds += time.perf_counter() - start
            finally:
                self._within = False
            return output

        return timed


def _wait() -> None:
    import torch

    if torch.cuda.is_available():
        torch.cuda.synchronize()


@contextmanager
def recorded() -> Iterator[None]:
    """While it is entered, the raw text of a summary is the tokens that were written, as numbers between blanks."""
    kept = {kind: kind.answer for kind in (Chat, Seq2SeqTask)}

    def recording(answer: Callable[..., Answer]) -> Callable[..., Answer]:
        def with_tokens(self: object, tokens: Sequence[int], *args: Any, **options: Any) -> Answer:  # noqa: ANN401
            return answer(self, tokens, *args, **options)._replace(raw=" ".join(map(str, tokens)))

        return with_tokens

    for kind, answer in kept.items():
        setattr(kind, "answer", recording(answer))  # noqa: B010 - mypy lets no method be assigned
    try:
        yield
    finally:
        for kind, answer in kept.items():
            setattr(kind, "answer", answer)  # noqa: B010
