"""Answer files of batches, and their error files: an index of their lines by custom_id, read again where needed."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from typing import BinaryIO
from typing import NamedTuple
from typing import Self

from sumbench.errors import RunError
from sumbench.errors import SummarizerError
from sumbench.errors import one_line
from sumbench.generation.endpoint.answer import ChatCompletion
from sumbench.generation.endpoint.answer import error_reason
from sumbench.generation.endpoint.answer import parse_completion
from sumbench.generation.endpoint.errors import RejectionError
from sumbench.generation.endpoint.rejections import document_failure

_GOOD = range(200, 300)


class _Place(NamedTuple):
    """Where an answer stands: file, number of the line (from 1) and where that begins; whether it is an error's."""

    file: Path
    line: int
    offset: int
    failed: bool


@dataclass(frozen=True)
class BatchAnswer:
    """The answer to a request of a batch: what stands in the line `where`."""

    where: str
    content: dict[str, Any]

    @property
    def model(self) -> str | None:
        """The model that the answer says it is of, None where it does not say."""
        match self.content:
            case {"response": {"body": {"model": str(name)}}}:
                return name
        return None

    def completion(self) -> ChatCompletion:
        """Return the completion; raise SummarizerError, which says why, where there is none."""
        response, error = self.content.get("response"), self.content.get("error")
        status = response.get("status_code", 200) if isinstance(response, dict) else None
        body = response.get("body") if isinstance(response, dict) else None
        if isinstance(body, dict) and status in _GOOD:
            return parse_completion(json.dumps(body).encode())
        reason = error_reason({"error": error} if error else body)
        if isinstance(error, dict) and (code := error.get("code")) and str(code) not in reason:
            reason += f" ({one_line(str(code))})"
        if isinstance(status, int) and status not in _GOOD:
            raise document_failure(RejectionError(status, reason, None))
        raise SummarizerError(f"the batch has no answer: {reason}")


class AnswerFiles:
    """Answer files of batches, for use as a context manager.

    Of several answers to one request the first one counts, but an error's only where there is no other.
    """

    def __init__(self) -> None:
        """Begin without files."""
        self._places: dict[str, _Place] = {}
        self._open: dict[Path, BinaryIO] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def __len__(self) -> int:
        """Return how many requests are answered."""
        return len(self._places)

    def add(self, file: Path) -> dict[str, int]:
        """Read a file; return the ids of the answers that count from now on, with the numbers of their lines.

        Raises RunError, naming file and line, for a line that is no answer.
        """
        if file not in self._open:
            try:
                self._open[file] = self._stack.enter_context(file.open("rb"))
            except OSError as error:
                raise RunError(f"{file}: cannot be read: {error.strerror}") from None
        new = {}
        offset = 0
        for number, line in enumerate(_lines(file, self._open[file]), 1):
            if line.strip():
                content = _answer(line, f"{file}, line {number}")
                place = _Place(file, number, offset, _failed(content))
                known = self._places.get(content["custom_id"])
                if known is None or (known.failed and not place.failed):
                    self._places[content["custom_id"]] = place
                    new[content["custom_id"]] = number
            offset += len(line)
        return new

    def line(self, custom_id: str) -> bytes:
        """Return the line of an answer that is there, with its end."""
        place = self._places[custom_id]
        self._open[place.file].seek(place.offset)
        return self._open[place.file].readline().rstrip(b"\r\n") + b"\n"

    def find(self, custom_id: str, *, good: bool = False) -> BatchAnswer | None:
        """Return the answer to a request, None where there is none; with `good` an error's is none."""
        place = self._places.get(custom_id)
        if place is None or (good and place.failed):
            return None
        where = f"{place.file}, line {place.line}"
        return BatchAnswer(where, _answer(self.line(custom_id), where))


def _lines(file: Path, content: BinaryIO) -> Iterator[bytes]:
    try:
        content.seek(0)
        yield from content
    except OSError as error:
        raise RunError(f"{file}: cannot be read: {error.strerror}") from None


def _answer(line: bytes, where: str) -> dict[str, Any]:
    """Return the answer in a line; raise RunError, beginning with `where`, for a line that holds none."""
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        raise RunError(f"{where}: no answer of a batch: no valid JSON") from None
    if isinstance(content, dict) and isinstance(content.get("custom_id"), str):
        if "method" in content and "body" in content:
            raise RunError(f"{where}: a request, and no answer: import the file that the batch has written")
        if content.get("error") or isinstance(content.get("response"), dict):
            return content
    raise RunError(f"{where}: no answer of a batch: custom_id, and response or error, are missing")


def _failed(content: dict[str, Any]) -> bool:
    match content:
        case {"response": {"body": {**_body}, **more}} if more.get("status_code", 200) in _GOOD:
            return False
    return True
