"""A hub with a single data set, for tests: as much of its protocol as reading a data set takes."""

import json
from hashlib import sha1
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote
from urllib.parse import urlsplit

NAME = "owner/talks"
GATED = "owner/gated"
UNKNOWN = "v9"
COMMIT = "a" * 40
CONVERTED = "c" * 40


class HubServer(ThreadingHTTPServer):
    """Serves the folders `main` and `converted` (the hub's own parquet files) of `home` as the data set's branches."""

    def __init__(self, home: Path) -> None:
        """Take a free port of this machine."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.home = home
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        """Where it is to be reached."""
        return f"http://127.0.0.1:{self.server_port}"

    def branch(self, revision: str) -> tuple[str, Path]:
        """Return the commit that a revision means, and the folder with its files."""
        converted = revision.startswith((CONVERTED, "refs/convert"))
        return (CONVERTED, self.home / "converted") if converted else (COMMIT, self.home / "main")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: HubServer

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.server.asked.append(path)
        api, files = f"/api/datasets/{NAME}", f"/datasets/{NAME}/resolve/"
        if GATED in path:
            self._send(403, b"{}", {"X-Error-Code": "GatedRepo"})
        elif f"/revision/{UNKNOWN}" in path:
            self._send(404, b"{}", {"X-Error-Code": "RevisionNotFound"})
        elif path.startswith(f"{api}/tree/"):
            self._tree(path.removeprefix(f"{api}/tree/"))
        elif path == api or path.startswith(f"{api}/revision/"):
            commit, _ = self.server.branch(path.removeprefix(f"{api}/revision/"))
            self._json({"id": NAME, "sha": commit, "private": False, "tags": [], "siblings": []})
        elif path.startswith(files):
            self._file(path.removeprefix(files))
        else:
            self._send(404, b"{}", {"X-Error-Code": "RepoNotFound"})

    do_HEAD = do_GET  # noqa: N815 - the name that the library looks for

    def _tree(self, where: str) -> None:
        revision, _, folder = where.partition("/")
        _, home = self.server.branch(revision)
        if not (home / folder).is_dir():
            self._send(404, b"{}", {"X-Error-Code": "EntryNotFound"})
            return
        deep = "recursive=true" in self.path.lower()
        entries = sorted((home / folder).rglob("*") if deep else (home / folder).iterdir())
        self._json(
            [
                {
                    "type": "directory" if entry.is_dir() else "file",
                    "oid": sha1(str(entry).encode()).hexdigest(),  # noqa: S324 - as git names things
                    "size": entry.stat().st_size,
                    "path": str(entry.relative_to(home)),
                }
                for entry in entries
            ]
        )

    def _file(self, where: str) -> None:
        revision, _, name = where.partition("/")
        commit, home = self.server.branch(revision)
        if not (home / name).is_file():
            self._send(404, b"", {"X-Error-Code": "EntryNotFound"})
            return
        content = (home / name).read_bytes()
        headers = {"ETag": f'"{sha1(content).hexdigest()}"', "X-Repo-Commit": commit}  # noqa: S324
        wanted = self.headers.get("Range")
        if wanted and self.command == "GET":
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            part = content[int(first) : int(last or len(content)) + 1]
            place = f"bytes {first}-{int(first) + len(part) - 1}/{len(content)}"
            self._send(206, part, {**headers, "Content-Range": place})
            return
        self._send(200, content, headers)

    def _json(self, content: object) -> None:
        self._send(200, json.dumps(content).encode(), {"Content-Type": "application/json"})

    def _send(self, code: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(code)
        for name, value in {**headers, "Content-Length": str(len(content)), "Accept-Ranges": "bytes"}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""
