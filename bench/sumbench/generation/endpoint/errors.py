"""How asking a server can fail: for this document, for now, or for good."""

from sumbench.errors import SummarizerError


class RejectionError(SummarizerError):
    """An HTTP status that is no success: `status`, the server's own `reason`, and the `wait` (seconds) it asks for."""

    def __init__(self, status: int, reason: str, wait: float | None) -> None:
        """Say what the server answered."""
        super().__init__(f"the server answered {status}: {reason}")
        self.status = status
        self.reason = reason
        self.wait = wait


class PassingError(SummarizerError):
    """A failure that may pass; `wait` has the seconds that the server asks to be left alone, or None."""

    def __init__(self, text: str, wait: float | None = None) -> None:
        """Say what failed."""
        super().__init__(text)
        self.wait = wait


class UnreachableError(PassingError):
    """Nothing answers at the server's address."""


class HopelessError(SummarizerError):
    """A failure that every further document would meet: the key, the address or the model is wrong."""
