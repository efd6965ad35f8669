"""Parses the addresses of folders and files in storage: `SCHEME://…`; what is secret in them is never shown."""

import re
from dataclasses import dataclass
from glob import has_magic
from pathlib import Path

from sumbench.errors import StorageError

_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+)://(?P<rest>.*)", re.DOTALL)
_SECRET = re.compile(
    r"(?i)(?<=[?&])((?:[\w.-]*(?:signature|credential|token|secret|key|password)[\w.-]*|sig)=)[^&#\s,]*"
)
CUT = "=…"
"""What stands in place of a secret in an address that is shown or kept."""

_LOCAL = frozenset({"file", "local"})
_WEB = frozenset({"http", "https"})


@dataclass(frozen=True)
class Address:
    """An address without slashes at its end: `scheme`, and what follows `://`."""

    scheme: str
    rest: str

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Parse an address; raise StorageError for one with a user's name or password in it, or with nothing in it."""
        found = _ADDRESS.fullmatch(text)
        if found is None:
            raise StorageError(f"{text!r} is no address: give SCHEME://…, such as s3://bucket/folder")
        scheme, rest = found["scheme"].lower(), found["rest"].rstrip("/")
        host = rest.partition("/")[0]
        if scheme not in _LOCAL and "@" in host:
            raise StorageError(
                f"{scheme}://…@{host.rpartition('@')[2]}: has credentials in it, which would be kept and shown: "
                "give them as the storage's own (environment variables, its configuration)"
            )
        if not rest:
            raise StorageError(
                f"{scheme}://: names no place: give a bucket and a folder in it, {scheme}://bucket/folder"
            )
        return cls(scheme, rest)

    @property
    def text(self) -> str:
        """The address as it is used; see `str` for what may be shown and kept."""
        return f"{self.scheme}://{self.rest}"

    @property
    def name(self) -> str:
        """Its last part."""
        return self.rest.partition("?")[0].rpartition("/")[2] or self.rest

    @property
    def is_web(self) -> bool:
        """Whether it is one of the web, where nothing is listed, and what follows a `?` is no pattern."""
        return self.scheme in _WEB

    @property
    def is_pattern(self) -> bool:
        """Whether it has * or ? or brackets, and so may mean several objects."""
        return has_magic(self.rest.partition("?")[0] if self.is_web else self.rest)

    @property
    def local(self) -> Path | None:
        """The path of an address on this machine (`file://`), None for any other."""
        return Path("/" + self.rest.lstrip("/")) if self.scheme in _LOCAL else None

    def __truediv__(self, name: str) -> "Address":
        return Address(self.scheme, f"{self.rest}/{name}")

    def __str__(self) -> str:
        return redacted(self.text)


def is_address(text: str | Path) -> bool:
    """Tell whether a text is an address: it begins with `SCHEME://`.

    One that was made a `Path` on its way has lost a slash (`s3:/bucket`), and is still one.
    """
    if isinstance(text, Path):
        first = text.parts[0] if text.parts else ""
        return len(text.parts) > 1 and first.endswith(":") and _ADDRESS.match(f"{first}//") is not None
    return _ADDRESS.match(text) is not None


def redacted(text: str) -> str:
    """Return a text with … in place of signatures, tokens and keys in the addresses that it holds."""
    return _SECRET.sub(lambda found: found[1].removesuffix("=") + CUT, text)
