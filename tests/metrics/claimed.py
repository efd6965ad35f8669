"""Documents with summaries for the tests of metrics that check summaries."""

import shutil
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sumbench.errors import MetricError
from sumbench.metrics import BatchScores
from sumbench.metrics import MetricContext
from sumbench.metrics import build_metric
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.validation import parse_json


def document(text: str, language: str = "en") -> Document:
    """Return a document without references."""
    return Document("d", text, (), language=language)


def scores(spec: str, context: MetricContext, text: str, *summaries: str) -> BatchScores:
    """Load a metric and score summaries of one document, by systems of their own."""
    made = [Summary("d", str(number), each, None, None, 1, None) for number, each in enumerate(summaries)]
    found = build_metric(spec).load(context)([document(text)], made)
    assert not found.failures
    return found


def content(found: BatchScores, number: int = 0) -> Mapping[str, Any]:
    """Return the detail of a summary by its number."""
    return found.details[number].content


def check_spans(found: BatchScores, text: str, summaries: Sequence[str]) -> int:
    """Assert that every place that details name is where they say; return how many there are."""
    places = [
        (summaries[int(detail.system)], place)
        for detail in found.details
        for place in (*detail.content["spans"], *detail.content.get("sentences", ()))
    ]
    places += [(text, place["source"]) for _, place in places if "text" in place.get("source", {})]
    for whole, place in places:
        assert whole[place["start"] : place["end"]] == place["text"]
    return len(places)


def renamed(folder: Path, into: Path, names: Sequence[str]) -> Path:
    """Return a copy of a classifier whose configuration calls its classes otherwise."""
    import json

    shutil.copytree(folder, into)
    config = parse_json((into / "config.json").read_bytes(), "config.json", MetricError)
    assert isinstance(config, dict)
    config |= {"id2label": {str(index): name for index, name in enumerate(names)}}
    config["label2id"] = {name: index for index, name in enumerate(names)}
    (into / "config.json").write_text(json.dumps(config))
    return into
