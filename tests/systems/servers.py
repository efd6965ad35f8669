"""Servers that speak OpenAI's chat protocol on loopback, well or badly, as a test wants it."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Handler"], None]
"""What a server does with one request."""

TEXT = "The council voted for the bridge. Work begins in May."


@dataclass
class Seen:
    """What a server has seen: the chat requests in order, with headers, times and paths, and how many came at once.

    The headers' names are in lower case.
    """

    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    listings: int = 0
    now: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Handler(BaseHTTPRequestHandler):
    """Hands each request to the behaviour that the server's script has for it."""

    protocol_version = "HTTP/1.1"
    server: "Scripted"
    body: dict[str, Any]

    def do_GET(self) -> None:
        """Answer a request for the list of models."""
        self.server.seen.listings += 1
        self.server.listing(self)

    def do_POST(self) -> None:
        """Answer a chat request as the script says: the last behaviour stands for all that follow."""
        self.body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        seen = self.server.seen
        with seen.lock:
            number = len(seen.requests)
            seen.requests.append(self.body)
            seen.headers.append({name.lower(): value for name, value in self.headers.items()})
            seen.times.append(time.monotonic())
            seen.paths.append(self.path)
            seen.now += 1
            seen.most = max(seen.most, seen.now)
        try:
            self.server.script[min(number, len(self.server.script) - 1)](self)
        finally:
            with seen.lock:
                seen.now -= 1

    def send(self, status: int, body: bytes, headers: Mapping[str, str] | None = None, length: int = 0) -> None:
        """Send a whole answer; a `length` greater than the body's promises more than comes."""
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length or len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - http.server's name
        """Keep quiet."""


class Scripted(ThreadingHTTPServer):
    """A server with a behaviour for each chat request, and one for the listing of models."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, script: tuple[Behaviour, ...], listing: Behaviour) -> None:
        """Bind to a free port of the loopback interface."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.script = script
        self.listing = listing
        self.seen = Seen()

    @property
    def url(self) -> str:
        """The base address for clients."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that went away."""


@contextmanager
def serving(*script: Behaviour, listing: Behaviour | None = None) -> Iterator[Scripted]:
    """Serve a script while the context lasts; without one, every request gets a good answer."""
    with Scripted(script or (answer(),), listing or models("small")) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def completion(
    text: object = TEXT, *, usage: object = (100, 12), served: str = "small", **choice: object
) -> dict[str, Any]:
    """Return a chat completion as a dictionary; `usage=None` leaves the token counts out."""
    message = choice.pop("message", {"role": "assistant", "content": text})
    content: dict[str, Any] = {
        "id": "1",
        "object": "chat.completion",
        "model": served,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", **choice}],
    }
    if isinstance(usage, tuple):
        content["usage"] = {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}
    return content


def answer(text: object = TEXT, **more: Any) -> Behaviour:  # noqa: ANN401 - as `completion` takes them
    """Answer well, with this text."""
    return lambda handler: handler.send(200, json.dumps(completion(text, **more)).encode())


def echo(handler: Handler) -> None:
    """Answer with the first word of the document."""
    word = handler.body["messages"][-1]["content"].split()[0]
    handler.send(200, json.dumps(completion(f"{word} was here.")).encode())


def raw(body: bytes, status: int = 200, **headers: str) -> Behaviour:
    """Answer with just this body."""
    return lambda handler: handler.send(status, body, {name.replace("_", "-"): text for name, text in headers.items()})


def status(code: int, message: str = "no", error_code: str | None = None, **headers: str) -> Behaviour:
    """Answer with an error in OpenAI's form; underscores in the names of `headers` stand for hyphens."""
    return raw(json.dumps({"error": {"message": message, "code": error_code}}).encode(), code, **headers)


def busy_until_after(seconds: float) -> Behaviour:
    """Answer with 503 and the date, in whole seconds, that lies so far ahead."""

    def behave(handler: Handler) -> None:
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        status(503, Retry_After=format_datetime(until, usegmt=True))(handler)

    return behave


def repeat_the_key(code: int) -> Behaviour:
    """Answer with an error that repeats the key, as some servers do."""
    return lambda handler: status(code, f"wrong: {handler.headers['Authorization']}")(handler)


def leak(handler: Handler) -> None:
    """Answer well, but with the key in the text."""
    answer(f"You sent {handler.headers['Authorization']}. It rained.")(handler)


def models(*names: str) -> Behaviour:
    """List these models."""
    return raw(json.dumps({"object": "list", "data": [{"id": name, "object": "model"} for name in names]}).encode())


def cut(handler: Handler) -> None:
    """Cut the connection in the middle of the body."""
    handler.send(200, json.dumps(completion()).encode()[:40], length=400)
    handler.close_connection = True


def hang_up(handler: Handler) -> None:
    """Cut the connection before any answer."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def vanish(handler: Handler) -> None:
    """Hang up, and take no connection any more."""
    handler.server.socket.shutdown(socket.SHUT_RDWR)
    hang_up(handler)


def trickle(handler: Handler) -> None:
    """Send a byte now and then, for longer than any test lasts."""
    with contextlib.suppress(OSError):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        for _ in range(2000):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.03)


def trickle_headers(handler: Handler) -> None:
    """Send the headers byte by byte, for longer than any test lasts."""
    with contextlib.suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _ in range(2000):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.03)


def flood(handler: Handler) -> None:
    """Send blanks as fast as they are taken, without an end."""
    with contextlib.suppress(OSError):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        while True:
            handler.wfile.write(b" " * 2**20)


def slow(seconds: float, then: Behaviour = echo) -> Behaviour:
    """Take a while."""

    def behave(handler: Handler) -> None:
        time.sleep(seconds)
        then(handler)

    return behave


def by_document(**behaviours: Behaviour) -> Behaviour:
    """Behave by the first word of the document; well where none is given for it."""

    def behave(handler: Handler) -> None:
        word = handler.body["messages"][-1]["content"].split()[0]
        behaviours.get(word, echo)(handler)

    return behave


def free_port() -> int:
    """Return a port of the loopback interface at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
