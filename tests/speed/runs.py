"""What the harness costs beside its systems: `python -m tests.speed.runs [overhead] [scale] [--sizes 1000 10000]`.

`overhead` runs SmolLM2-135M over some of the articles that ship, as a whole process, and sets the time that the model
itself took (as its summaries record it) beside the rest. `scale` runs `lead` over growing numbers of short documents
and prints time and peak memory of the whole run.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from sumbench.runs.store import read_run
from tests.speed.short import short_documents

SIZES = (1_000, 10_000, 100_000)


def sumbench(*arguments: str) -> tuple[float, int]:
    """Run the command line; return its wall-clock seconds and its peak resident memory in bytes."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "sumbench", *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"sumbench {' '.join(arguments)} ended with status {status}")
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def overhead(documents: int) -> None:
    """Print the time of a run with SmolLM2, of the model in it, and the share of the rest."""
    with tempfile.TemporaryDirectory() as place:
        run = Path(place) / "run"
        arguments = ["run", "--systems", "smollm2-135m", "--limit", str(documents), "--no-cache", "--quiet"]
        whole, _ = sumbench(*arguments, "--out", str(run))
        finished = read_run(run)
        again, _ = sumbench(*arguments, "--out", str(run))
    model = sum(summary.seconds or 0.0 for summary in finished.summaries)
    telemetry = finished.manifest.systems[0].telemetry
    load = telemetry.load_seconds if telemetry else 0.0
    rest = whole - model - load
    print(f"SmolLM2 over {documents} articles: whole run {whole:.1f} s, loading {load:.1f} s, model {model:.1f} s")
    print(f"rest {rest:.1f} s, {100 * rest / (model + load):.1f} % of loading and model; given again {again:.1f} s")


def scale(sizes: Sequence[int]) -> None:
    """Print time and peak memory of `lead` over so many documents of six sentences, and the time a document."""
    with tempfile.TemporaryDirectory() as place:
        corpus = Path(place) / "corpus.jsonl"
        with corpus.open("w", encoding="utf-8") as lines:
            for one in short_documents(max(sizes)):
                lines.write(json.dumps({"id": one.id, "document": one.text, "reference": one.references[0]}) + "\n")
        for size in sizes:
            run = str(Path(place) / f"run-{size}")
            arguments = ["--corpus", str(corpus), "--systems", "lead", "--limit", str(size), "--out", run]
            seconds, memory = sumbench("run", *arguments, "--no-cache", "--quiet")
            each = f"{1e6 * seconds / size:7.0f} µs each"
            print(f"lead over {size:>7,} documents: {seconds:5.1f} s, {memory / 1e6:4.0f} MB, {each}")
    print(f"peak of all children: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3:.0f} MB")


def main() -> None:
    """Run the benchmarks that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", choices=("overhead", "scale", []), default=[])
    parser.add_argument("--documents", type=int, default=12, help="articles for the overhead (default: 12)")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of documents for the scale")
    arguments = parser.parse_args()
    if not arguments.what or "overhead" in arguments.what:
        overhead(arguments.documents)
    if not arguments.what or "scale" in arguments.what:
        scale(arguments.sizes)


if __name__ == "__main__":
    main()
