"""The HTTP client of a server: it follows no redirect, sends what was asked for, and reads no more than a limit."""

import ipaddress
from collections.abc import AsyncIterator
from collections.abc import Collection
from typing import TYPE_CHECKING
from typing import cast

from sumbench.errors import SummarizerError
from sumbench.version import __version__

if TYPE_CHECKING:
    from httpx2 import AsyncByteStream
    from httpx2 import AsyncClient
    from httpx2 import Request
    from httpx2 import Response

MAX_BODY_BYTES = 16 * 2**20
"""The most bytes of a response that are read."""

CONNECT_TIMEOUT = 10.0
"""Seconds to establish a connection."""

_NEEDED = frozenset({"host", "connection", "content-length", "content-type", "transfer-encoding"})


_KEPT_BACK = "sumbench.headers"
"""Where a request keeps the headers that it was made with while it is under way."""


def http_client(credentials: Collection[str]) -> "AsyncClient":
    """Return a client whose requests have the headers that HTTP needs, and those named in `credentials`.

    What the library would add of its own (the machine's system and versions, an organization from the environment) is
    left out. Answers are asked for uncompressed, and of what arrives no more than MAX_BODY_BYTES are read: a larger
    answer, be it an error's, raises SummarizerError.
    """
    from httpx2 import AsyncClient
    from httpx2 import Timeout

    allowed = _NEEDED | {name.lower() for name in credentials}

    async def only_asked(request: "Request") -> None:
        request.extensions[_KEPT_BACK] = dict(request.headers)
        for name in [name for name in request.headers if name.lower() not in allowed]:
            del request.headers[name]
        request.headers["accept"] = "application/json"
        request.headers["accept-encoding"] = "identity"
        request.headers["user-agent"] = f"sumbench/{__version__}"

    async def bounded(response: "Response") -> None:
        # The library reads from the headers of its own request what it is to do with the answer.
        response.request.headers.update(response.request.extensions.pop(_KEPT_BACK))
        response.stream = _bounded(cast("AsyncByteStream", response.stream))

    return AsyncClient(
        # A redirect could take the key and the document to another host, or turn the request into another one.
        follow_redirects=False,
        # No read timeout here: one between two bytes does not bound a response that trickles.
        timeout=Timeout(None, connect=CONNECT_TIMEOUT),
        event_hooks={"request": [only_asked], "response": [bounded]},
    )


def is_loopback(host: str) -> bool:
    """Tell whether a host's name or address is this machine's own."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _bounded(stream: "AsyncByteStream") -> "AsyncByteStream":
    """Return a stream of the same bytes that raises SummarizerError once they are too many."""
    from httpx2 import AsyncByteStream

    class Bounded(AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            size = 0
            async for piece in stream:
                size += len(piece)
                if size > MAX_BODY_BYTES:
                    raise SummarizerError(f"the answer was cut at {MAX_BODY_BYTES // 2**20} MB, and went on")
                yield piece

        async def aclose(self) -> None:
            await stream.aclose()

    return Bounded()
