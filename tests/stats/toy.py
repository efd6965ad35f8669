"""Runs under toy values: one of which lower is better, and one that is a property of texts."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sumbench.manifest import CorpusEntry
from sumbench.manifest import Direction
from sumbench.manifest import MetricEntry
from sumbench.manifest import SystemEntry
from sumbench.manifest import Value
from sumbench.records import Document
from sumbench.records import Score
from sumbench.records import Summary
from sumbench.run_record import Run
from sumbench.runs.store import read_run
from tests.stats.made import PUBLISHED

EDITS = Value("edits", "Edits", "edits", decimals=1, direction=Direction.LOWER)
LENGTH = Value("length", "Length", "words", decimals=0, direction=Direction.NEITHER)
SHARE = Value("share", "Share", "%", scale=100.0, decimals=2)
PART = Value("part", "Part", "%", scale=100.0, main=False)
VALUES = (EDITS, LENGTH, SHARE, PART)

DOCUMENTS = tuple(f"d{number:02}" for number in range(16))
LEVELS: Mapping[str, float] = {"many": 40, "few": 10, "random": 60, "references": 5}
"""Mean edits of the systems: `few` is best; the worst that there are is `random`, the best the references."""


def run(
    levels: Mapping[str, float] = LEVELS,
    *,
    ranked_by: str = "edits",
    values: Sequence[Value] = VALUES,
    more: Sequence[Score] = (),
    also: Sequence[str] = ("mute",),
) -> Run:
    """A run in which each system's scores vary around its level, the same under every value.

    `also` names ranked systems that have no score; `more` are scores beside those made here.
    """
    roles = {name: "floor" if name == "random" else "ranked" for name in (*also, *levels) if name != "references"}
    entries = tuple(SystemEntry(name, role, (), {}, None, None, None) for name, role in roles.items())
    noise = {name: np.random.default_rng(len(name)).normal(size=len(DOCUMENTS)) for name in levels}
    scores = [
        Score(document, system, value.name, level + float(noise[system][at]))
        for system, level in levels.items()
        for at, document in enumerate(DOCUMENTS)
        for value in values
    ]
    summaries = [
        Summary(document, system, "one two", 10, 10, 2, 0.5, "it broke" if system in also else None)
        for system in roles
        for document in DOCUMENTS
    ]
    documents = [
        Document(document, "a b", ("a",), metadata={"half": "early" if at < len(DOCUMENTS) // 2 else "late"})
        for at, document in enumerate(DOCUMENTS)
    ]
    manifest = replace(
        read_run(PUBLISHED).manifest,
        systems=entries,
        corpus=CorpusEntry("c", "ab" * 32, len(DOCUMENTS), len(DOCUMENTS)),
        metrics=(MetricEntry("toy", tuple(values), {value.name: f"{value.name}|x" for value in values}),),
        ranked_by=ranked_by,
    )
    return Run(manifest, summaries, [*scores, *more], documents)
