"""A run whose model is fetched and converted first; as a program, to be killed, it stops where it is told to."""

import pickle
import sys
from dataclasses import replace
from pathlib import Path

from sumbench.corpus import open_corpus
from sumbench.corpus.selection import Selection
from sumbench.jobs.plan import Plan
from sumbench.jobs.run import run as carry_out
from sumbench.metrics import REGISTRY
from sumbench.systems import Context
from sumbench.systems import build_system
from sumbench.weights import Store
from tests.weights.fetching import Stalled


def run(store: Store, folder: Path) -> None:
    """Summarize two articles with the small model `packed`, and keep the run in a folder."""
    systems = [build_system("lead"), build_system("causal,model=packed,max_new_tokens=8,long=head-tail")]
    corpus = open_corpus("references", Selection(limit=2))
    carry_out(Plan("t", 3, corpus, systems, [REGISTRY["rouge"]()], Context(0, store, "cpu"), folder))


if __name__ == "__main__":
    kept, place, stop = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - a test's own bytes
    run(replace(kept, progress=Stalled(*stop)), Path(place))
