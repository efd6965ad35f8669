"""One worker beside two: `python -m tests.speed.workers [--system kl] [--documents 24] [--workers 2] [--no-ray]`.

A system that computes on one core summarizes the beginnings of articles that ship with one worker and with several, by
the local executor and on Ray. Prints seconds of work from the first worker's readiness, and the ratio. Needs as many
idle cores as workers.
"""

import argparse
import os
import sys
from contextlib import nullcontext

from sumbench.corpus import Selection
from sumbench.corpus import open_corpus
from sumbench.executors import devices
from sumbench.executors.local import LocalExecutor
from sumbench.executors.ray import Cluster
from sumbench.executors.ray import RayExecutor
from sumbench.records import Document
from tests.speed.ray import timed


def articles(number: int) -> tuple[Document, ...]:
    """Return so many articles of about equal length: the first 3,000 characters of those that ship."""
    whole = open_corpus("references", Selection()).documents
    long = [document for document in whole if len(document.text) > 3_000]
    return tuple(Document(str(at), long[at % len(long)].text[:3_000], ("none",)) for at in range(number))


def main() -> int:
    """Time them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--system", default="kl")
    parser.add_argument("--documents", type=int, default=48)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--no-ray", action="store_true")
    arguments = parser.parse_args()
    os.environ.setdefault("RAY_AUTH_MODE", "disabled")
    os.environ["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, os.environ.get("PYTHONPATH", ".").split(":")))
    documents = articles(arguments.documents)
    lines = [f"{arguments.system}, {len(documents)} documents, {devices.cores()} cores"]
    for kind in ("--workers", "Ray")[: 1 if arguments.no_ray else 2]:
        # One cluster for both: its start is not what is timed.
        with RayExecutor(Cluster(workers=1)) if kind == "Ray" else nullcontext():
            seconds = []
            for number in (1, arguments.workers):
                made = RayExecutor(Cluster(workers=number)) if kind == "Ray" else LocalExecutor(workers=number)
                with made as executor:
                    texts, _, work = timed(executor, arguments.system, documents)
                assert len(texts) == len(documents)
                seconds.append(work)
        one, several = seconds
        lines.append(f"{kind} 1: {one:.1f} s, {arguments.workers}: {several:.1f} s, {one / several:.2f} times")
    sys.stdout.write("\n".join([*lines, ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
