"""A small finished run in a folder, made without running a system."""

from collections.abc import Iterable
from pathlib import Path

from sumbench.manifest import SCHEMA
from sumbench.manifest import CorpusEntry
from sumbench.manifest import Manifest
from sumbench.manifest import MetricEntry
from sumbench.manifest import SystemEntry
from sumbench.manifest import Telemetry
from sumbench.manifest import WeightsEntry
from sumbench.metrics.rouge.values import values
from sumbench.metrics.rouge.values import with_parts
from sumbench.records import Detail
from sumbench.records import Document
from sumbench.records import Score
from sumbench.records import ScoreFailure
from sumbench.records import Summary
from sumbench.runs import environment
from sumbench.runs.store import RunFolder
from sumbench.scores import Scores

TELEMETRY = Telemetry(2.5, 0.1, 0.2, 300.0, 1000.0, 50.0, 1 << 28, None, 3, 0.25, 900.0, 1200.0, 60.0, 80.0)

MANIFEST = Manifest(
    schema=SCHEMA,
    finished=True,
    request={"suite": "default"},
    suite="default",
    sentences=3,
    words=None,
    seed=0,
    corpus=CorpusEntry("c", "ab" * 32, 4, 5, ("a note",), {"a": "x", "b": "x", "c": "y", "d": "d"}),
    systems=(
        SystemEntry("lead", "floor", (), {"options": {"sentences": 3}}, None, None, TELEMETRY),
        SystemEntry(
            "m", "ranked", ("xsum",), {}, WeightsEntry("m", "wheel", "cd" * 32), "out of memory", None, prompt="Say it."
        ),
    ),
    metrics=(MetricEntry("rouge", values(["rouge1"]), with_parts({"rouge1": "rouge1|F1"}, "F1")),),
    ranked_by="rouge1",
    started="2026-11-22T20:00:00+00:00",
    seconds=12.5,
    version="0.1.0",
    revision=None,
    python="3.11.7",
    packages=environment.packages(),
    machine=environment.machine(),
    statistics={"interval": "percentile", "confidence": 0.9, "resamples": 99, "correction": "holm", "alpha": 0.05},
)

DOCUMENTS = tuple(
    Document(
        name, f"Text of {name}.\n«Two».", ("One.", "Two.")[: 1 + (name == "a")], name.upper(), "de", {"genre": "g"}
    )
    for name in "abcd"
)
SUMMARIES = tuple(
    Summary(document.id, system, "One\nTwo", 10, 5, 3, 0.25) for system in ("lead", "m") for document in DOCUMENTS
)
SCORES = Scores.of(
    [
        Score(summary.document, summary.system, metric, 0.1 * place)
        for place, summary in enumerate(SUMMARIES)
        for metric in MANIFEST.values
        if (summary.system, summary.document) != ("m", "d")
    ],
    [ScoreFailure("d", "m", metric, "no words") for metric in MANIFEST.values],
)
DETAILS = (Detail("a", "lead", "rouge", {"spans": [[0, 3]]}),)


def write_summaries(run: RunFolder, summaries: Iterable[Summary]) -> None:
    """Write summaries.jsonl."""
    with run.writing_summaries() as writer:
        writer.write(summaries)


def write_scores(run: RunFolder, scores: Scores) -> None:
    """Write scores.parquet."""
    with run.writing_scores() as writer:
        writer.write(scores)


def written(folder: Path, *, texts: bool = True) -> Path:
    """Write the run to a folder, and return it."""
    run = RunFolder(folder)
    with run.claimed():
        run.write_documents(DOCUMENTS, texts=texts)
        write_summaries(run, SUMMARIES)
        write_scores(run, SCORES)
        run.write_details(DETAILS)
        run.write_manifest(MANIFEST)
    return folder
