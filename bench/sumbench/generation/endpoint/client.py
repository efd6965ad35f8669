"""Async client of an OpenAI-compatible server; sorts its failures by whether a retry can help."""

import asyncio
from collections.abc import AsyncIterator
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from contextlib import asynccontextmanager
from dataclasses import dataclass
from dataclasses import field
from types import TracebackType
from typing import TYPE_CHECKING
from typing import Any
from typing import Self
from urllib.parse import urlencode

from sumbench.errors import SummarizerError
from sumbench.errors import one_line
from sumbench.generation.endpoint import answer as answers
from sumbench.generation.endpoint.answer import ChatCompletion
from sumbench.generation.endpoint.errors import AbsentError
from sumbench.generation.endpoint.errors import BusyError
from sumbench.generation.endpoint.errors import HopelessError
from sumbench.generation.endpoint.errors import PassingError
from sumbench.generation.endpoint.errors import RejectionError
from sumbench.generation.endpoint.errors import UnreachableError
from sumbench.generation.endpoint.fallbacks import ANSWER_FORMAT
from sumbench.generation.endpoint.fallbacks import Fallbacks
from sumbench.generation.endpoint.fallbacks import Turns
from sumbench.generation.endpoint.fallbacks import named_fields
from sumbench.generation.endpoint.fallbacks import remedy
from sumbench.generation.endpoint.redaction import redacted
from sumbench.generation.endpoint.refusals import is_refusal
from sumbench.generation.endpoint.rejections import document_failure
from sumbench.generation.endpoint.rejections import is_about_the_document
from sumbench.generation.endpoint.retry import requested_wait
from sumbench.generation.endpoint.transport import http_client

if TYPE_CHECKING:
    from openai import APIStatusError
    from openai import AsyncAPIResponse

AZURE_PARAMETER = "api-version"
"""The query parameter that marks an Azure server."""

GREETING_TIMEOUT = 15.0
"""Seconds that a server may take to list its models."""

_PASSING = frozenset({408, 425, 429, 500, *range(502, 600)})
_STARTING = frozenset({429, 502, 503, 504})
_REDIRECTS = frozenset(range(300, 400))
_WRONG_KEY = frozenset({401, 403})
_UNPAID = frozenset({"insufficient_quota", "billing_hard_limit_reached"})


@dataclass(frozen=True)
class Server:
    """The address of a served model, and the settings of requests to it.

    `key` is the secret itself (empty: none is sent), `key_name` the environment variable that holds it. `timeout` is
    the seconds that one response may take, from the first byte sent to the last one read. `decoding` holds further
    parameters of each request, `query` the query parameters of its URL.
    """

    url: str
    model: str
    key: str = field(repr=False)
    key_name: str
    timeout: float
    max_new_tokens: int
    decoding: Mapping[str, float]
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The whole address, with the query."""
        return self.url + (f"?{urlencode(self.query)}" if self.query else "")

    def redacted(self, text: str) -> str:
        """Return `text` as one line, with the key and parts of it replaced."""
        return one_line(redacted(text, self.key))


class Client:
    """A connection to a server, for use as an async context manager within one event loop.

    `fallbacks` are what was learned of the server before; more is learned from what it refuses.
    """

    def __init__(self, server: Server, fallbacks: Fallbacks | None = None) -> None:
        """Prepare the connection; nothing is sent yet."""
        from openai import AsyncOpenAI
        from openai import Omit

        self._server = server
        self._fallbacks = fallbacks or Fallbacks()
        # Without a key nothing is sent, not even $OPENAI_API_KEY: that one is for another server.
        self._headers: Any = {"Authorization": f"Bearer {server.key}" if server.key else Omit()}
        if server.key and AZURE_PARAMETER in server.query:
            # Azure's versioned API reads the key from this header only.
            self._headers["api-key"] = server.key
        self._client = AsyncOpenAI(
            base_url=server.url,
            default_query=dict(server.query),
            api_key="set by each request",
            max_retries=0,
            http_client=http_client([name for name, value in self._headers.items() if not isinstance(value, Omit)]),
        )

    async def __aenter__(self) -> Self:
        """Open the connection."""
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connection."""
        await self._client.__aexit__(kind, error, traceback)

    async def check_server(self) -> None:
        """Request the list of models, to check that the server is reachable and accepts the key.

        Raises PassingError while the server starts, and HopelessError where nothing answers, the key is refused, or
        it is not an OpenAI-compatible server. A server that refuses to list its models passes.
        """
        url = self._server.url
        try:
            call = self._client.models.with_streaming_response.list(extra_headers=self._headers)
            body = await self._exchange(call, GREETING_TIMEOUT)
        except UnreachableError as error:
            raise AbsentError(f"{url} cannot be reached: {error}") from None
        except PassingError as error:
            raise PassingError(f"{url} does not list its models: {error}", error.wait) from None
        except RejectionError as rejection:
            if rejection.status in _REDIRECTS:
                raise HopelessError(self._elsewhere(rejection)) from None
            if rejection.status in _WRONG_KEY:
                raise HopelessError(self._key_refused(rejection)) from None
            if rejection.status in _STARTING:
                raise PassingError(f"{url} is not ready: {rejection}", rejection.wait) from None
            return
        try:
            answers.read_json(body)
        except SummarizerError:
            raise HopelessError(f"{url} is no OpenAI-compatible server (does its address end in /v1?)") from None

    async def ask(
        self, turns: Turns, seed: int | None = None, answer_format: Mapping[str, Any] | None = None
    ) -> ChatCompletion:
        """Request a completion of the `turns` of a chat (each with `role` and `content`), with a `seed` or None.

        `answer_format` is the JSON schema of the answer, with its name (OpenAI's `json_schema`); None for free text.

        What the server does not take of a request is left out or said otherwise, and the request repeated.
        Raises PassingError where a retry can help, HopelessError where every document would fail, and SummarizerError
        where this one fails for good.
        """
        options: dict[str, Any] = {**self._server.decoding, **({} if seed is None else {"seed": seed})}
        if answer_format is not None:
            options[ANSWER_FORMAT] = answer_format
        request = self._fallbacks.request(turns, self._server.max_new_tokens, options)
        while True:
            call = self._client.chat.completions.with_streaming_response.create(
                model=self._server.model, extra_headers=self._headers, **request
            )
            try:
                return self._parsed(await self._exchange(call, self._server.timeout))
            except RejectionError as rejection:
                if not is_about_the_document(rejection):
                    self._fallbacks.learn(request, rejection)
                # What the request of another document has taught in the meantime counts as well.
                other = self._fallbacks.request(turns, self._server.max_new_tokens, options)
                if other == request:
                    raise self._meaning(rejection, request) from None
                request = other

    def _parsed(self, body: bytes) -> ChatCompletion:
        """Parse a completion; nothing of the key is in what it says beside its text, nor in the error."""
        try:
            completion = answers.parse_completion(body)
        except SummarizerError as error:
            # Whatever kind it is of, its message is all that it has, but for a wait.
            error.args = (self._server.redacted(str(error)),)
            raise
        key = self._server.key
        return completion._replace(
            model=redacted(completion.model, key),
            ended=redacted(completion.ended, key),
        )

    def _meaning(self, rejection: RejectionError, request: Mapping[str, Any]) -> SummarizerError:
        """Return the error to raise for a chat `request` that was rejected."""
        text = str(rejection)
        if hopeless := self._permanent(rejection, request):
            return HopelessError(hopeless)
        if rejection.status in _PASSING:
            kind = BusyError if rejection.status == 429 else PassingError  # noqa: PLR2004 - the number is the name
            return kind(text, rejection.wait)
        return document_failure(rejection)

    def _permanent(self, rejection: RejectionError, request: Mapping[str, Any]) -> str:
        """Return why a request was rejected as any other would be; nothing where another may pass."""
        code, text = rejection.status, str(rejection)
        if code in _REDIRECTS:
            return self._elsewhere(rejection)
        if code == 401:  # noqa: PLR2004 - the number is the name
            return self._key_refused(rejection)
        if code == 402 or any(word in rejection.reason for word in _UNPAID):  # noqa: PLR2004
            return f"the account has no credit left: {text}"
        if code == 404:  # noqa: PLR2004
            return f"{self._server.url} does not serve the model {self._server.model!r}: {text}"
        advice = "" if is_about_the_document(rejection) else remedy(request, rejection)
        return f"{advice}: {text}" if advice else ""

    def _elsewhere(self, rejection: RejectionError) -> str:
        return f"{self._server.url}: {rejection}: nothing is sent there unless url= names it"

    def _key_refused(self, rejection: RejectionError) -> str:
        # The server's own message may repeat a part of the key, so it is left out.
        if not self._server.key:
            return f"{self._server.url} wants a key ({rejection.status}): name its environment variable with key=NAME"
        return f"{self._server.url} refuses the key in ${self._server.key_name} ({rejection.status})"

    async def _exchange(self, call: "AbstractAsyncContextManager[AsyncAPIResponse[Any]]", limit: float) -> bytes:
        """Send one request and return the body of its response, all within `limit` seconds."""
        async with self._failures(limit), call as response:
            return b"".join([piece async for piece in response.iter_bytes()])

    @asynccontextmanager
    async def _failures(self, limit: float) -> AsyncIterator[None]:
        """Limit the block to `limit` seconds, and translate its exceptions to this project's errors."""
        import httpx2
        import openai

        try:
            async with asyncio.timeout(limit):
                yield
        except TimeoutError:
            raise PassingError(f"no complete answer within {limit:g} s") from None
        except openai.APIStatusError as error:
            raise self._rejection(error) from None
        except (openai.APIConnectionError, httpx2.TransportError) as error:
            cause = error.__cause__ if isinstance(error, openai.APIConnectionError) else error
            line = self._server.redacted(str(cause or error) or type(cause).__name__)
            if isinstance(cause, (httpx2.ConnectError, httpx2.ConnectTimeout)):
                raise UnreachableError(line) from None
            raise PassingError(f"the connection was cut: {line}") from None

    def _rejection(self, error: "APIStatusError") -> RejectionError:
        said = self._server.redacted(answers.error_reason(error.body))
        if error.status_code in _REDIRECTS:
            said = f"go to {self._server.redacted(error.response.headers.get('location', 'nowhere'))}"
        codes = [error.code, *(code for code in (error.type, _inner_code(error.body)) if is_refusal(str(code)))]
        for code in map(str, filter(None, codes)):
            if code not in said:
                said += f" ({self._server.redacted(code)})"
        wait = requested_wait(error.response.headers)
        return RejectionError(error.status_code, said, wait, named_fields(error.body))


def _inner_code(body: object) -> object:
    """Return the code by which Azure says more of an error; None where there is none."""
    match body:
        case {"innererror": {"code": code}}:
            return code
    return None
