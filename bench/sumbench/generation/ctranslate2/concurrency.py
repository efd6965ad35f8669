"""Runs requests concurrently in ctranslate2, one thread each, and shares the time among them."""

import time
from collections.abc import Callable
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sumbench.generation.requests import GenerationRequest
from sumbench.generation.requests import RequestIntake

POLL_INTERVAL = 0.005
"""Seconds between two polls for finished requests."""


def run_in_threads(
    intake: RequestIntake, begin: Callable[[GenerationRequest], Any], threads: int
) -> Iterator[tuple[GenerationRequest, Any, float]]:
    """Yield each request when it is done, with its result and its share of the seconds.

    `begin` submits a request to ctranslate2, which queues them and works on the first `threads` of them; those share
    the time that passes.
    """
    waiting: dict[GenerationRequest, Any] = {}
    shares: dict[GenerationRequest, float] = {}
    while True:
        while len(waiting) < intake.max_requests(1) and (request := intake.take()):
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
