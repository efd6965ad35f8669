"""A real S3-compatible server in this process, which counts requests and refuses what a bucket's policy forbids."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path

import localbucket

FORBIDDEN, READ_ONLY = "forbidden", "read-only"
"""Buckets without rights: for anything, and for writing."""


class Handler(localbucket.S3Handler):  # type: ignore[misc] # it ships no types
    """Answers as localbucket does, but for the buckets without rights."""

    requests: list[str]

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def _dispatch(self, action: object) -> None:
        bucket = self.path.lstrip("/").partition("/")[0].partition("?")[0]
        self.requests.append(f"{self.command} {self.path}")
        if bucket == FORBIDDEN or (bucket == READ_ONLY and self.command not in {"GET", "HEAD"}):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self._send_error(localbucket.S3Error(403, "AccessDenied", "Access Denied"))
            return
        super()._dispatch(action)


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Serve the buckets in a folder; yield the server's address and the requests it has had."""
    for bucket in ("bench", FORBIDDEN, READ_ONLY):
        (folder / bucket).mkdir(parents=True, exist_ok=True)
    requests: list[str] = []
    handler = type("Serving", (Handler,), {"data_root": folder, "requests": requests})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", requests
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
