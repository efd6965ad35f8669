"""Waits between retries: what the server requests (Retry-After), else exponential back-off with jitter."""

import asyncio
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from email.utils import parsedate_to_datetime

import numpy as np

from sumbench.generation.endpoint.errors import PassingError

FIRST_WAIT = 0.5
"""Seconds of the first wait; each further one is twice as long."""

LONGEST_WAIT = 30.0
"""The longest back-off (seconds)."""

LONGEST_REQUESTED_WAIT = 120.0
"""The longest wait (seconds) that a server's request is honoured for; then the request is repeated anyway."""


def back_off(attempt: int, draws: np.random.Generator) -> float:
    """Return the seconds to wait after the failed `attempt` (0 is the first): half fixed, up to half at random."""
    whole = min(FIRST_WAIT * 2.0 ** min(attempt, 30), LONGEST_WAIT)
    return whole * (0.5 + 0.5 * draws.random())


def requested_wait(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return the wait (at most LONGEST_REQUESTED_WAIT seconds) that response headers request, None if they do not.

    `Retry-After` is a number of seconds or a date (RFC 9110, section 10.2.3); `retry-after-ms` is more exact.
    """
    seconds = _number(headers.get("retry-after-ms"))
    if seconds is not None:
        seconds /= 1000
    else:
        text = headers.get("retry-after")
        seconds = _number(text)
        if seconds is None:
            seconds = _until(text, now or datetime.now(UTC))
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_REQUESTED_WAIT)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _until(text: str | None, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    # RFC 9110 dates are in GMT, even without saying so.
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()


@dataclass
class Pause:
    """A pause that a server requested of one request and that all requests keep."""

    _until: float = 0.0

    def slows(self, failure: PassingError) -> bool:  # noqa: ARG002 - of the only address, any is
        """Tell whether a failure is a sign that fewer requests should be under way."""
        return True

    async def wait_after(self, asked: float | None, own: float) -> None:
        """Wait after a failure: as long as the server `asked`, if it did (then all requests wait), else our `own` time.

        Both are in seconds. A tenth of `own` is added to what the server asked, so that not all retry at once.
        """
        if asked:
            self._until = max(self._until, time.monotonic() + asked)
        await self.wait()
        await asyncio.sleep(own / 10 if asked else own)

    async def wait(self) -> None:
        """Wait until the pause is over, even if it is extended meanwhile."""
        if (left := self._until - time.monotonic()) > 0:
            await asyncio.sleep(left)
            await self.wait()
