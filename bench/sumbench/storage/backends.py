"""Opens the file system behind an address, and says in one line what is wrong with it.

fsspec's own backend is taken where it is installed (s3fs, gcsfs, adlfs: they know every way to credentials), else
obstore, one wheel for S3, GCS and Azure that takes credentials from environment variables and the machine.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from importlib.util import find_spec
from typing import Any

from sumbench.errors import BenchError
from sumbench.errors import StorageError
from sumbench.errors import one_line
from sumbench.registry import nearest
from sumbench.storage.address import Address
from sumbench.storage.address import redacted

_OWN = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs", "abfss": "adlfs"}
"""The package of fsspec's own backend for schemes that obstore knows, too."""

_EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs", "az": "azure", "abfs": "azure", "abfss": "azure"}
_S3_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_AZURE_ENDPOINTS = ("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT")
_ENDPOINTS = {
    **dict.fromkeys(("s3", "s3a"), _S3_ENDPOINTS),
    **dict.fromkeys(("az", "abfs", "abfss"), _AZURE_ENDPOINTS),
}
"""The environment variables that name a server of one's own, the first that is set counting."""
_SAME = {"gcs": "gs", "s3a": "s3"}
RETRIES = {"max_retries": 4, "retry_timeout": timedelta(seconds=60)}
_PATIENCE = {"timeout": "120s", "connect_timeout": "5s"}


def file_system(address: Address) -> Any:  # noqa: ANN401 - fsspec has no types
    """Return the fsspec file system of an address.

    Raises StorageError for an unknown scheme, and one whose backend is not installed, naming what to install.
    """
    return _file_system(address.scheme, _settings())


def _settings() -> tuple[str, ...]:
    """Return what a file system's settings come from, so that one is made anew when that changes."""
    return tuple(
        f"{key}={value}"
        for key, value in sorted(os.environ.items())
        if key.startswith(("AWS_", "FSSPEC_", "GOOGLE_", "AZURE_"))
    )


@cache
def _file_system(scheme: str, _environment: tuple[str, ...]) -> Any:  # noqa: ANN401
    import fsspec

    own = _OWN.get(scheme)
    if own is not None and find_spec(own) is None:
        if find_spec("obstore") is None:
            raise StorageError(
                f"{scheme}:// needs a package that is not installed: pip install 'sumbench[{_EXTRAS[scheme]}]'"
            )
        return _of_obstore(scheme)
    try:
        settings: dict[str, Any] = {"auto_mkdir": True} if scheme in {"file", "local"} else {}
        if own == "s3fs":
            settings = {"config_kwargs": {"connect_timeout": 5, "retries": {"max_attempts": 3}}}
        return fsspec.filesystem(scheme, use_listings_cache=False, skip_instance_cache=True, **settings)
    except ImportError as error:
        raise StorageError(f"{scheme}:// needs a package that is not installed: {one_line(str(error))}") from None
    except ValueError:
        near = nearest(scheme, sorted({*fsspec.available_protocols(), *_OWN}))
        hint = f"did you mean {near}://?" if near else "s3, gs, az, http, sftp and what else fsspec has are known"
        raise StorageError(f"{scheme}://: there is no such kind of address: {hint}") from None


def _of_obstore(scheme: str) -> Any:  # noqa: ANN401
    from sumbench.storage.obstore_files import ObstoreFiles

    options: dict[str, Any] = dict(_PATIENCE)
    settings: dict[str, Any] = {"client_options": options, "retry_config": RETRIES}
    endpoint = next((os.environ[key] for key in _ENDPOINTS.get(scheme, ()) if os.environ.get(key)), "")
    if endpoint:
        # Servers of one's own (MinIO, Ceph, Azurite) have no name for each bucket, and perhaps no certificate.
        settings["endpoint"] = endpoint
        options["allow_http"] = endpoint.startswith("http://")
    if scheme in {"s3", "s3a"}:
        # Not every server can remove several at once.
        settings["disable_bulk_delete"] = True
    return ObstoreFiles(_SAME.get(scheme, scheme), settings)


_NO_RIGHTS = "no rights: the storage refuses these credentials (403)"

_REASONS = (
    (
        ("NoSuchBucket", "bucket does not exist", "Bucket not found", "ContainerNotFound"),
        "there is no bucket {bucket}: make it first, or mend its name",
    ),
    (
        (
            *("NoCredentials", "Unauthenticated", "Unable to locate credentials", "status code: 401"),
            *("InvalidAccessKeyId", "SignatureDoesNotMatch", "169.254.169.254"),
        ),
        "no credentials, or wrong ones: set those of the storage (for S3: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)",
    ),
    (("AccessDenied", "PermissionDenied", "PermissionError", "Forbidden", "status code: 403"), _NO_RIGHTS),
    (
        (
            *("EndpointConnectionError", "ClientConnectorError", "ConnectError", "ConnectTimeout", "Could not connect"),
            *("Connection refused", "tcp connect error", "dns error", "client error (Connect)"),
        ),
        "nobody answers at its server: is the endpoint right, and the network there?",
    ),
)
"""What backends' errors have in their names and texts, and what it means; the first that is found counts."""


@contextmanager
def speaking_of(address: Address, doing: str) -> Iterator[None]:
    """Raise StorageError, in one line, for whatever a backend raises while it is `doing` (read, written) something."""
    try:
        yield
    except BenchError:
        raise
    except Exception as error:
        raise StorageError(f"{address}: cannot be {doing}: {_reason(error, address)}") from error


def _reason(error: Exception, address: Address) -> str:
    """Return why, in the words of the field: backends raise many kinds, and long texts."""
    causes = list(_causes(error))
    said = " ".join(f"{type(each).__name__} {each}" for each in causes)
    known = next((reason for marks, reason in _REASONS if any(mark in said for mark in marks)), None)
    if known is not None:
        return known.format(bucket=address.rest.partition("/")[0])
    if _number(causes) == errno.EACCES:
        return _NO_RIGHTS
    if any(isinstance(each, FileNotFoundError) or type(each).__name__ == "NotFoundError" for each in causes):
        return "there is no such object"
    return one_line(redacted(str(causes[0])) or type(causes[0]).__name__)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _number(causes: list[BaseException]) -> int | None:
    return next((each.errno for each in causes if isinstance(each, OSError) and each.errno), None)
