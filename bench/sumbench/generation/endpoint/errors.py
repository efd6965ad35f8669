"""Failures of requests to a server: of one document, transient, or permanent."""

from sumbench.errors import SummarizerError


class RejectionError(SummarizerError):
    """An HTTP error: its `status`, the server's `reason`, and the `wait` (seconds) that the server requests.

    `fields` are the parameters of the request that it names in places of their own.
    """

    def __init__(self, status: int, reason: str, wait: float | None, fields: frozenset[str] = frozenset()) -> None:
        """Build the message from status and reason."""
        super().__init__(f"the server answered {status}: {reason}")
        self.status = status
        self.reason = reason
        self.wait = wait
        self.fields = fields


class PassingError(SummarizerError):
    """A transient failure; `wait` is the delay in seconds that the server requests, or None."""

    def __init__(self, text: str, wait: float | None = None) -> None:
        """Keep the delay with the message."""
        super().__init__(text)
        self.wait = wait


class BusyError(PassingError):
    """A server that refuses a request because there are too many (429)."""


class UnreachableError(PassingError):
    """No connection to the server's address."""


class HopelessError(SummarizerError):
    """A permanent failure, which every further document would meet: wrong key, address or model."""


class AbsentError(HopelessError):
    """Nobody answers at a server's address when it is greeted."""
