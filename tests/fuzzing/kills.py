"""Kills commands at random moments and gives them again: `python -m tests.fuzzing.kills [--kills 100] [--seed 0]`.

What a killed command has begun, the same command must complete: with every summary once, the scores that an undisturbed
one has, and files that `sumbench verify` finds whole. Prints what is not so, and ends with 1 where anything was.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sumbench.runs.store import read_run

COMMANDS: dict[str, tuple[str, ...]] = {
    "run": ("run", "--systems", "lead,luhn,textrank,lexrank", "--limit", "20", "--no-cache", "--out", "out", "--quiet"),
    "score": ("score", "c.jsonl", "--out", "out", "--quiet"),
    "stream": ("score", "c.jsonl", "--stream", "--out", "out", "--quiet"),
    "merge": ("merge", "s1", "s2", "--out", "out", "--quiet"),
    "rescore": ("score", "out", "--metrics", "./own.py:Longer", "--quiet"),
    "compare": ("compare", "out:lead", "out:luhn"),
}
"""By name; the last two are on a finished run."""

METRIC = """
from dataclasses import dataclass
from typing import ClassVar

from sumbench.manifest import Value
from sumbench.metrics.summary_metric import Measured
from sumbench.metrics.summary_metric import SummaryMetric


@dataclass(frozen=True, kw_only=True)
class Longer(SummaryMetric):
    declared: ClassVar = (Value("characters", "Characters", "characters", 1.0, 0),)

    def measure(self, document, summary):
        return Measured({"characters": float(len(summary.text))})
"""


def command(arguments: Sequence[str]) -> list[str]:
    """Return the words of a command line in a process of its own."""
    return [sys.executable, "-m", "sumbench", *arguments]


def results(folder: Path) -> object:
    """Return what must be the same however often a command was killed: summaries and scores."""
    run = read_run(folder)
    texts = sorted((each.system, each.document, each.draw, each.text, each.error or "") for each in run.summaries)
    return texts, run.scores, run.manifest.finished


def prepare(home: Path) -> None:
    """Write what the commands read."""
    rows = (
        {"id": str(number), "reference": f"Mill {number} closed after rain.", "output": f"Mill {number % 7} shut."}
        for number in range(5_000)
    )
    (home / "c.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (home / "own.py").write_text(METRIC)


def killed(name: str, home: Path, seconds: float, draw: np.random.Generator) -> str:
    """Kill a command after up to so many seconds, give it again, and return what is wrong then; "" for nothing."""
    subprocess.run(["rm", "-rf", "out"], cwd=home, check=True)
    if name in {"rescore", "compare"}:
        subprocess.run(command(COMMANDS["run"]), cwd=home, check=True, capture_output=True)
    process = subprocess.Popen(
        command(COMMANDS[name]), cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    time.sleep(float(draw.uniform(0, seconds)))
    process.send_signal(signal.SIGKILL)
    process.wait()
    again = subprocess.run(command(COMMANDS[name]), cwd=home, capture_output=True, text=True, check=False)
    ended = name == "rescore" and "has characters already" in again.stderr
    if again.returncode and not ended:
        return f"{name}: the second time ended with {again.returncode}: {again.stderr}"
    whole = subprocess.run(command(("verify", "out")), cwd=home, capture_output=True, text=True, check=False)
    return "" if whole.returncode == 0 else f"{name}: {whole.stderr}"


def main() -> int:
    """Kill, give again, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    draw = np.random.default_rng(arguments.seed)
    faults = 0
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        os.environ["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, os.environ.get("PYTHONPATH", ".").split(":")))
        prepare(home)
        for number in (1, 2):
            words = (*COMMANDS["run"][:-2], f"s{number}", "--shard", f"{number}/2", "--quiet")
            subprocess.run(command(words), cwd=home, check=True, capture_output=True)
        expected, lasts = {}, {}
        for name, words in COMMANDS.items():
            if name in {"score", "stream", "merge"}:
                subprocess.run(["rm", "-rf", "out"], cwd=home, check=True)
            elif name == "rescore":
                subprocess.run(["rm", "-rf", "out"], cwd=home, check=True)
                subprocess.run(command(COMMANDS["run"]), cwd=home, check=True, capture_output=True)
            begun = time.monotonic()
            subprocess.run(command(words), cwd=home, check=True, capture_output=True)
            lasts[name], expected[name] = time.monotonic() - begun, results(home / "out")
        for number in range(arguments.kills):
            name = list(COMMANDS)[number % len(COMMANDS)]
            fault = killed(name, home, lasts[name], draw)
            if not fault and name != "compare" and results(home / "out") != expected[name]:
                fault = f"{name}: other results than without a kill"
            if fault:
                faults += 1
                sys.stdout.write(f"kill {number}: {fault}\n")
    sys.stdout.write(f"{arguments.kills} kills, {faults} faults\n")
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
