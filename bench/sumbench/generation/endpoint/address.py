"""Checks a server's address and reads its key, so that neither gives away a secret."""

import os
import re
from urllib.parse import parse_qsl
from urllib.parse import urlsplit

from sumbench.errors import UsageError
from sumbench.generation.endpoint.transport import is_loopback

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SURELY_A_NAME = re.compile(r"[A-Z]+(_[A-Z0-9]+)+")
_SECRET_NAME = re.compile(r"key|token|secret|sig|pass|auth|cred|code", re.IGNORECASE)


def named_addresses(owner: str, url: str | tuple[str, ...]) -> str | tuple[str, ...]:
    """Return the address or addresses that `url` means: $NAME is what an environment variable holds.

    Raises UsageError where it holds none, and for an address that is named twice.
    """
    if isinstance(url, str) or len(url) == 1:
        alone = url if isinstance(url, str) else url[0]
        if not alone.startswith("$"):
            return alone
        held = os.environ.get(alone[1:], "").split("+")
        if not all(held):
            raise UsageError(f"{owner}: {alone} is not set: url={alone} takes addresses from that environment variable")
        if not all("://" in address for address in held):
            # What it holds may be a key, and is not repeated.
            raise UsageError(f"{owner}: {alone} holds no address: give one such as http://localhost:8000/v1")
        return held[0] if len(held) == 1 else named_addresses(owner, tuple(held))
    if not url:
        raise UsageError(f"{owner}: url= is no address: give one such as http://localhost:8000/v1")
    named = [address.rstrip("/") for address in url]
    if twice := next((each for number, each in enumerate(named) if each in named[:number]), None):
        raise UsageError(f"{owner}: url= names {server_name(twice)} twice")
    return url


def check_address(owner: str, url: str, *, plain_http: bool) -> None:
    """Raise UsageError, without repeating credentials, for an address that is none or that holds secrets.

    `owner` is what the error begins with: the system or metric whose option it is.
    """
    try:
        parts = urlsplit(url)
        named = any(_SECRET_NAME.search(name) for name, _ in parse_qsl(parts.query, keep_blank_values=True))
        secrets = parts.username is not None or parts.password is not None or parts.fragment or named
        usable = parts.scheme in {"http", "https"} and parts.hostname and (parts.port is None or parts.port)
    except ValueError:
        raise UsageError(f"{owner}: url= is no address: give one such as http://localhost:8000/v1") from None
    if secrets:
        raise UsageError(
            f"{owner}: url= takes an address without user, password, fragment, or a secret in its query: "
            "put the key in an environment variable and name it with key=NAME"
        )
    if not usable or not url.isascii() or not url.isprintable() or " " in url:
        raise UsageError(f"{owner}: url={url!r} is no address: give one such as http://localhost:8000/v1")
    if parts.scheme == "http" and not plain_http and not is_loopback(str(parts.hostname)):
        raise UsageError(
            f"{owner}: url={url!r} would send documents and key unencrypted to another machine: use https://, or "
            "allow it with plain_http=true"
        )


def read_key(owner: str, variable: str) -> str:
    """Return the key that an environment variable holds; "" where none is named.

    Raises UsageError, without a word of what was given, when there is none that can be sent.
    """
    if not variable:
        return ""
    if not _VARIABLE.fullmatch(variable):
        raise UsageError(f"{owner}: key= takes the name of an environment variable, never the key itself")
    secret = os.environ.get(variable, "").strip()
    name = f"${variable}" if _SURELY_A_NAME.fullmatch(variable) else "the environment variable that key= names"
    if not secret:
        raise UsageError(f"{owner}: {name} is not set: key= takes the name of a variable that holds the key")
    if not (secret.isascii() and secret.isprintable()):
        raise UsageError(f"{owner}: {name} holds no key: it has characters that cannot be sent")
    return secret


def split_query(url: str) -> tuple[str, dict[str, str]]:
    """Return an address without its query and without a slash at its end, and the parameters of the query."""
    address = urlsplit(url)
    return address._replace(query="").geturl().rstrip("/"), dict(parse_qsl(address.query, keep_blank_values=True))


def server_name(url: str) -> str:
    """Return host, path and query of an address, which say what server it is.

    >>> server_name("https://Example.org/v1/?api-version=2")
    'example.org/v1?api-version=2'
    """
    address = urlsplit(url)
    return f"{address.netloc.lower()}{address.path.rstrip('/')}{address.query and '?'}{address.query}"
