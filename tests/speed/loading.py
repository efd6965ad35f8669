"""How long a model of the store takes until it can summarize, each time in a fresh process, and what takes it.

    python -m tests.speed.loading [--system smollm2-135m] [--rounds 3] [--imports 0]

The process begins with Python itself started and nothing of the package imported. `--imports N` also names the N
modules whose own code takes longest to import.
"""

import argparse
import json
import statistics
import subprocess
import sys

CHILD = """
import json, sys, time
began = last = time.perf_counter()
parts = {}

def done(part):
    global last
    now = time.perf_counter()
    parts[part], last = now - last, now

from sumbench.executors.worker import uncollected
from sumbench.systems import Context, build_system
from sumbench.weights import Store
system = build_system(sys.argv[1])
context = Context(seed=0, store=Store.default(offline=True), device="cpu")
done("the worker's own imports")
with uncollected():
    import torch
    done("import of torch")
    import transformers
    done("import of transformers")
    system.load(context)
done("the rest: weights checked and loaded, tokenizer, what transformers imports late")
parts["ready"], parts["of it, processor time"] = last - began, time.process_time()
context.store.verify(system.weights)
done("of it, to check every file's sha256")
print(json.dumps(parts))
"""
"""What one process does, as a run's worker does it: the first four parts sum to the time until the system is ready.

The processor time begins with the process and tells more where other work shares the machine.
"""


def measure(system: str) -> dict[str, float]:
    """Return the seconds that each part took in a process of its own."""
    done = subprocess.run([sys.executable, "-c", CHILD, system], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr.strip().splitlines()[-1])
    times: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return times


def slowest_imports(system: str, number: int) -> list[tuple[float, str]]:
    """Return the modules whose own code takes longest to import, with the seconds."""
    command = [sys.executable, "-X", "importtime", "-c", CHILD, system]
    lines = subprocess.run(command, capture_output=True, text=True, check=False).stderr.splitlines()
    fields = [line.removeprefix("import time:").split("|") for line in lines if line.startswith("import time:")]
    own = [(int(time) / 1e6, name.strip()) for time, _, name in fields if time.strip().isdigit()]
    return sorted(own, reverse=True)[:number]


def main() -> None:
    """Measure, and print the median of the rounds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--system", default="smollm2-135m", metavar="SPEC", help="a system whose weights are at hand")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="processes to start")
    parser.add_argument("--imports", type=int, default=0, metavar="N", help="name the N slowest modules to import")
    arguments = parser.parse_args()
    rounds = [measure(arguments.system) for _ in range(arguments.rounds)]
    for part in rounds[0]:
        times = [times[part] for times in rounds]
        sys.stdout.write(f"{statistics.median(times):7.2f} s  {part} ({min(times):.2f} to {max(times):.2f})\n")
    for seconds, name in slowest_imports(arguments.system, arguments.imports) if arguments.imports else ():
        sys.stdout.write(f"{seconds:7.3f} s  import of {name} alone\n")


if __name__ == "__main__":
    main()
