"""Runs made of scores, for tests of what statistics make of them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from sumbench.manifest import CorpusEntry
from sumbench.manifest import MetricEntry
from sumbench.manifest import SystemEntry
from sumbench.metrics.rouge.values import values
from sumbench.records import Score
from sumbench.records import Summary
from sumbench.run_record import Run
from sumbench.runs.store import read_run

METRIC = MetricEntry("rouge", values(["rouge2"]), {"rouge2": "rouge2|f1|x"})
PUBLISHED = Path(__file__).parents[2] / "results" / "references-default"


def made(systems: dict[str, dict[str, tuple[float, ...]]], clusters: dict[str, str] | None = None) -> Run:
    """A run in which each system has these scores by document and draw; a NaN is a draw that failed.

    `clusters` gives the source of each document where documents share sources.
    """

    def every() -> Iterator[tuple[str, str, int, float]]:
        for system, documents in systems.items():
            for document, of_draws in documents.items():
                for draw, value in enumerate(of_draws, 1):
                    yield system, document, draw, value

    entries = tuple(
        SystemEntry(name, "ranked", (), {}, None, None, None, samples=max(map(len, documents.values())))
        for name, documents in systems.items()
    )
    corpus = CorpusEntry("c", "ab" * 32, len(next(iter(systems.values()))), 4, clusters=clusters)
    manifest = read_run(PUBLISHED).manifest
    return Run(
        replace(manifest, systems=entries, corpus=corpus, metrics=(METRIC,), ranked_by="rouge2"),
        tuple(
            Summary(document, system, "one two", 10, 10, 2, 0.5, "it broke" if np.isnan(value) else None, draw)
            for system, document, draw, value in every()
        ),
        tuple(
            Score(document, system, "rouge2", value, draw)
            for system, document, draw, value in every()
            if not np.isnan(value)
        ),
    )
