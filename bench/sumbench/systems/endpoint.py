"""Summarizers behind a server with OpenAI's chat API: vLLM, llama.cpp, transformers, a paid service."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import ClassVar
from typing import Literal

from sumbench import length
from sumbench.errors import UsageError
from sumbench.files import sha256
from sumbench.generation import long
from sumbench.generation import prompts
from sumbench.generation import sampling
from sumbench.generation.endpoint import inputs
from sumbench.generation.endpoint.address import check_address
from sumbench.generation.endpoint.address import named_addresses
from sumbench.generation.endpoint.address import read_key
from sumbench.generation.endpoint.address import server_name
from sumbench.generation.endpoint.address import split_query
from sumbench.generation.endpoint.client import Server
from sumbench.generation.endpoint.fallbacks import Fallbacks
from sumbench.generation.endpoint.inputs import EndpointInput
from sumbench.generation.endpoint.replicas import Replicas
from sumbench.generation.endpoint.summarizer import EndpointSummarizer
from sumbench.generation.endpoint.throttle import MOST
from sumbench.generation.endpoint.throttle import Throttle
from sumbench.generation.endpoint.throttle import check_concurrency
from sumbench.length import Length
from sumbench.records import Summary
from sumbench.systems.causal import NEW_TOKENS
from sumbench.systems.described import Described
from sumbench.systems.protocol import Context
from sumbench.systems.protocol import Summarizer

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_DECODING = (
    *("model", "sentences", "words", "prompt", "max_new_tokens", "temperature", "clean"),
    *("max_input_tokens", "long", "tokenizer"),
)


@dataclass(frozen=True, kw_only=True)
class Endpoint(Described):
    """A model behind an OpenAI-compatible server, asked for a summary.

    `url` is the server's address (it usually ends in /v1; a query such as Azure's `?api-version=…` goes with each
    request), or several with plus signs between them (`url=http://a:8000/v1+http://b:8000/v1`), or $NAME for what that
    environment variable holds; `model` is the name by which it knows the model. `key` names the environment variable
    that holds the key; empty, none is sent. `prompt`, `sentences`, `words` and `max_new_tokens` are as in the other
    systems that write; `clean` takes off what is wrapped around a summary ("Here is a summary:", a code fence).
    Thoughts are never summary, be they in the text or in a field of their own (`reasoning_content`).
    `temperature=0` asks for greedy decoding; below 0, none is sent and the server decides.
    Above 0, `samples` summaries of each document are drawn, each by a request of its own with a `seed` that follows
    from the run's, the document and the number of the draw. Servers that heed it (vLLM, llama.cpp) draw the same again
    as far as they can; one that does not draws something else each time, which cannot be told from here.
    What a server refuses of a request is left out of it, and said in a warning: temperature 0, the seed, the limit of
    new tokens (first it is sent under its newer name); a system turn's text then begins the user turn. A temperature
    above 0 that is refused is an error. The document is sent as it is: whether a control token in it (`<|im_end|>`) is
    text, the server decides; one that tokenizes the whole prompt at once takes it for control.

    No redirect is followed, so that neither document nor key goes to a server that was not named; and an address with
    `http:` must be this machine's own unless `plain_http=true` allows to send both unencrypted.

    Several addresses are replicas of one server: each request goes to the one with the fewest under way; one that
    fails three times in a row is set aside for 30 seconds or longer, and its requests go to the others; one that asks
    for a pause has it. The first address is the one that stands in the fingerprint.

    `concurrency` documents are asked for at once; with `auto` as many as the server answers at its pace, up to 128 an
    address: the number grows while answers take no longer than before, and halves when the server is too busy. What may
    pass (the statuses 408, 425, 429 and 5xx, cut connections, answers that take longer than `timeout` seconds in all)
    is tried up to `retries` times more, after the time that the server asks for or else a growing one. What still fails
    is recorded with its reason.

    A document longer than `max_input_tokens` (0: none is, and the whole document is sent) is treated as `long` says:
    `truncate`, `head-tail`, `chunk` or `none`, as in the causal system. Its tokens are counted by the `tokenizer` (a
    catalog name, a hub id, or a folder with a tokenizer.json); without one they are estimated, rather too many than
    too few. A server that says that a document is longer than its context fails that document.

    Tokens of a Summary are the server's own count, of all requests that were made for it: those of the prompt around
    the document are among them. What was not sent is added to its input tokens. A server that counted fewer tokens
    than the prompt has words has cut it, and the Summary says so. From one that counts none, input tokens are unknown
    unless something was left out, and `output_tokens` are words. With `price_in` and `price_out` (per
    million tokens) `cost` tells what a summary cost.
    """

    url: str | tuple[str, ...]
    model: str
    key: str = ""
    prompt: str = "summarize"
    sentences: int = length.SENTENCES
    words: int | None = None
    max_new_tokens: int = NEW_TOKENS
    samples: int = 1
    temperature: float = 0.0
    clean: bool = True
    max_input_tokens: int = 0
    long: str = "truncate"
    tokenizer: str = ""
    concurrency: int | Literal["auto"] = "auto"
    retries: int = 4
    timeout: float = 120.0
    price_in: float = 0.0
    price_out: float = 0.0
    plain_http: bool = False
    libraries: ClassVar[tuple[str, ...]] = ("sentencex",)
    revision: ClassVar[int] = 2
    remote: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Refuse what means nothing; no secret that was given by mistake is repeated."""
        object.__setattr__(self, "url", named_addresses("endpoint", self.url))
        for address in self.addresses:
            check_address("endpoint", address, plain_http=self.plain_http)
        read_key("endpoint", self.key)
        if not self.model:
            raise UsageError(f"{self.name}: model= is empty: name the model that the server is to use")
        for option in ("max_new_tokens", "samples", "retries", "max_input_tokens"):
            least = 0 if option in {"retries", "max_input_tokens"} else 1
            if getattr(self, option) < least:
                raise UsageError(f"{self.name}: {option}={getattr(self, option)} is too few: give {least} or more")
        check_concurrency(self.name, self.concurrency)
        if not 0 < self.timeout < math.inf:
            raise UsageError(f"{self.name}: timeout={self.timeout:g} is no time: give seconds, more than 0")
        if not math.isfinite(self.temperature):
            raise UsageError(f"{self.name}: temperature={self.temperature:g} is no temperature: give 0 or more")
        if self.samples > 1 and self.temperature <= 0:
            sampling.check_sampling(self.name, self.samples, 0.0)
        for option in ("price_in", "price_out"):
            if not 0 <= getattr(self, option) < math.inf:
                raise UsageError(f"{self.name}: {option}={getattr(self, option):g} is no price: give 0 or more")
        prompts.read_prompt(self.prompt).check(self.length)
        long.check_strategy(self.long)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses of the server, of which the first one names it."""
        return (self.url,) if isinstance(self.url, str) else self.url

    @property
    def length(self) -> Length:
        """The length budget."""
        return length.budget(self.name, self.sentences, self.words)

    @property
    def seeded(self) -> bool:
        """Whether its output depends on the run's seed."""
        return self.temperature > 0

    @property
    def prompt_text(self) -> str:
        """The text of its prompt, as a prompt file has it."""
        return prompts.read_prompt(self.prompt).text

    def fingerprint(self) -> dict[str, Any]:
        """Return everything that can change the output and stays the same from run to run.

        How fast and how often the server is asked, its key and its price are left out; so is what it says of itself.
        """
        return {
            **super().fingerprint(),
            "options": length.told({option: getattr(self, option) for option in _DECODING}),
            "server": server_name(self.addresses[0]),
            "prompt": prompts.read_prompt(self.prompt).fingerprint,
            "tokenizer": None if self._own_tokenizer is None else sha256(self._own_tokenizer),
        }

    def load(self, context: Context) -> Summarizer:
        """Greet the server; raise SummarizerError when it is not there or does not take the key."""
        writer = self.summarizer(context)
        writer.check_server()
        return writer

    def summarizer(self, context: Context) -> EndpointSummarizer:
        """Return what asks the server, which was not greeted yet."""
        servers = [self._server(*split_query(address)) for address in self.addresses]
        return EndpointSummarizer(
            name=self.name,
            server=servers[0],
            prompt=prompts.read_prompt(self.prompt),
            length=self.length,
            clean=self.clean,
            retries=self.retries,
            throttle=Throttle(None if self.concurrency == "auto" else self.concurrency, MOST * len(servers)),
            seed=context.seed,
            document_input=EndpointInput(self.long, self.max_input_tokens, self._tokenizer(context)),
            draws=lambda document: context.wanted(document, self.samples),
            system=self.tells_apart() if self.seeded else None,
            fallbacks=Fallbacks(self.name),
            replicas=Replicas.of(self.name, servers) if len(servers) > 1 else None,
        )

    def _server(self, url: str, query: Mapping[str, str]) -> Server:
        return Server(
            url=url,
            query=query,
            model=self.model,
            key=read_key("endpoint", self.key),
            key_name=self.key,
            timeout=self.timeout,
            max_new_tokens=self.length.new_tokens(self.max_new_tokens, NEW_TOKENS),
            decoding={} if self.temperature < 0 else {"temperature": self.temperature},
        )

    def cost(self, summary: Summary) -> float | None:
        """Return what a summary cost, in the currency of the prices.

        None without prices, and where the server did not count tokens. Answers that failed are not counted.
        """
        if not (self.price_in or self.price_out) or summary.seen_tokens is None:
            return None
        return (self.price_in * summary.seen_tokens + self.price_out * summary.output_tokens) / 1e6

    def _tokenizer(self, context: Context) -> "Tokenizer | None":
        if not (self.tokenizer and self.max_input_tokens):
            return None
        own = self._own_tokenizer
        folder = context.store.folder(self.tokenizer) if own is None else own.parent
        return inputs.load_tokenizer_file(self.name, folder)

    @property
    def _own_tokenizer(self) -> Path | None:
        """The tokenizer.json of a folder of the user's own; None where none is given, or the store has it."""
        file = Path(self.tokenizer) / inputs.TOKENIZER_FILE
        return file if self.tokenizer and file.is_file() else None
