"""The few operations of a file system on S3, GCS and Azure through obstore's blocking calls.

They have the names and results of fsspec's. obstore's own adapter for fsspec answers on threads of its own, which may
abort a process that ends meanwhile.
"""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from contextlib import closing
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from functools import cache
from io import RawIOBase
from pathlib import Path
from typing import Any

_MAGIC = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class ObstoreFiles:
    """Buckets of one kind of storage; a path is BUCKET/KEY. Absent objects raise FileNotFoundError."""

    scheme: str
    settings: dict[str, Any] = field(default_factory=dict, hash=False)

    def _at(self, path: str) -> tuple[Any, str]:
        bucket, _, key = path.partition("/")
        return self._bucket(bucket), key

    def _bucket(self, bucket: str) -> Any:  # noqa: ANN401 - a store of obstore
        return _store(self, bucket)

    def invalidate_cache(self) -> None:
        """Forget what was listed: nothing is kept."""

    def info(self, path: str) -> dict[str, Any]:
        """Return name, size and mark of an object."""
        import obstore

        store, key = self._at(path)
        with _absent():
            return _info(path.partition("/")[0], obstore.head(store, key))

    def ls(self, path: str, detail: bool = True) -> list[dict[str, Any]]:  # noqa: ARG002, FBT001, FBT002 - fsspec's
        """Return the objects and folders right below a path."""
        import obstore

        store, key = self._at(path)
        with _absent():
            found = obstore.list_with_delimiter(store, f"{key}/" if key else None)
        bucket = path.partition("/")[0]
        folders = [{"name": f"{bucket}/{name}", "type": "directory", "size": 0} for name in found["common_prefixes"]]
        return [*(_info(bucket, each) for each in found["objects"]), *folders]

    def find(self, path: str, detail: bool = True) -> dict[str, dict[str, Any]]:  # noqa: ARG002, FBT001, FBT002 - fsspec's
        """Return all objects below a path by their names."""
        import obstore

        store, key = self._at(path)
        bucket = path.partition("/")[0]
        with _absent():
            found = [_info(bucket, each) for some in obstore.list(store, f"{key}/" if key else None) for each in some]
        return {one["name"]: one for one in found}

    def glob(self, pattern: str, detail: bool = True) -> dict[str, dict[str, Any]]:  # noqa: ARG002, FBT001, FBT002 - fsspec's
        """Return the objects whose names match a pattern: `*` and `?` match no slash, `**/` any folders."""
        magic = _MAGIC.search(pattern)
        fixed = pattern[: magic.start()].rpartition("/")[0] if magic else pattern.rpartition("/")[0]
        wanted = re.compile(_expression(pattern))
        return {name: each for name, each in self.find(fixed).items() if wanted.fullmatch(name)}

    def open(self, path: str, mode: str = "rb") -> AbstractContextManager[RawIOBase]:  # noqa: ARG002 - fsspec's
        """Return an object's content as a stream."""
        import obstore

        store, key = self._at(path)
        with _absent():
            stream = obstore.get(store, key).stream(min_chunk_size=8 << 20)
        return closing(_Arriving(iter(stream)))

    def cat_file(self, path: str) -> bytes:
        """Return an object's content."""
        import obstore

        store, key = self._at(path)
        with _absent():
            return bytes(obstore.get(store, key).bytes().to_bytes())

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite") -> None:
        """Put an object; with `mode` create raise FileExistsError where it is there."""
        import obstore
        from obstore.exceptions import AlreadyExistsError

        store, key = self._at(path)
        try:
            obstore.put(store, key, value, mode="create" if mode == "create" else "overwrite", use_multipart=False)
        except AlreadyExistsError:
            raise FileExistsError(path) from None

    def put_file(self, file: str, path: str) -> None:
        """Put a file: large ones in parts, which appear together at the end."""
        import obstore

        store, key = self._at(path)
        obstore.put(store, key, Path(file))

    def rm_file(self, path: str) -> None:
        """Remove an object."""
        import obstore

        store, key = self._at(path)
        with _absent():
            obstore.delete(store, key)


@contextmanager
def _absent() -> Iterator[None]:
    """Raise FileNotFoundError where there is no such object."""
    from obstore.exceptions import NotFoundError

    try:
        yield
    except NotFoundError as error:
        raise FileNotFoundError(str(error)) from error


@cache
def _store(files: ObstoreFiles, bucket: str) -> Any:  # noqa: ANN401
    from obstore.store import from_url

    return from_url(f"{files.scheme}://{bucket}", **files.settings)


def _info(bucket: str, meta: Any) -> dict[str, Any]:  # noqa: ANN401 - what obstore says of an object
    return {
        "name": f"{bucket}/{meta['path']}",
        "size": meta["size"],
        "type": "file",
        "e_tag": meta["e_tag"],
        "last_modified": meta["last_modified"],
    }


def _expression(pattern: str) -> str:
    parts = re.split(r"(\*\*/|\*|\?|\[[^]/]+\])", pattern)
    known = {"**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}

    def expression(part: str) -> str:
        if part.startswith("[") and part.endswith("]"):
            return f"[^/{part[2:]}" if part[1] == "!" else part
        return known.get(part) or re.escape(part)

    return "".join(map(expression, parts))


class _Arriving(RawIOBase):
    """A stream of the pieces of an object."""

    def __init__(self, pieces: Iterator[Any]) -> None:
        self._pieces = pieces

    def read(self, size: int = -1) -> bytes:  # noqa: ARG002 - pieces come as large as they come
        return bytes(next(self._pieces, b""))
