"""What Ray costs beside this machine's executor: `python -m tests.speed.ray [--documents 1000] [lead textrank …]`.

Each system summarizes short documents, made of sentences of the articles that ship, by the local executor with as many
workers, and on a cluster of this machine; the start of the cluster is printed apart. What is summarized is the same.
"""

import argparse
import os
import sys
import time

from sumbench.executors.local import LocalExecutor
from sumbench.executors.protocol import Assignment
from sumbench.executors.protocol import Loaded
from sumbench.executors.protocol import Made
from sumbench.executors.protocol import chunked
from sumbench.executors.ray import Cluster
from sumbench.executors.ray import RayExecutor
from sumbench.records import Document
from sumbench.systems import Context
from sumbench.systems import build_system
from sumbench.weights import Store
from tests.speed.short import short_documents


def timed(
    executor: LocalExecutor | RayExecutor, name: str, documents: tuple[Document, ...]
) -> tuple[dict[str, str], float, float]:
    """Return the texts, the seconds until a worker was ready, and those of the work from then on."""
    texts = {}
    begun = ready = time.perf_counter()
    assignment = Assignment(build_system(name), Context(0, Store.default(quiet=True)))
    for event in executor.run(assignment, chunked(documents)):
        if isinstance(event, Loaded):
            ready = time.perf_counter()
        elif isinstance(event, Made):
            texts[event.summary.document] = event.summary.text
    return texts, ready - begun, time.perf_counter() - ready


def main() -> int:
    """Time both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("systems", nargs="*", default=["lead", "textrank"])
    parser.add_argument("--documents", type=int, default=1_000)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    os.environ.setdefault("RAY_AUTH_MODE", "disabled")
    os.environ["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, os.environ.get("PYTHONPATH", ".").split(":")))
    documents = tuple(short_documents(arguments.documents))
    lines, equal = [], True
    with LocalExecutor(workers=arguments.workers) as here:
        begun = time.perf_counter()
        with RayExecutor(Cluster(workers=arguments.workers)) as there:
            lines.append(f"the start of the cluster: {time.perf_counter() - begun:.1f} s")
            for name in arguments.systems:
                ours, our_start, our_work = timed(here, name, documents)
                theirs, their_start, their_work = timed(there, name, documents)
                equal &= ours == theirs and len(ours) == len(documents)
                here_said = f"local {our_work:.1f} s (ready after {our_start:.1f} s)"
                there_said = f"Ray {their_work:.1f} s (ready after {their_start:.1f} s)"
                whole = (their_start + their_work) / (our_start + our_work)
                ratios = f"{their_work / our_work:.2f} times the work, {whole:.2f} with starts"
                lines.append(f"{name}, {len(documents):,} documents: {here_said}; {there_said}: {ratios}")
    sys.stdout.write("\n".join([*lines, "the same summaries" if equal else "OTHER SUMMARIES", ""]))
    return int(not equal)


if __name__ == "__main__":
    sys.exit(main())
