"""What a server refuses of requests: learned from its errors, kept for all requests that follow, said once."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from itertools import pairwise
from typing import Any

from sumbench.generation.endpoint.errors import RejectionError

Turns = list[dict[str, str]]

_STATUSES = frozenset({400, 422, 424, 500, 501})
"""The statuses of refused parameters; templates that know no system turn fail with 500 in some servers."""

_LIMITS = ("max_tokens", "max_completion_tokens", "")
"""Names of the limit of new tokens, the newest last: OpenAI's newest models take no other; then none is sent."""

ANSWER_FORMAT = "response_format"
"""The parameter that says which shape an answer must have."""

_FORMATS = ("json_schema", "json_object", "")
"""Ways to ask for JSON, the strictest first: by a schema, any object, then by the words of the prompt alone."""

_FORMAT_FIELDS = frozenset({ANSWER_FORMAT, "json_schema", "schema", "strict", "type"})

_FORMAT_WORDS = re.compile(
    r"response[_ ]?format|json[_ ]?(?:schema|mode|object)|structured[_ ]output|grammar|guided", re.IGNORECASE
)
"""How servers call the shape of an answer where they refuse it."""

_REFUSED = re.compile(
    r"unsupported|not (?:be )?supported|n['o]t support|unrecogni[sz]ed|unknown|unexpected|extra (?:inputs|fields)"
    r"|not (?:permitted|allowed|accepted|available|enabled)|deprecated|no longer|invalid|\bmust\b|\bshould\b"
    r"|\bonly\b|cannot be|greater than|less than|out of range|forbidden|too (?:big|high|large|small)",
    re.IGNORECASE,
)
"""How servers say that they do not take a parameter or its value."""

_NO_PARAMETER = re.compile(
    r"unsupported param|not supported|n['o]t support param|unrecogni[sz]ed|unknown|unexpected|extra|not permitted"
    r"|not allowed|deprecated|no longer",
    re.IGNORECASE,
)
"""How they say that they do not know a parameter, whatever its value."""

_NO_SYSTEM = re.compile(
    r"system[ _-]?(?:role|message|prompt|turn|instruction)s?\b|developer instruction"
    r"|roles? .{0,60}\b(?:system|alternate)|role \W?system|\bsystem\W+role"
    r"|(?:start|begin|first) .{0,40}\buser\b|only .{0,20}\buser\b.{0,40}roles?",
    re.IGNORECASE | re.DOTALL,
)
"""How servers and chat templates refuse a system turn: Gemma, Mistral, OpenAI's o1, Gemini, Anthropic, Bedrock."""


@dataclass
class Fallbacks:
    """How requests to one server are made, as far as it refused what is usual; `name` is the system's, for warnings.

    `limit` is the name of the limit of new tokens (empty: none is sent), `answer_format` is how JSON is asked for
    (empty: by the prompt alone), `dropped` the parameters that are not sent, and `merged` says that the system turn's
    text is sent at the beginning of the user turn.
    """

    name: str = "endpoint"
    limit: str = _LIMITS[0]
    answer_format: str = _FORMATS[0]
    merged: bool = False
    dropped: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)

    def request(self, turns: Turns, new_tokens: int, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is sent: messages, the limit of new tokens, and the `options` that the server takes.

        Of the option `response_format` the value is the JSON schema; it is sent as the server takes it.
        """
        limit = {self.limit: new_tokens} if self.limit else {}
        taken = {name: value for name, value in options.items() if name not in self.dropped}
        if (schema := taken.pop(ANSWER_FORMAT, None)) is not None and self.answer_format:
            shape = {"json_schema": schema} if self.answer_format == _FORMATS[0] else {}
            taken[ANSWER_FORMAT] = {"type": self.answer_format, **shape}
        return {"messages": _without_system(turns) if self.merged else turns, **limit, **taken}

    def learn(self, sent: Mapping[str, Any], rejection: RejectionError) -> None:
        """Learn from the rejection of a request what to leave out of the next one; it may be nothing."""
        if rejection.status not in _STATUSES:
            return
        if sent["messages"][0]["role"] == "system" and not self.merged and _refuses_system(rejection):
            self.merged = True
            self.say(f"the server takes no system turn: its text begins the user turn ({rejection.reason})")
        if ANSWER_FORMAT in sent and _refuses_format(rejection):
            self._ask_less(sent[ANSWER_FORMAT]["type"], rejection)
            return
        for limit, instead in pairwise(_LIMITS):
            if limit == self.limit and limit in sent and _refuses_limit(limit, rejection):
                self.limit = instead
                if not instead:
                    self.say(f"the server takes no limit of new tokens, and none is sent ({rejection.reason})")
                return
        if _refuses("temperature", sent, rejection) and sent["temperature"] == 0 and "temperature" not in self.dropped:
            self.dropped.add("temperature")
            self.say(
                f"the server takes no temperature=0, and none is sent: it decides how words are chosen, which may not "
                f"repeat (temperature=-1 asks for that) ({rejection.reason})"
            )
        if _refuses("seed", sent, rejection) and "seed" not in self.dropped:
            self.dropped.add("seed")
            self.say(f"the server takes no seed, and none is sent: its draws cannot be repeated ({rejection.reason})")

    def _ask_less(self, refused: str, rejection: RejectionError) -> None:
        """Ask for JSON in the next way, unless another request has taught that already."""
        for form, instead in pairwise(_FORMATS):
            if form == self.answer_format == refused:
                self.answer_format = instead
                how = "any JSON object is asked for" if instead else "the prompt alone asks for JSON"
                self.say(f"the server takes no {form} as response_format: {how} ({rejection.reason})")
                return

    def say(self, text: str) -> None:
        """Warn of something, once; `text` must hold no secret."""
        if text not in self.said:
            self.said.add(text)
            logging.getLogger(__name__).warning("%s: %s", self.name, text)


def remedy(sent: Mapping[str, Any], rejection: RejectionError) -> str:
    """Return which option to change where a server refuses one of a request, or nothing."""
    if rejection.status not in _STATUSES:
        return ""
    if _refuses("temperature", sent, rejection):
        return (
            f"the server refuses temperature={sent['temperature']:g}: give another one, or temperature=-1 to send none"
        )
    limit = next((limit for limit in _LIMITS if limit and limit in sent), "")
    if limit and _names(limit, rejection):
        return f"the server refuses max_new_tokens={sent[limit]}: give another number"
    return ""


def _refuses(name: str, sent: Mapping[str, Any], rejection: RejectionError) -> bool:
    return name in sent and _names(name, rejection)


def _names(name: str, rejection: RejectionError) -> bool:
    """Tell whether a rejection is about a parameter: in a field for that, else in words."""
    if rejection.fields:
        return name in rejection.fields
    return bool(re.search(rf"\b{name}\b", rejection.reason) and _REFUSED.search(rejection.reason))


def _refuses_limit(limit: str, rejection: RejectionError) -> bool:
    """Tell whether a server does not know the limit of new tokens by this name: not, whether it is too high."""
    if limit == _LIMITS[0] and _LIMITS[1] in rejection.reason:
        return True
    return _names(limit, rejection) and bool(_NO_PARAMETER.search(rejection.reason))


def _refuses_format(rejection: RejectionError) -> bool:
    return bool(rejection.fields & _FORMAT_FIELDS or _FORMAT_WORDS.search(rejection.reason))


def _refuses_system(rejection: RejectionError) -> bool:
    if "role" in rejection.fields:
        return True
    return bool(_NO_SYSTEM.search(rejection.reason) and _REFUSED.search(rejection.reason))


def named_fields(body: object) -> frozenset[str]:
    """Return the parameters that an error body names in fields of its own: OpenAI's `param`, FastAPI's `loc`.

    >>> sorted(named_fields({"param": "messages[0].role"}) | named_fields({"detail": [{"loc": ["body", "seed"]}]}))
    ['role', 'seed']
    """
    match body:
        case {"message": {**inner}} | {"error": {**inner}}:
            return named_fields(inner)
        case {"detail": [*faults]} | [*faults]:
            places = [fault.get("loc") for fault in faults if isinstance(fault, dict)]
            return frozenset(str(place[-1]) for place in places if isinstance(place, list) and place)
        case {"param": str(name)} if name and name != "None":
            return frozenset({name.rpartition(".")[2]})
    return frozenset()


def _without_system(turns: Turns) -> Turns:
    """Return a chat whose first user turn begins with the text of the system turn."""
    if turns[0]["role"] != "system":
        return turns
    system, user, *more = turns
    return [{**user, "content": f"{system['content']}\n\n{user['content']}"}, *more]
