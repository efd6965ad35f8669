"""Systems and metrics on a Ray cluster beside this machine's executor: `python -m tests.fuzzing.equality [--limit 60]`.

Every family of systems summarizes articles that ship, by both executors, and the metrics that compute with a model
score them. Prints what is equal and what is not, and ends with 1 where anything is not.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import numpy as np

from sumbench.corpus import Selection
from sumbench.corpus import open_corpus
from sumbench.executors.local import LocalExecutor
from sumbench.executors.protocol import Assignment
from sumbench.executors.protocol import Failed
from sumbench.executors.protocol import Made
from sumbench.executors.protocol import chunked
from sumbench.executors.ray import Cluster
from sumbench.executors.ray import RayExecutor
from sumbench.metrics import LoadedMetric
from sumbench.metrics import MetricContext
from sumbench.metrics import ScoredBatch
from sumbench.metrics import build_metrics
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.systems import Context
from sumbench.systems import System
from sumbench.systems import build_system
from sumbench.weights import Store
from tests.fuzzing.clusters import OWN
from tests.generation import pairs
from tests.plugins import conftest as demo
from tests.systems.servers import echo
from tests.systems.servers import serving

CLASSICS = ("random", "lead", "oracle", "textrank", "lexrank", "lsa", "luhn", "sumbasic", "kl")
METRICS = ("similarity,model=minilm", "bertscore,model=minilm", "smart,model=minilm")

_OUT = sys.stdout
"""While an executor on Ray is there, sys.stdout is stderr."""

Texts: TypeAlias = dict[tuple[str, int], tuple[str, object, object]]
Executor: TypeAlias = LocalExecutor | RayExecutor


@contextmanager
def families(home: Path) -> Iterator[list[tuple[str, int]]]:
    """Make what systems need, and yield their specs, each with the most documents that it is given."""
    pairs.checkpoint(home / "bart", "bart")
    (home / "own.py").write_text(OWN)
    site = home / "site"
    declared = "[sumbench.systems]\nopening = demo.systems:Opening\n"
    demo.install(demo.wheel(home, "demo", "1.0", {"systems": demo.SYSTEMS}, declared), site)
    sys.path.append(str(site))
    os.environ["PYTHONPATH"] = os.pathsep.join([*os.environ.get("PYTHONPATH", "").split(os.pathsep), str(site)])
    with serving(echo) as server:
        yield [
            *((name, 1000) for name in CLASSICS),
            ("minilm", 12),
            ("smollm2-135m", 2),
            ("smollm2-135m,samples=2,temperature=0.8", 1),
            ("smollm2-135m,backend=ctranslate2", 2),
            (f"seq2seq,model={home}/bart,max_new_tokens=20", 12),
            (f"endpoint,url={server.url},model=small", 12),
            (f"{home}/own.py:Slow,pause=0", 12),
            ("opening", 1000),
        ]


def texts_of(executor: Executor, system: System, context: Context, documents: tuple[Document, ...]) -> Texts:
    """Return what a system makes of documents: text and tokens, or why it failed, by document and draw."""
    made: Texts = {}
    for event in executor.run(Assignment(system, context), chunked(documents)):
        match event:
            case Made(summary):
                made[summary.document, summary.draw] = (summary.error or summary.text, *tokens(summary))
            case Failed(document, draw, reason):
                made[document, draw] = (reason, None, None)
    return made


def tokens(summary: Summary) -> tuple[object, object]:
    """Return how many tokens were seen and written."""
    return summary.seen_tokens, summary.output_tokens


def scored(executor: Executor, spec: str, context: MetricContext, documents: tuple[Document, ...]) -> ScoredBatch:
    """Score the first sentences of documents under a metric that the executor makes ready."""
    (metric,) = build_metrics([spec])
    loaded = LoadedMetric(metric, executor.load_metric(metric, context))
    summaries = [
        Summary(document.id, "lead", document.text.split("\n")[0][:400], 1, 1, 1, 0.1) for document in documents
    ]
    return loaded.score(documents, summaries)


def report(what: str, equal: bool, said: str, seconds: Iterable[float]) -> bool:  # noqa: FBT001 - a line of a table
    """Print a line, and tell whether it is a fault."""
    here, there = seconds
    name = what if len(what) < 40 else f"…{what[-38:]}"
    _OUT.write(f"{name:40} {'equal' if equal else 'NOT EQUAL'} {said} ({here:.1f} s here, {there:.1f} s there)\n")
    _OUT.flush()
    return not equal


def compare_systems(
    here: Executor, there: Executor, specs: list[tuple[str, int]], documents: tuple[Document, ...]
) -> int:
    """Compare all families; return how many are not equal."""
    context, faults = Context(7, Store.default(quiet=True)), 0
    for spec, most in specs:
        system, found, seconds = build_system(spec), [], []
        for executor in (here, there):
            begun = time.perf_counter()
            found.append(texts_of(executor, system, context, documents[:most]))
            seconds.append(time.perf_counter() - begun)
        if "own.py" in spec:
            # Its texts are the numbers of processes.
            found = [{key: ("", seen, made) for key, (_, seen, made) in texts.items()} for texts in found]
        one, two = found
        unlike = [key for key in {**one, **two} if one.get(key) != two.get(key)]
        said = f"{len(one)} summaries" + (f": {one.get(unlike[0])} {two.get(unlike[0])}" if unlike else "")
        faults += report(spec, not unlike and len(one) > 0, said, seconds)
    return faults


def compare_metrics(here: Executor, there: Executor, specs: list[str], documents: tuple[Document, ...]) -> int:
    """Compare metrics that compute with a model; return how many are not equal."""
    context, faults = MetricContext(7, Store.default(quiet=True)), 0
    for spec in specs:
        found, seconds = [], []
        for executor in (here, there):
            begun = time.perf_counter()
            found.append(scored(executor, spec, context, documents[:12]).scores.values)
            seconds.append(time.perf_counter() - begun)
        one, two = found
        apart = float(np.nanmax(np.abs(one - two))) if one.shape == two.shape else np.inf
        faults += report(spec, apart == 0, f"{len(one)} scores, at most {apart:.1e} apart", seconds)
    return faults


def main() -> int:
    """Compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="parts of the specs to compare (default: all)")
    parser.add_argument("--limit", type=int, default=60, help="articles for systems without a model (default: 60)")
    arguments = parser.parse_args()
    # Ray's workers have one thread each: with another number, sums of floats are rounded otherwise.
    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ.setdefault("RAY_AUTH_MODE", "disabled")
    os.environ["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, os.environ.get("PYTHONPATH", ".").split(":")))
    documents = tuple(open_corpus("references", Selection(limit=arguments.limit)).documents)

    def chosen(spec: str) -> bool:
        return not arguments.names or any(name in spec for name in arguments.names)

    # The workers find what the families put on the search path.
    with (
        tempfile.TemporaryDirectory() as scratch,
        families(Path(scratch)) as specs,
        LocalExecutor() as here,
        RayExecutor(Cluster(workers=2)) as there,
    ):
        faults = compare_systems(here, there, [(spec, most) for spec, most in specs if chosen(spec)], documents)
        faults += compare_metrics(here, there, [spec for spec in METRICS if chosen(spec)], documents)
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
