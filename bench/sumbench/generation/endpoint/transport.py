"""The HTTP client of a server: it follows no redirect, sends what was asked for, and reads no more than a limit."""

import ipaddress
import zlib
from collections.abc import AsyncIterator
from collections.abc import Callable
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


_PACKED = frozenset({"gzip", "x-gzip", "deflate"})
"""Content codings that are unpacked here: gzip and zlib, which tell themselves apart."""

_KEPT_BACK = "sumbench.headers"
"""Where a request keeps the headers that it was made with while it is under way."""


def http_client(credentials: Collection[str]) -> "AsyncClient":
    """Return a client whose requests have the headers that HTTP needs, and those named in `credentials`.

    What the library would add of its own (the machine's system and versions, an organization from the environment) is
    left out. Answers are asked for uncompressed; one that is compressed all the same is unpacked. Reading more than
    MAX_BODY_BYTES of an answer, be it an error's, raises SummarizerError.
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
        # Taken away, so that the library does not unpack what comes without a bound.
        coding = response.headers.pop("content-encoding", "identity").lower()
        response.stream = _bounded(cast("AsyncByteStream", response.stream), coding)

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


def _bounded(stream: "AsyncByteStream", coding: str) -> "AsyncByteStream":
    """Return a stream of the bytes, without their coding, that raises SummarizerError once they are too many."""
    from httpx2 import AsyncByteStream

    class Bounded(AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            unpack = _unpacker(coding)
            size = 0
            async for packed in stream:
                # One byte more than may be shows that there is more.
                piece = unpack(packed, MAX_BODY_BYTES - size + 1)
                size += len(piece)
                if size > MAX_BODY_BYTES:
                    raise SummarizerError(f"the answer was cut at {MAX_BODY_BYTES // 2**20} MB, and went on")
                yield piece

        async def aclose(self) -> None:
            await stream.aclose()

    return Bounded()


def _unpacker(coding: str) -> Callable[[bytes, int], bytes]:
    """Return a function that unpacks the next bytes of a content coding, to at most so many bytes."""
    if coding == "identity":
        return lambda packed, _most: packed
    if coding not in _PACKED:
        raise SummarizerError(f"the server answered in the coding {coding!r}, which was not asked for")
    unpacked = zlib.decompressobj(zlib.MAX_WBITS | 32)

    def unpack(packed: bytes, most: int) -> bytes:
        try:
            return unpacked.decompress(packed, most)
        except zlib.error as error:
            raise SummarizerError(f"the server answered with damaged {coding}: {error}") from None

    return unpack
