"""Documents in work alongside each other in ctranslate2: one thread each, the next one as soon as a thread is free."""

import time
from collections.abc import Callable
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sumbench.generation.requests import GenerationRequest
from sumbench.generation.requests import RequestIntake

POLL_INTERVAL = 0.005
"""The seconds between two looks at what is done."""


def run_in_threads(
    intake: RequestIntake, begin: Callable[[GenerationRequest], Any], threads: int
) -> Iterator[tuple[GenerationRequest, Any, float]]:
    """Yield each request as it is done, with its result and its share of the seconds.

    `begin` hands one to ctranslate2, which keeps them in a row and works on the first of them, as many as it has
    `threads`. The time that passes is shared by those.
    """
    waiting: dict[GenerationRequest, Any] = {}
    shares: dict[GenerationRequest, float] = {}
    while True:
        while len(waiting) < intake.fitting(1) and (request := intake.take()):
            waiting[request] = begin(request)
            shares[request] = 0.0
        if not waiting:
            return
        working = list(islice(waiting, threads))
        start = time.perf_counter()
        time.sleep(POLL_INTERVAL)
        share = (time.perf_counter() - start) / len(working)
        for request in working:
            shares[request] += share
        for request in [request for request, result in waiting.items() if result.done()]:
            yield request, waiting.pop(request).result(), shares.pop(request)
