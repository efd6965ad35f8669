"""A run whose model is fetched and converted first, to be killed: it stops for good where it was told to."""

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
from tests.weights.fetching import Stalled

if __name__ == "__main__":
    store, folder, stop = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - a test's own bytes
    store = replace(store, progress=Stalled(*stop)) if stop else store
    systems = [build_system("lead"), build_system("causal,model=packed,max_new_tokens=8,long=head-tail")]
    corpus = open_corpus("references", Selection(limit=2))
    carry_out(Plan("t", 3, corpus, systems, [REGISTRY["rouge"]()], Context(0, store, "cpu"), Path(folder)))
    sys.stdout.write("whole\n")
