"""Disturbs runs on a Ray cluster: `python -m tests.fuzzing.clusters [NAME…]`; prints what each came to, ends with 1.

A cluster of nodes that are processes of this machine is started, and loses and gains nodes, workers and the process
that runs it. Whatever happens, each document must have one summary, or one failure with its reason.
"""

import argparse
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ray.cluster_utils import Cluster as Nodes

from sumbench import plugins
from sumbench.errors import UsageError
from sumbench.executors.protocol import Assignment
from sumbench.executors.protocol import Event
from sumbench.executors.protocol import Failed
from sumbench.executors.protocol import LoadFailed
from sumbench.executors.protocol import Made
from sumbench.executors.protocol import chunked
from sumbench.executors.ray import Cluster
from sumbench.executors.ray import RayExecutor
from sumbench.executors.ray import actor
from sumbench.executors.ray.cluster import library
from sumbench.jobs.scoring import Scoring
from sumbench.jobs.scoring import batches
from sumbench.jobs.scoring import score_batches
from sumbench.manifest import MetricEntry
from sumbench.metrics import MetricContext
from sumbench.progress import Silent
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.runs.score_journal import FILE
from sumbench.runs.store import RunFolder
from sumbench.runs.store import read_run
from sumbench.systems import Context
from sumbench.weights import Store

OWN = '''
import os
import signal
import time
from dataclasses import dataclass
from typing import ClassVar

from sumbench.manifest import Value
from sumbench.metrics.summary_metric import Measured
from sumbench.metrics.summary_metric import SummaryMetric
from sumbench.systems.described import Described
from sumbench.systems.described import Draft
from sumbench.systems.described import one_by_one


@dataclass(frozen=True, kw_only=True)
class Slow(Described):
    """Takes half a second over a document, and says which process it is."""

    pause: float = 0.5

    def load(self, context):
        return one_by_one(self.name, self._write)

    def _write(self, document):
        time.sleep(self.pause)
        word = document.text.split()[0]
        if word == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if word == "eat":
            hoard = []
            while True:
                hoard.append(bytearray(1 << 26))
        return Draft(str(os.getpid()), 1, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Longer(SummaryMetric):
    """Counts characters, slowly."""

    declared: ClassVar = (Value("characters", "Characters", "characters", 1.0, 0),)
    costly: ClassVar = True

    def measure(self, document, summary):
        time.sleep(0.05)
        if summary.text == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        return Measured({"characters": float(len(summary.text))}, {"characters": {"process": os.getpid()}})
'''
ROOM: dict[str, Any] = {"object_store_memory": 100_000_000}


class Disturbed:
    """A cluster with a head that works on nothing, and what runs on it."""

    def __init__(self, home: Path) -> None:
        """Start it with two nodes of one CPU each."""
        self.home = home
        self.nodes = Nodes(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False, **ROOM})
        self.members: list[Any] = [self.join(), self.join()]
        self.context = Context(0, Store(home / "store", offline=True))

    def join(self) -> Any:  # noqa: ANN401 - Ray's node
        """Add a node of one CPU."""
        return self.nodes.add_node(num_cpus=1, **ROOM)

    def own(self, name: str, **options: Any) -> Any:  # noqa: ANN401 - a system or a metric
        """Build what own.py has under a name."""
        return plugins.from_file("system", f"{self.home}/own.py:{name}")(name=name.lower(), **options)

    def events(
        self, texts: list[str], workers: int = 2, memory: int | None = None, pause: float = 0.5
    ) -> Iterator[Event]:
        """Run the slow system over documents of these texts."""
        documents = [Document(f"d{number}", text, ("a",)) for number, text in enumerate(texts)]
        with RayExecutor(Cluster(self.nodes.address, workers), memory_limit=memory) as executor:
            yield from executor.run(Assignment(self.own("Slow", pause=pause), self.context), chunked(documents))


def told(events: Iterator[Event], number: int, failing: int = 0) -> tuple[str, set[str], list[str]]:
    """Return what is wrong with the events of a run ("" for nothing), the processes, and the reasons of failures."""
    seen: Counter[str] = Counter()
    processes, reasons = set(), []
    for event in events:
        match event:
            case Made(summary) if summary.error is None:
                seen[summary.document] += 1
                processes.add(summary.text)
            case Made(summary):
                seen[summary.document] += 1
                reasons.append(str(summary.error))
            case Failed(document, _, reason):
                seen[document] += 1
                reasons.append(reason)
    wrong = "" if len(seen) == number and set(seen.values()) == {1} else f"documents by what they got: {seen}"
    if len(reasons) != failing:
        wrong += f" {len(reasons)} failures: {reasons[:2]}"
    return wrong, processes, reasons


def joins(here: Disturbed) -> str:
    """A node that joins in the middle of a run works, too."""

    def joined() -> Iterator[Event]:
        # By this thread: Ray starts nodes in the main one alone.
        for number, event in enumerate(here.events(["x"] * 120, workers=3)):
            if number == 4:
                here.members.append(here.join())
            yield event

    wrong, processes, _ = told(joined(), 120)
    return wrong or ("" if len(processes) == 3 else f"{len(processes)} processes worked, not 3")


def leaves(here: Disturbed) -> str:
    """The work of a node that leaves is done by the others."""
    timer = threading.Timer(8, lambda: here.nodes.remove_node(here.members.pop(), allow_graceful=False))
    timer.start()
    wrong, _, _ = told(here.events(["x"] * 60, workers=3), 60)
    timer.join()
    return wrong


def worker_killed(here: Disturbed) -> str:
    """A worker that is killed from outside costs no document."""
    events = here.events(["x"] * 30)
    early: list[Event] = []
    for event in events:
        early.append(event)
        if isinstance(event, Made) and len(early) > 4:
            os.kill(int(event.summary.text), signal.SIGKILL)
            break
    return told(iter([*early, *events]), 30)[0]


def crowded(here: Disturbed) -> str:
    """More workers than CPUs: those that find room work."""
    wrong, processes, _ = told(here.events(["x"] * 12, workers=5), 12)
    return wrong or ("" if len(processes) <= len(here.members) else f"{len(processes)} processes")


@contextmanager
def warnings() -> Iterator[list[str]]:
    """Catch what is logged."""
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("sumbench").addHandler(handler)
    yield lines
    logging.getLogger("sumbench").removeHandler(handler)


def no_room(here: Disturbed) -> str:
    """Where others have the whole cluster, it is said after the stated time, and the run goes on when they leave."""
    actor.PLACING_SECONDS, before = 3.0, actor.PLACING_SECONDS
    ray = library()
    ray.init(address=here.nodes.address, log_to_driver=False, configure_logging=False)
    others = [ray.remote(num_cpus=1)(actor.OnNode).remote() for _ in here.members]
    ray.get([other.report.remote() for other in others])
    timer = threading.Timer(10, lambda: [ray.kill(other) for other in others])
    timer.start()
    with warnings() as lines:
        wrong, _, _ = told(here.events(["x"] * 4, workers=1), 4)
    timer.join()
    ray.shutdown()
    actor.PLACING_SECONDS = before
    return wrong or ("" if any("waits for room" in line for line in lines) else f"it said {lines}")


def memory(here: Disturbed) -> str:
    """A document on which memory runs out has failed, for that reason, and the others have not."""
    wrong, _, reasons = told(here.events(["x", "eat", "y", "z"], memory=1_000_000_000), 4, failing=1)
    return wrong or ("" if "MemoryError" in reasons[0] else reasons[0])


def poison(here: Disturbed) -> str:
    """A document that kills each worker is given up, with the reason."""
    wrong, _, reasons = told(here.events(["x", "die", "y", "z"]), 4, failing=1)
    return wrong or ("" if reasons[0].startswith("its worker was lost") else reasons[0])


def versions(here: Disturbed) -> str:
    """Workers with another version of sumbench are refused in one line."""
    real = actor.installed
    actor.installed = lambda: {**real(), "sumbench": "0.0.0"}
    try:
        events = list(here.events(["x", "y"], workers=1))
    finally:
        actor.installed = real
    refusal = next((event.reason for event in events if isinstance(event, LoadFailed)), "nothing was refused")
    wrong, _, _ = told(iter(events), 2, failing=2)
    return wrong or ("" if "here 0.0.0" in refusal else refusal)


def metric(here: Disturbed) -> str:
    """Scores come back into the journal, each once; the summary that kills each worker has failed alone."""
    documents = [Document(f"d{number}", "a text", (f"{number}",)) for number in range(100)]
    summaries = [Summary(f"d{number}", "s", "x" * number or "die", 1, 1, 1, 0.1) for number in range(100)]
    longer, folder = here.own("Longer"), RunFolder(here.home / "scored")
    folder.path.mkdir(exist_ok=True)
    with RayExecutor(Cluster(here.nodes.address, 2)) as executor:
        scored = score_batches(
            Scoring([longer], MetricContext(0, here.context.store), load=executor.load_metric),
            [MetricEntry(longer.name, tuple(longer.values()), {})],
            batches(documents, summaries),
            len(documents),
            folder=folder,
            progress=Silent(),
            watch=lambda *_: None,
            ranked_by="characters",
        )
    file = folder.path / FILE
    if scored.entries[0].error:
        return scored.entries[0].error
    kept = [json.loads(line) for line in file.read_text().splitlines()]
    keys = Counter(line["key"] for line in kept)
    processes = {said["content"]["process"] for line in kept for said in line["details"]}
    values = sorted(line["values"]["characters"] for line in kept if line["values"])
    if scored.failed != 1:
        return f"{scored.failed} failed"
    if set(keys.values()) != {1} or values != [float(number) for number in range(1, 100)]:
        return f"{len(kept)} lines, values {values[:5]}"
    return "" if len(processes) > 1 else "one process scored all"


def driver(here: Disturbed) -> str:
    """What a driver has begun that is killed, the same command completes: nothing is twice in the journal."""
    words = ["run", "--systems", f"{here.home}/own.py:Slow,pause=0.2", "--limit", "20", "--no-cache", "--quiet"]
    words += ["--metrics", f"rouge,{here.home}/own.py:Longer"]
    command = [sys.executable, "-m", "sumbench", *words, "--out", str(here.home / "out"), "--executor", "ray"]
    command += ["--ray-address", here.nodes.address]
    journal = here.home / "out" / "summaries.jsonl"
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and (not journal.exists() or journal.read_bytes().count(b"\n") < 7):
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    there = journal.read_bytes()[: journal.read_bytes().rfind(b"\n") + 1]
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    if again.returncode:
        return f"the second time ended with {again.returncode}: {again.stderr}"
    run = read_run(here.home / "out")
    keys = Counter((summary.document, summary.draw) for summary in run.summaries)
    texts = {summary.document: summary.text for summary in run.summaries}
    kept = [json.loads(line) for line in there.splitlines()]
    if len(keys) != 20 or set(keys.values()) != {1}:
        return f"summaries by document: {keys}"
    if any(texts[line["document"]] != line["text"] for line in kept):
        return "what was there was made again"
    whole = subprocess.run(
        [sys.executable, "-m", "sumbench", "verify", str(here.home / "out")],
        capture_output=True,
        text=True,
        check=False,
    )
    return f"verify: {whole.stderr}" if whole.returncode else "" if 7 <= len(kept) < 20 else f"{len(kept)} were kept"


def without_cpus(here: Disturbed) -> str:
    """A cluster on which no worker ever finds room is refused."""
    for node in here.members:
        here.nodes.remove_node(node)
    here.members.clear()
    time.sleep(2)
    try:
        told(here.events(["x"]), 1)
    except UsageError as error:
        return "" if "no node of the cluster has 1 CPU" in str(error) else str(error)
    return "it was not refused"


CASES: tuple[Callable[[Disturbed], str], ...] = (
    *(crowded, worker_killed, poison, memory, metric, versions, no_room, driver),
    *(joins, leaves, without_cpus),
)


def main() -> int:
    """Try all, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(case.__name__ for case in CASES))
    names = parser.parse_args().names
    os.environ.setdefault("RAY_AUTH_MODE", "disabled")
    os.environ["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, os.environ.get("PYTHONPATH", ".").split(":")))
    faults = 0
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        (home / "own.py").write_text(OWN)
        here = Disturbed(home)
        try:
            for case in CASES:
                if names and case.__name__ not in names:
                    continue
                begun = time.monotonic()
                wrong = case(here)
                faults += bool(wrong)
                said = f"FAULT: {wrong}" if wrong else "as it must be"
                sys.stdout.write(f"{case.__name__:14} {time.monotonic() - begun:5.1f} s  {said}\n")
                sys.stdout.flush()
        finally:
            library().shutdown()
            nodes: Any = here.nodes
            nodes.shutdown()
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
