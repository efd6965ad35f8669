"""Messages between a worker process and its parent: typed msgpack frames."""

import numbers
import struct
from collections.abc import Mapping
from typing import Any
from typing import Protocol
from typing import TypeAlias

import msgspec

from sumbench.manifest import RequestCounts
from sumbench.records import Document
from sumbench.records import Summary

_HEADER = struct.Struct(">Q")
_LONGEST = 1 << 36


class ImportModules(msgspec.Struct, frozen=True, tag=True):
    """First for each system: modules to import, each a name and the path of its file, before anything is unpickled."""

    modules: tuple[tuple[str, str], ...]


class LoadSystem(msgspec.Struct, frozen=True, tag=True):
    """Load the system of a pickled Assignment; its process may take `memory_limit` bytes of addresses, None: any.

    `expected` is the system's fingerprint where the order comes from: with another one it is refused; None: any.
    """

    assignment: bytes
    memory_limit: int | None
    expected: dict[str, Any] | None = None


class SummarizeChunk(msgspec.Struct, frozen=True, tag=True):
    """Summarize these documents, which the system gets together, but for the draws that are `made`."""

    documents: tuple[Document, ...]
    made: dict[str, frozenset[int]]


Order: TypeAlias = ImportModules | LoadSystem | SummarizeChunk
"""What a parent sends to its worker."""


class SystemLoaded(msgspec.Struct, frozen=True, tag=True):
    """The system is ready, after so many `seconds` of loading."""

    seconds: float


class SystemRefused(msgspec.Struct, frozen=True, tag=True):
    """The system cannot be loaded."""

    reason: str


class SummaryWritten(msgspec.Struct, frozen=True, tag=True):
    """The system has written a summary."""

    summary: Summary


class ChunkBroken(msgspec.Struct, frozen=True, tag=True):
    """The system raised an error in the middle of a chunk, and the rest of it will not come."""

    reason: str


class ChunkDone(msgspec.Struct, frozen=True, tag=True):
    """The chunk is done; `memory` and `gpu_memory` are the peaks (bytes) since the system's loading began.

    `requests` says how a server was asked since then, None where none was.
    """

    memory: int | None
    gpu_memory: int | None
    requests: RequestCounts | None = None


Reply: TypeAlias = SystemLoaded | SystemRefused | SummaryWritten | ChunkBroken | ChunkDone
"""What a worker sends to its parent."""


class FrameError(Exception):
    """Bytes that are no frame, such as what a library prints while Python starts."""


class Readable(Protocol):
    """A stream of bytes whose `read` returns fewer bytes than requested only at its end."""

    def read(self, size: int, /) -> bytes:
        """Return the next `size` bytes."""


def _plain(value: Any) -> int | float:  # noqa: ANN401 - anything that a system wrote into a summary
    """Convert a number of numpy or another library to a plain one."""
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    raise TypeError(f"a summary holds {type(value).__name__}, which is neither text nor number")


_ENCODER = msgspec.msgpack.Encoder(enc_hook=_plain)
_ORDERS: "msgspec.msgpack.Decoder[Order]" = msgspec.msgpack.Decoder(Order)
_REPLIES: "msgspec.msgpack.Decoder[Reply]" = msgspec.msgpack.Decoder(Reply)


def frame(message: Order | Reply) -> bytes:
    """Return a message as it is sent: its length, then its content; raise TypeError or ValueError where it has none."""
    content = encode(message)
    return _HEADER.pack(len(content)) + content


def encode(message: Order | Reply) -> bytes:
    """Return a message as the content of a frame; raise TypeError or ValueError where it has none."""
    return _ENCODER.encode(message)


def as_received(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as they are where they arrive: lists for tuples, numbers of Python for those of libraries."""
    received: dict[str, Any] = msgspec.msgpack.decode(_ENCODER.encode(dict(values)))
    return received


def receive(stream: Readable) -> bytes | None:
    """Read the content of one frame, None at the stream's end or where it breaks off; raise FrameError for no frame."""
    header = stream.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    (size,) = _HEADER.unpack(header)
    if size > _LONGEST:
        raise FrameError(f"it begins with {header!r}")
    content = stream.read(size)
    return content if len(content) == size else None


def order(content: bytes) -> Order:
    """Return the order of a frame's content; raise msgspec.MsgspecError for what is none."""
    return _ORDERS.decode(content)


def reply(content: bytes) -> Reply:
    """Return the reply of a frame's content; raise msgspec.MsgspecError for what is none."""
    return _REPLIES.decode(content)
