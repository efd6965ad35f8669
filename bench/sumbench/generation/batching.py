"""Runs requests in batches: halves them when memory runs out, and isolates a request that fails."""

import gc
import sys
from collections.abc import Generator
from collections.abc import Iterator

from sumbench.errors import UsageError
from sumbench.generation.requests import Answer
from sumbench.generation.requests import Backend
from sumbench.generation.requests import GenerationRequest
from sumbench.generation.requests import RequestIntake
from sumbench.generation.requests import RequestQueue

AUTO_BATCH_SIZE = "auto"

_OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "cublas_status_alloc_failed")
"""How errors of torch say that memory ran out; the last is that of a GPU's library, which allocates beside torch."""


def parse_batch_size(name: str, batch_size: str) -> int | None:
    """Return how many texts a batch may hold, None for `auto`; raise UsageError for any other value."""
    if batch_size == AUTO_BATCH_SIZE:
        return None
    if not batch_size.isdecimal() or int(batch_size) < 1:
        raise UsageError(f"{name}: batch_size={batch_size} is neither {AUTO_BATCH_SIZE} nor a whole number from 1")
    return int(batch_size)


class Batcher:
    """Lets a `backend` answer requests, at most `rows` at once and within a budget of `tokens` (None: no budget).

    When memory runs out, the batch size is halved for all that follows.
    """

    def __init__(self, backend: Backend, rows: int, tokens: int | None = None) -> None:
        """Configure the batches; nothing runs yet."""
        self._backend = backend
        self._rows = rows
        self._tokens = tokens

    def run(self, queue: RequestQueue) -> Iterator[tuple[GenerationRequest, Answer | Exception]]:
        """Yield each request of the queue with its answer, or with the error of one that fails when run alone.

        The caller may add requests to the queue in response to an answer. The order is that of completion.
        """
        while True:
            intake = RequestIntake(queue, self._rows, self._tokens)
            failure = yield from self._attempt(intake)
            broken = intake.in_progress
            if failure is None:
                if not intake.taken:
                    return
            elif not broken:
                raise failure
            elif len(broken) == 1:
                yield broken[0], failure
            elif out_of_memory(failure):
                self._rows = len(broken) // 2
                for request in broken:
                    queue.put(request)
            else:
                # Run each alone to find the one that fails.
                for request in broken:
                    alone = yield from self._attempt(RequestIntake(RequestQueue([request]), 1))
                    if alone is not None:
                        yield request, alone

    def _attempt(self, intake: RequestIntake) -> Generator[tuple[GenerationRequest, Answer], None, Exception | None]:
        """Yield answers until the intake is empty; return the error that stopped it earlier, if any."""
        answers = self._backend(intake)
        while True:
            try:
                request, answer = next(answers)
            except StopIteration:
                return None
            except Exception as error:  # noqa: BLE001 - any failure is isolated, and the run continues
                failure = error.with_traceback(None)
                break
            intake.in_progress.remove(request)
            yield request, answer
        # The generator holds the tensors of the failed attempt: only without it can they be freed.
        del answers
        _release()
        return failure


def out_of_memory(error: BaseException) -> bool:
    """Tell whether an error means that memory ran out, on a CPU or a GPU."""
    torch = sys.modules.get("torch")
    if isinstance(error, MemoryError) or (torch is not None and isinstance(error, torch.OutOfMemoryError)):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(sign in text for sign in _OUT_OF_MEMORY)


def _release() -> None:
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
