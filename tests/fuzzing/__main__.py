"""Breaks inputs for as long as you like: `python -m tests.fuzzing [--cases 10000] [--seed 0] [--seconds 3600]`.

Prints every fault with what led to it, and how many there were; ends with 1 where there was any.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.fuzzing.breaking import case
from tests.fuzzing.workspace import build


def main() -> int:
    """Break inputs, and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    arguments = parser.parse_args()
    faults = done = 0
    with tempfile.TemporaryDirectory() as scratch:
        whole, home = Path(scratch, "whole"), Path(scratch, "home")
        # Without weights, no command line works for long.
        os.environ["SUMBENCH_HOME"] = str(Path(scratch, "store"))
        whole.mkdir()
        os.chdir(whole)
        build(whole)
        begun = time.monotonic()
        while done < arguments.cases and time.monotonic() - begun < arguments.seconds:
            fault = case(home, whole, np.random.default_rng([arguments.seed, done]))
            done += 1
            if fault:
                faults += 1
                sys.stdout.write(f"case {done - 1}: {fault}\n")
                sys.stdout.flush()
    sys.stdout.write(f"{done} cases, {faults} faults\n")
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
