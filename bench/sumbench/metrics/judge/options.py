"""The options that judges share: who judges, by which prompt, how often, and whether systems may be ranked by it."""

import hashlib
import json
import math
from abc import ABC
from abc import abstractmethod
from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any
from typing import ClassVar
from typing import Literal

from sumbench.errors import UsageError
from sumbench.generation.endpoint.address import check_address
from sumbench.generation.endpoint.address import read_key
from sumbench.generation.endpoint.address import server_name
from sumbench.generation.endpoint.address import split_query
from sumbench.generation.endpoint.client import Server
from sumbench.generation.endpoint.fallbacks import Fallbacks
from sumbench.generation.endpoint.inputs import estimated_tokens
from sumbench.generation.endpoint.session import ServerSession
from sumbench.generation.endpoint.session import check_server
from sumbench.generation.endpoint.throttle import Throttle
from sumbench.generation.endpoint.throttle import check_concurrency
from sumbench.manifest import Spending
from sumbench.manifest import Value
from sumbench.metrics.judge.agreement import read_agreement
from sumbench.metrics.judge.agreement import withheld
from sumbench.metrics.judge.prompts import JudgePrompt
from sumbench.metrics.judge.prompts import JudgeQuestion
from sumbench.metrics.judge.replies import AsksJudge
from sumbench.metrics.judge.server import ServerJudge
from sumbench.metrics.judge.server import priced
from sumbench.metrics.judge.system import SystemJudge
from sumbench.metrics.judge.system import judging_system
from sumbench.metrics.protocol import MetricContext
from sumbench.metrics.protocol import Needs
from sumbench.records import Document
from sumbench.systems import Context
from sumbench.systems import System
from sumbench.weights import Store
from sumbench.weights.catalog import find_model

NO, YES = "no", "yes"

_REASON_TOKENS = 60
"""About how many tokens a judge writes of each quality, for the estimate of a dry run."""

_GUESSED_WORDS = 60
"""So long a summary is taken to be before there is one, where no reference tells."""


@dataclass(frozen=True, kw_only=True)
class JudgeOptions(ABC):
    """What judges have in common; a subclass says what it asks, and what it makes of the answers.

    `needs` follows from the other options.
    """

    name: str
    url: str = ""
    model: str = ""
    key: str = ""
    system: str = ""
    draws: int = 1
    temperature: float = 0.0
    seed: int = 0
    max_new_tokens: int = 1024
    ranks: str = NO
    concurrency: int | Literal["auto"] = "auto"
    retries: int = 4
    timeout: float = 120.0
    price_in: float = 0.0
    price_out: float = 0.0
    plain_http: bool = False
    needs: Needs = field(init=False, default=Needs(references=False, source=True, service=True))
    costly: ClassVar[bool] = True
    shown_with: ClassVar[str] = "url=http://localhost:8000/v1,model=NAME"
    revision: ClassVar[int] = 1

    def __post_init__(self) -> None:
        """Refuse what means nothing; no secret that was given by mistake is repeated."""
        if bool(self.url) == bool(self.system):
            raise UsageError(f"{self._kind} needs url=… with model=…, or system=…: name who judges")
        self._check_numbers()
        if self.url:
            check_address(self._kind, self.url, plain_http=self.plain_http)
            read_key(self._kind, self.key)
            if not self.model:
                raise UsageError(f"{self._kind}: model= is empty: name the model that the server is to use")
        elif idle := next((option for option in ("model", "key") if getattr(self, option)), None):
            raise UsageError(f"{self._kind}: {idle}= goes with url=: give it as an option of the system")
        object.__setattr__(
            self,
            "needs",
            Needs(
                references=self.asked.has("references"),
                source=self.asked.has("document"),
                device=bool(self.system),
                service=bool(self.url),
            ),
        )
        if self.system:
            self.judging  # noqa: B018 - builds it, so that a wrong spec is said at once
        if self.ranks not in {NO, YES}:
            read_agreement(self._kind, Path(self.ranks))

    def _check_numbers(self) -> None:
        for option, least in {"draws": 1, "max_new_tokens": 1, "retries": 0, "seed": 0}.items():
            if getattr(self, option) < least:
                raise UsageError(f"{self._kind}: {option}={getattr(self, option)} is too few: give {least} or more")
        check_concurrency(self._kind, self.concurrency)
        if not 0 < self.timeout < math.inf:
            raise UsageError(f"{self._kind}: timeout={self.timeout:g} is no time: give seconds, more than 0")
        if not math.isfinite(self.temperature):
            raise UsageError(f"{self._kind}: temperature={self.temperature:g} is no temperature: give 0 or more")
        if self.draws > 1 and self.temperature == 0:
            raise UsageError(f"{self._kind}: draws={self.draws} would all be the same: give a temperature above 0")
        for option in ("price_in", "price_out"):
            if not 0 <= getattr(self, option) < math.inf:
                raise UsageError(f"{self._kind}: {option}={getattr(self, option):g} is no price: give 0 or more")

    @property
    @abstractmethod
    def _kind(self) -> str:
        """What errors call it: the name without options."""

    @property
    @abstractmethod
    def asked(self) -> JudgePrompt:
        """The prompt."""

    @abstractmethod
    def declared(self) -> Sequence[Value]:
        """Return what it yields, whoever may rank by it."""

    @property
    def prompt_text(self) -> str:
        """The text of its prompt, as its file has it."""
        return self.asked.text

    @cached_property
    def judging(self) -> System:
        """The system that judges."""
        return judging_system(
            self._kind,
            self.system,
            draws=self.draws,
            temperature=self.temperature,
            max_new_tokens=self.max_new_tokens,
        )

    def values(self) -> list[Value]:
        """Return what it yields; none may rank before its agreement with people is shown, unless `ranks` says so."""
        return [replace(value, withheld=self._withheld(value.name)) for value in self.declared()]

    def _withheld(self, value: str) -> str:
        if self.ranks == YES:
            return ""
        if self.ranks == NO:
            return (
                f"nothing shows that {value} of this judge agrees with people on such texts: rate a sample, measure it "
                "with `sumbench correlate … --out FILE.json` and give ranks=FILE.json; or give ranks=yes"
            )
        return withheld(read_agreement(self._kind, Path(self.ranks)), value, self.signatures(())[value], self.ranks)

    def signatures(self, languages: Collection[str]) -> dict[str, str]:  # noqa: ARG002 - the same for all
        """Return for each value the line that says who judges, by which prompt, and how the answers are drawn.

        How fast and how often a server is asked, the key, prices, and who may rank by it are left out.
        """
        drawn = [f"temperature:{self.temperature:g}", f"seed:{self.seed}"] if self.temperature else ["greedy"]
        parts = [
            *self._judge_parts,
            f"prompt:{'-'.join(Path(self.asked.name).stem.split())}@{self.asked.sha256[:16]}",
            *self._own_parts,
            f"draws:{self.draws}",
            *drawn,
            f"max_new_tokens:{self.max_new_tokens}",
            f"v:{self.revision}",
        ]
        return {value.name: "|".join((value.name, *parts)) for value in self.declared()}

    @property
    def _own_parts(self) -> Sequence[str]:
        """What else a signature says."""
        return ()

    @cached_property
    def _judge_parts(self) -> list[str]:
        if self.url:
            return [f"model:{'-'.join(self.model.split())}", f"server:{server_name(self.url)}"]
        told = json.dumps([self.judging.fingerprint(), _weights(self.judging)], sort_keys=True, default=str)
        return [f"system:{'-'.join(self.system.split())}@{hashlib.sha256(told.encode()).hexdigest()[:16]}"]

    def opened(self, context: MetricContext) -> AsksJudge:
        """Return the judge, ready to be asked; raise SummarizerError or WeightsError where it cannot be made ready."""
        if self.system:
            summarize = self.judging.load(Context(self.seed, context.store, context.device))
            return SystemJudge(self.judging, summarize, self.draws)
        url, query = split_query(self.url)
        server = Server(
            url=url,
            query=query,
            model=self.model,
            key=read_key(self._kind, self.key),
            key_name=self.key,
            timeout=self.timeout,
            max_new_tokens=self.max_new_tokens,
            decoding={} if self.temperature < 0 else {"temperature": self.temperature},
        )
        check_server(server, self.retries, self.seed)
        throttle = Throttle(None if self.concurrency == "auto" else self.concurrency)
        session = ServerSession(self._kind, server, self.retries, Fallbacks(self._kind), throttle=throttle)
        return ServerJudge(session, self.draws, self.seed, self.temperature > 0, self._prices)

    @property
    def _prices(self) -> tuple[float, float] | None:
        return (self.price_in, self.price_out) if self.price_in or self.price_out else None

    def forecast_of(self, questions: Sequence[tuple[JudgeQuestion, int]], written: int) -> Spending:
        """Return about what questions take, each with how often it is asked, where answers have so many qualities."""
        calls = self.draws * sum(times for _, times in questions)
        read = self.draws * sum(times * estimated_tokens(question.whole) for question, times in questions)
        made = calls * min(_REASON_TOKENS * written, self.max_new_tokens)
        return Spending(calls, read, made, cost=priced(read, made, self._prices))


def guessed_summary(document: Document) -> str:
    """Return a text about as long as summaries of a document are likely to be: a reference, or some of its words."""
    return document.references[0] if document.references else " ".join(document.text.split()[:_GUESSED_WORDS])


def _weights(system: System) -> Any:  # noqa: ANN401 - JSON
    """Return what tells a system's weights: the catalog's checksums, else the store's; None where none are there."""
    if system.weights is None:
        return None
    if (known := find_model(system.weights)) is not None:
        return dict(known.files)
    store = Store.default(offline=True, quiet=True)
    return store.fingerprint(system.weights) if store.installed(system.weights) else None
