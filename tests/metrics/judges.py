"""Judges behind a server on loopback that answer by what they are shown, well or badly, as a test wants it."""

import json
import re
from typing import Any

from tests.systems import servers
from tests.systems.servers import Behaviour
from tests.systems.servers import Handler

QUALITIES = ("faithfulness", "coverage", "coherence", "concision")


def shown(handler: Handler) -> dict[str, str]:
    """Return the texts that stand between marks in a request, by their names."""
    whole = "\n\n".join(turn["content"] for turn in handler.body["messages"])
    return {found[1]: found[3] for found in re.finditer(r"<(\w+) (\w{8})>\n(.*?)\n</\1 \2>", whole, re.DOTALL)}


def score(document: str, summary: str) -> int:
    """Return 1 to 5: the share of the summary's words that the document has."""
    words = summary.lower().split()
    return 1 + round(4 * sum(word in document.lower().split() for word in words) / max(len(words), 1))


def ratings(handler: Handler, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return an answer that scores by shared words, with some of it replaced."""
    texts = shown(handler)
    number = score(texts["document"], texts["summary"])
    return {name: {"reason": f"{number} by its words", "score": number} for name in QUALITIES} | more


def say(handler: Handler, text: str, **more: Any) -> None:  # noqa: ANN401 - as `completion` takes them
    """Answer with this text."""
    servers.answer(text, **more)(handler)


def rate(handler: Handler) -> None:
    """Rate as asked; summaries with certain words get the answers that judges give on bad days."""
    summary = shown(handler)["summary"]
    answer = json.dumps(ratings(handler))
    if "refuse" in summary:
        say(handler, "I'm sorry, but I can't help with that.")
    elif "filter" in summary:
        say(handler, "", finish_reason="content_filter")
    elif "junk" in summary:
        say(handler, "It is a rather good summary.")
    elif "six" in summary:
        say(handler, json.dumps(ratings(handler, coverage={"reason": "more than all", "score": 6})))
    elif "lacking" in summary:
        say(handler, json.dumps({"faithfulness": {"reason": "fine", "score": 4}}))
    elif "fenced" in summary:
        say(handler, f"<think>Is it {{good}}?</think>Here is what I think:\n```json\n{answer}\n```\nI hope this helps.")
    elif "flat" in summary:
        say(handler, json.dumps(dict.fromkeys(QUALITIES, "4")))
    elif "twice" in summary:
        say(handler, f"{answer} or rather {json.dumps(dict.fromkeys(QUALITIES, 5))}")
    else:
        say(handler, answer)


def draw(handler: Handler) -> None:
    """Rate by the seed alone: 1 to 5."""
    number = 1 + handler.body["seed"] % 5
    say(handler, json.dumps({name: {"reason": f"seed {handler.body['seed']}", "score": number} for name in QUALITIES}))


def without(*formats: str) -> Behaviour:
    """Rate, but refuse these kinds of response_format as servers do."""

    def behave(handler: Handler) -> None:
        kind = handler.body.get("response_format", {}).get("type")
        if kind in formats:
            servers.status(400, f"response_format.type '{kind}' is not supported")(handler)
        else:
            rate(handler)

    return behave


def compare(handler: Handler) -> None:
    """Prefer the summary with more words of the document."""
    texts = shown(handler)
    one, other = (score(texts["document"], texts[name]) for name in ("first", "second"))
    verdict = "A" if one > other else "B" if other > one else "tie"
    say(handler, json.dumps({"reason": f"{one} against {other}", "better": verdict}))


def prefer_first(handler: Handler) -> None:
    """Prefer whatever stands first."""
    say(handler, json.dumps({"reason": "it comes first", "better": "Summary A."}))
