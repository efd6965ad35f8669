"""Memory and pace of very many short documents: `python -m tests.speed.million [--documents 1000000] [--shards 8]`.

Makes a corpus of documents of four sentences (about 60 words, a reference of 12) in a temporary folder. Then `lead`
runs over it and ROUGE scores, once in one process and once in shards, which are merged: each command in a process of
its own, with the peak of the resident memory of that process and all it starts, sampled ten times a second. At the end
the merged run is held against the whole one, and the parts of the work (corpus on disk, journal, scorer, statistics)
are timed alone, to see which of them is the narrow one. `--only parts` leaves the commands out.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil

from sumbench.corpus.stored import StoredDocuments
from sumbench.jobs.scoring import BATCH
from sumbench.metrics import MetricContext
from sumbench.metrics import build_metrics
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.runs.journal import Journal
from sumbench.runs.summary_index import SummaryIndex
from sumbench.stats.bootstrap import Bootstrap
from sumbench.weights import Store

PATIENCE = 0.1

COMMON = "the of to and in a is that for it as was with be by on not he his but at are this have from or"


def rows(documents: int) -> Iterator[dict[str, str]]:
    """Yield so many documents, all different."""
    draw = random.Random(1)  # noqa: S311 - any words will do
    common = COMMON.split()
    rare = [f"w{number:x}ord" for number in range(20_000)]
    for number in range(documents):
        sentences = [[draw.choice(common if draw.random() < 0.5 else rare) for _ in range(15)] for _ in range(4)]
        reference = draw.sample([word for words in sentences for word in words], 12)
        text = " ".join(" ".join(words).capitalize() + "." for words in sentences)
        yield {"id": f"doc-{number:07d}", "document": text, "summary": " ".join(reference).capitalize() + "."}


def memory(process: psutil.Process) -> int:
    """Return the resident memory of a process and all that it has started, in bytes."""
    found = 0
    try:
        for each in (process, *process.children(recursive=True)):
            found += each.memory_info().rss
    except psutil.Error:
        # It has just ended.
        pass
    return found


def step(what: str, documents: int, folder: Path, *arguments: str) -> None:
    """Run a command of sumbench, and print its pace, its peak memory, and what it has written."""
    begun, peak = time.perf_counter(), 0
    command = [sys.executable, "-m", "sumbench", *arguments, "--out", str(folder), "--quiet"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        peak = max(peak, memory(watched))
        time.sleep(PATIENCE)
    if process.returncode:
        raise SystemExit(f"sumbench {' '.join(arguments)} ended with status {process.returncode}")
    seconds = time.perf_counter() - begun
    written = sum(file.stat().st_size for file in folder.iterdir())
    print(
        f"{what:<12} {seconds:7.1f} s {documents / seconds:7.0f} documents/s, peak {peak / 1e6:5.0f} MB, "
        f"written {written / 1e6:6.0f} MB",
        flush=True,
    )


def commands(place: Path, documents: int, shards: int, *, whole: bool) -> None:
    """Run the corpus whole and in shards, merge these, and see that both say the same."""
    corpus = place / "corpus.jsonl"
    with corpus.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows(documents))
    print(f"{documents:,} documents, {corpus.stat().st_size / 1e6:.0f} MB of JSON Lines", flush=True)
    asked = ("run", "--corpus", f"{corpus},language=en", "--systems", "lead", "--metrics", "rouge", "--no-cache")
    if whole:
        step("whole", documents, place / "whole", *asked)
    parts = [place / f"shard-{number}" for number in range(1, shards + 1)]
    for number, part in enumerate(parts, 1):
        step(f"shard {number}/{shards}", documents // shards, part, *asked, "--shard", f"{number}/{shards}")
    if parts:
        step("merge", documents, place / "merged", "merge", *map(str, parts))
    if whole and parts:
        for name in ("scores.parquet", "documents.parquet"):
            same = (place / "whole" / name).read_bytes() == (place / "merged" / name).read_bytes()
            print(f"{name}: {'the same bytes' if same else 'DIFFERS'} in the whole run and the merged one")


@contextmanager
def timed(what: str, documents: int) -> Iterator[None]:
    """Print how much of a processor's time the context took a document."""
    begun = time.process_time()
    yield
    seconds = time.process_time() - begun
    each = f"{1e6 * seconds / documents:6.1f} µs a document"
    print(f"{what:<44} {seconds:7.2f} s {each} {documents / seconds:9.0f}/s", flush=True)


def parts(place: Path, documents: int) -> None:
    """Time what a run does with each document beside the system's own work, one after the other."""
    texts = [Document(row["id"], row["document"], (row["summary"],), language="en") for row in rows(documents)]
    with timed("corpus to its temporary file", documents):
        stored = StoredDocuments.of(texts)
    with timed("corpus read back from it", documents):
        count(stored)
    file = place / "summaries.jsonl"
    index = SummaryIndex(file, "lead", {document.id: at for at, document in enumerate(texts)})
    made = [Summary(each.id, "lead", each.text.replace(". ", ".\n"), 60, 60, 60, 0.001) for each in texts]
    with timed("journal, a line at a time", documents), Journal(file) as journal:
        for summary in made:
            index.add(summary, journal.append(summary))
    with timed("journal read back by its index", documents):
        count(index)
    (metric,) = build_metrics(["rouge"])
    scorer = metric.load(MetricContext(0, Store(place / "store", offline=True)))
    with timed("ROUGE", documents):
        batched(documents, lambda start: scorer(texts[start : start + BATCH], made[start : start + BATCH]))
    series = {str(at): np.random.default_rng(at).random(documents) for at in range(4)}
    with timed("bootstrap of four values, 1,000 resamples", documents):
        Bootstrap(np.random.default_rng(0)).add(series)


def count(records: Iterable[object]) -> int:
    """Go through records to their end."""
    return sum(1 for _ in records)


def batched(documents: int, work: Callable[[int], object]) -> None:
    """Work batch by batch."""
    for start in range(0, documents, BATCH):
        work(start)


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1_000_000, help="how many (default: 1,000,000)")
    parser.add_argument("--shards", type=int, default=8, help="in how many shards (default: 8; 0: none)")
    parser.add_argument("--only", choices=("commands", "shards", "parts"), help="leave the rest out")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if chosen.only != "parts":
            commands(Path(folder), chosen.documents, chosen.shards, whole=chosen.only != "shards")
        if chosen.only in {None, "parts"}:
            parts(Path(folder), min(chosen.documents, 100_000))


if __name__ == "__main__":
    main()
