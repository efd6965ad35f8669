"""Documents at a server that takes half a second each: `python -m tests.speed.endpoint [--documents 600]`.

The server runs in a process of its own and answers any number of requests at once, or refuses those beyond `--room` as
too many (429). Prints time, peak, repeated requests and waits with 4 and 64 documents under way, and with `auto`; then
`auto` with several addresses, one of which is dead.
"""

import argparse
import asyncio
import json
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sumbench.manifest import RequestCounts
from sumbench.records import Document
from sumbench.systems import Context
from sumbench.systems.endpoint import Endpoint
from sumbench.weights import Store
from tests.systems import servers

SECONDS = 0.5


class SlowServer:
    """Answers each chat request after `seconds`; more than `room` at once are refused."""

    def __init__(self, seconds: float, room: int) -> None:
        """Begin without requests."""
        self._seconds = seconds
        self._room = room
        self._now = 0

    async def serve(self, port: int) -> None:
        """Serve until the process ends."""
        server = await asyncio.start_server(self._talk, "127.0.0.1", port, backlog=1024)
        async with server:
            await server.serve_forever()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").lower().split("\r\n")
                length = next((int(line[15:]) for line in lines if line.startswith("content-length:")), 0)
                await reader.readexactly(length)
                status, body = (
                    (200, {"data": [{"id": "small"}]}) if lines[0].startswith("get") else await self._answer()
                )
                content = json.dumps(body).encode()
                kind = "Content-Type: application/json"
                writer.write(
                    f"HTTP/1.1 {status} x\r\n{kind}\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self) -> tuple[int, dict[str, Any]]:
        if self._now >= self._room:
            return 429, {"error": {"message": "too many requests"}}
        self._now += 1
        await asyncio.sleep(self._seconds)
        self._now -= 1
        return 200, servers.completion()


def _serve(port: int, seconds: float, room: int) -> None:
    asyncio.run(SlowServer(seconds, room).serve(port))


@contextmanager
def serving(room: int) -> Iterator[str]:
    """Yield the address of a server in a process of its own."""
    port = servers.free_port()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(port, SECONDS, room), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.kill()
        process.join()


def measure(url: str | tuple[str, ...], documents: int, concurrency: int | str) -> tuple[float, RequestCounts]:
    """Return the seconds that all documents took, and how the server was asked."""
    system = Endpoint(name="small", url=url, model="small", concurrency=concurrency)  # type: ignore[arg-type]
    writer = system.load(Context(0, Store(Path("unused"), offline=True)))
    texts = [Document(f"d{number}", f"Number{number} came.", ("A.",)) for number in range(documents)]
    start = time.perf_counter()
    failed = sum(summary.error is not None for summary in writer(texts))
    if failed:
        print(f"{failed} documents failed")
    return time.perf_counter() - start, writer.requests  # type: ignore[attr-defined]


def main() -> None:
    """Print a line for each way to ask."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=600)
    parser.add_argument("--room", type=int, default=32, help="how many the busy server takes at once")
    arguments = parser.parse_args()
    dead = f"http://127.0.0.1:{servers.free_port()}/v1"
    with serving(10**6) as free, serving(10**6) as other, serving(arguments.room) as busy:
        ways: list[tuple[str, str | tuple[str, ...], int | str]] = [
            ("concurrency=4", free, 4),
            ("concurrency=64", free, 64),
            ("concurrency=auto", free, "auto"),
            (f"auto, {arguments.room} at once at most", busy, "auto"),
            ("auto, two addresses", (free, other), "auto"),
            ("auto, two addresses and a dead one", (dead, free, other), "auto"),
        ]
        measure(free, 4, 4)
        for what, url, concurrency in ways:
            seconds, counts = measure(url, arguments.documents, concurrency)
            print(
                f"{what}: {seconds:.1f} s, peak {counts.peak}, {counts.retried} repeated, {counts.waited:.1f} s waited",
                *(f"{name} {told.answered}" for name, told in counts.addresses.items()),
            )


if __name__ == "__main__":
    main()
