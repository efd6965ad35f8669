"""Makes system calls of commands fail, one at a time: `python -m tests.fuzzing.faults [--cases 200] [--seed 0]`.

strace lets the n-th call of a kind in a command end with an error. The command must then end with 0, 2 or 3, say what
is wrong in one line, leave nothing torn, and be completed by being given again. Prints each case: command, call, error,
exit code, lines on stderr, and what is not so; ends with 1 where anything was not, with 5 where strace cannot trace.

The commands run in forked copies of this process, which has done all of them once: a call that fails is then one of
the command's own, hardly ever one of an import.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sumbench import cli
from sumbench.runs.store import read_run

COMMANDS: dict[str, tuple[str, ...]] = {
    "score": ("score", "c.jsonl", "--out", "out", "--quiet"),
    "stream": ("score", "c.jsonl", "--stream", "--out", "out", "--quiet"),
    "run": ("run", "--corpus", "c.jsonl", "--systems", "lead", "--no-cache", "--out", "out", "--quiet"),
    "rescore": ("score", "out", "--metrics", "chrf", "--quiet"),
    "compare": (
        *("compare", "out:lead", "out:random", "--fail-if-worse", "rouge2"),
        *("--out", "tables", "--junit", "gate.xml"),
    ),
}
"""By name; the last two are on a finished run."""

FAULTS = {
    "write": ("EIO", "ENOSPC", "EDQUOT"),
    "fsync": ("EIO", "ENOSPC"),
    "rename": ("EIO", "ENOSPC", "EACCES"),
    "openat": ("ENOSPC", "EMFILE", "EACCES", "EIO"),
    "unlink": ("EACCES", "EIO"),
    "mkdir": ("ENOSPC", "EACCES"),
    "read": ("EIO",),
    "getdents64": ("EIO",),
    "newfstatat": ("EACCES", "EIO"),
    "flock": ("ENOLCK",),
}
"""The calls that fail, and how."""

UNTRACEABLE = 5
"""The exit code where there is no strace, or it may not trace."""

PATIENCE = 60


class Fault(NamedTuple):
    """The `number`-th `call` of a kind that a command makes ends with `error`."""

    command: str
    call: str
    error: str
    number: int


class Ended(NamedTuple):
    """How a command ended: its exit code, what it said on stderr, and the calls that were traced."""

    code: int
    said: str
    calls: Sequence[str]


@dataclass(frozen=True)
class Bench:
    """A folder in which commands are disturbed: `home` beside what they begin with, and their undisturbed results."""

    home: Path
    begun: Path
    expected: dict[str, object]

    def fresh(self, command: str) -> None:
        """Put the home back to what it is before a command."""
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(self.begun, self.home)
        if command not in {"rescore", "compare"}:
            shutil.rmtree(self.home / "out")

    def run(self, words: Sequence[str], trace: Sequence[str] = ()) -> Ended:
        """Run a command in a copy of this process, traced as the words for strace say."""
        log = self.home.parent / "strace.log"
        log.write_text("")
        ready, go = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(go)
            self._work(words, ready)
        os.close(ready)
        tracer = None
        if trace:
            tracer = subprocess.Popen(
                ["strace", "-p", str(child), "-o", str(log), *trace], stderr=subprocess.PIPE, text=True
            )
            assert tracer.stderr is not None
            if "attached" not in (line := tracer.stderr.readline()):
                os.kill(child, 9)
                os.waitpid(child, 0)
                sys.stdout.write(f"strace cannot trace: {line}")
                raise SystemExit(UNTRACEABLE)
        os.write(go, b"x")
        os.close(go)
        _, status = os.waitpid(child, 0)
        if tracer is not None:
            tracer.wait(PATIENCE)
        said = (self.home.parent / "stderr").read_text(errors="replace")
        calls = [line for line in log.read_text(errors="replace").splitlines() if "(" in line]
        return Ended(os.waitstatus_to_exitcode(status), said, calls)

    def _work(self, words: Sequence[str], ready: int) -> None:
        code = 70
        try:
            os.chdir(self.home)
            for name, descriptor in (("stdout", 1), ("stderr", 2)):
                target = os.open(self.home.parent / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                os.dup2(target, descriptor)
                os.close(target)
            sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
            os.read(ready, 1)
            code = cli.main(words)
        except SystemExit as ended:
            code = int(ended.code or 0)
        except BaseException:  # noqa: BLE001 - it is what is looked for
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def counts(self, command: str) -> dict[str, int]:
        """Return how many calls of each kind a command makes."""
        self.fresh(command)
        ended = self.run(COMMANDS[command], ("-e", f"trace={','.join(FAULTS)}"))
        assert ended.code in {0, 1}, ended.said
        names = [line.partition("(")[0] for line in ended.calls]
        return {call: names.count(call) for call in FAULTS}

    def disturbed(self, fault: Fault) -> tuple[Ended, str]:
        """Run a command with a fault, then again without; return how it ended, and what is wrong, "" for nothing."""
        self.fresh(fault.command)
        inject = f"inject={fault.call}:error={fault.error}:when={fault.number}"
        ended = self.run(COMMANDS[fault.command], ("-e", f"trace={fault.call}", "-e", inject))
        return ended, self._wrong(fault, ended)

    def _wrong(self, fault: Fault, ended: Ended) -> str:
        compares = fault.command == "compare"
        if ended.code not in ({0, 1, 2} if compares else {0, 2, 3}) or "Traceback" in ended.said:
            return f"ended with {ended.code}: {ended.said[-1500:]}"
        if ended.code == 2 and ended.said.count("\n") != 1:
            return f"{ended.said.count(chr(10))} lines: {ended.said}"
        again = self.run(COMMANDS[fault.command])
        done = fault.command == "rescore" and "already" in again.said
        if again.code not in ({0, 1} if compares else {0}) and not done:
            return f"again: ended with {again.code}: {again.said}"
        return self._unlike(fault.command)

    def _unlike(self, command: str) -> str:
        """Return how the run differs from an undisturbed one, "" for not at all."""
        whole = self.run(("verify", "out"))
        if whole.code:
            return f"verify: {whole.said}"
        if left := [file.name for file in (self.home / "out").glob(".*.part")]:
            return f"left: {left}"
        return "" if results(self.home / "out") == self.expected[command] else "other results than undisturbed"


def results(folder: Path) -> object:
    """Return what must be the same however often a command was disturbed: summaries and scores."""
    run = read_run(folder)
    return sorted((each.system, each.document, each.text, each.error or "") for each in run.summaries), run.scores


def prepare(scratch: Path) -> Bench:
    """Write what the commands read, and do all of them once in this process."""
    home = scratch / "home"
    home.mkdir()
    rows = (
        {
            "id": f"d{number}",
            "text": f"The mill {number} closed. Rain fell on the town. The mayor spoke of {number} mills.",
            "reference": f"Mill {number} closed after rain.",
            "output": f"Mill {number % 3} shut.",
        }
        for number in range(8)
    )
    (home / "c.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    os.chdir(home)
    finished = ("run", "--corpus", "c.jsonl", "--systems", "lead,random", "--no-cache", "--out", "out", "--quiet")
    expected: dict[str, object] = {}
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - no file
        out, sys.stdout = sys.stdout, nowhere
        assert cli.main(finished) == 0
        shutil.copytree(home, scratch / "begun")
        for name, words in COMMANDS.items():
            if name in {"rescore", "compare"}:
                shutil.rmtree("out")
                shutil.copytree(scratch / "begun" / "out", "out")
            else:
                shutil.rmtree("out")
            assert cli.main(words) in {0, 1}
            assert cli.main(["verify", "out"]) == 0
            expected[name] = results(Path("out"))
        sys.stdout = out
    return Bench(home, scratch / "begun", expected)


def chosen(bench: Bench, cases: int, draw: np.random.Generator) -> list[Fault]:
    """Return so many faults, drawn from all that there are: a command and a call as often as any other one."""
    counts = {command: bench.counts(command) for command in COMMANDS}
    kinds = [(command, call) for command, of in counts.items() for call, number in of.items() if number]
    found: dict[Fault, None] = {}
    every = sum(counts[command][call] * len(FAULTS[call]) for command, call in kinds)
    while len(found) < min(cases, every):
        command, call = kinds[draw.integers(len(kinds))]
        error = FAULTS[call][draw.integers(len(FAULTS[call]))]
        found[Fault(command, call, error, int(draw.integers(counts[command][call])) + 1)] = None
    return list(found)


def main() -> int:
    """Disturb, give again, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    if shutil.which("strace") is None:
        sys.stdout.write("strace is not installed\n")
        return UNTRACEABLE
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["SUMBENCH_HOME"] = str(Path(scratch) / "store")
        os.environ["XDG_STATE_HOME"] = str(Path(scratch) / "state")
        os.environ["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, os.environ.get("PYTHONPATH", ".").split(":")))
        bench = prepare(Path(scratch))
        faults = 0
        for fault in chosen(bench, arguments.cases, np.random.default_rng(arguments.seed)):
            ended, wrong = bench.disturbed(fault)
            hit = next((line for line in ended.calls if "INJECTED" in line), "not reached")
            lines = ended.said.count("\n")
            sys.stdout.write(f"{fault.command} {hit}: exit code {ended.code}, {lines} lines\n")
            if wrong:
                faults += 1
                sys.stdout.write(f"  WRONG {fault}: {wrong}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{arguments.cases} cases, {faults} faults\n")
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
