"""The speed of the metrics without a model: `python -m tests.speed.metrics [--documents 11334] [--words 23]`.

Makes documents of 430 words with a reference and seven systems' summaries each, some copied, some mixed from pieces of
the document, some of other words; prints the seconds of each metric and of the statistics, and the memory of the
process. Then the same as a whole, as `sumbench score` does it.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sumbench import suites
from sumbench.jobs.outputs import ScoreRequest
from sumbench.jobs.score import score
from sumbench.jobs.scoring import BATCH
from sumbench.jobs.scoring import batches
from sumbench.metrics import LoadedMetric
from sumbench.metrics import MetricContext
from sumbench.metrics import build_metrics
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.stats import analyse
from sumbench.weights import Store

if TYPE_CHECKING:
    from sumbench.jobs.finish import Finished

LENGTH, SENTENCE = 430, 22
SYLLABLES = ("ta", "ber", "ing", "con", "lo", "re", "st", "mi", "on", "ed", "pla", "ver", "an", "su", "er", "ly")
FREQUENT = ("the", "of", "and", "to", "in", "a", "was", "for", "that", "with", "on", "has", "said", "his", "by")


class Writer:
    """Writes documents and summaries of made-up words that are about as frequent as those of a language."""

    def __init__(self, seed: int) -> None:
        """Make the words."""
        self.draw = np.random.default_rng(seed)
        made: list[tuple[Path, Finished]] = []
        self.words = np.array([*FREQUENT, *sorted(made)])
        self.ranks = np.cumsum(1 / np.arange(4, len(self.words) + 4))

    def text(self, size: int) -> list[str]:
        """Draw so many words."""
        return self.words[np.searchsorted(self.ranks, self.draw.random(size) * self.ranks[-1])].tolist()  # type: ignore[no-any-return]

    def mixed(self, document: list[str], size: int, piece: int) -> list[str]:
        """Draw pieces of a document of about so many words, each followed by a word or two of other ones."""
        made: list[str] = []
        while len(made) < size:
            start, length = self.draw.integers(0, len(document) - piece), 1 + self.draw.poisson(piece - 1)
            made += [*document[start : start + length], *self.text(int(self.draw.integers(1, 3)))]
        return made[:size]


def written(words: list[str]) -> str:
    """Return the words in sentences, one a line."""
    starts = range(0, len(words), SENTENCE)
    return "\n".join(" ".join(words[start : start + SENTENCE]).capitalize() + "." for start in starts)


def corpus(number: int, size: int) -> tuple[list[Document], dict[str, list[str]]]:
    """Return documents, and each system's summaries of them."""
    writer = Writer(1)
    documents: list[Document] = []
    outputs: dict[str, list[str]] = {f"system{at}": [] for at in range(7)}
    for at in range(number):
        words = writer.text(LENGTH)
        made = [
            words[:size],
            words[100 : 100 + size],
            *(writer.mixed(words, size, piece) for piece in (12, 5, 3, 2, 2)),
        ]
        for system, text in zip(outputs, made, strict=True):
            outputs[system].append(written(text))
        reference = written(writer.mixed(words, size, 2))
        documents.append(Document(str(at), written(words), (reference,), language="en"))
    return documents, outputs


def timed(job: Callable[[], object]) -> str:
    """Time one call: seconds that passed, and seconds of all processors."""
    start, at_work = time.perf_counter(), time.process_time()
    job()
    return f"{time.perf_counter() - start:6.1f} s passed, {time.process_time() - at_work:6.1f} s worked"


def peak() -> str:
    """Return the most memory that this process has had."""
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB at most"


def main() -> None:
    """Print what each part takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=11_334)
    parser.add_argument("--words", type=int, default=23, help="of a summary")
    options = parser.parse_args()
    documents, outputs = corpus(options.documents, options.words)
    print(f"{len(documents):,} documents x {len(outputs)} systems, {options.words} words a summary; {peak()}")
    summaries = [
        Summary(document.id, system, texts[at], None, None, 0, None)
        for at, document in enumerate(documents)
        for system, texts in outputs.items()
    ]
    cut = list(batches(documents, summaries, BATCH))
    context = MetricContext(0, Store(Path("nowhere"), offline=True))
    for metric in build_metrics(suites.METRICS):
        loaded = LoadedMetric(metric, metric.load(context))
        print(f"{metric.name:20} {timed(lambda: [loaded.score(*vars(batch).values()) for batch in cut])}")  # noqa: B023
    print(f"{peak()}")
    rows = [
        {"id": each.id, "document": each.text, "reference": each.references[0], "language": "en"} for each in documents
    ]
    with tempfile.TemporaryDirectory() as folder:
        request = ScoreRequest(rows, outputs)
        made: list[tuple[Path, Finished]] = []
        store = Store(Path("nowhere"), offline=True)
        print(f"{'score, as a whole':20} {timed(lambda: made.append(score(request, store, Path(folder) / 'run')))}")
        print(f"{'of that statistics':20} {timed(lambda: analyse(made[0][1].run))}")
        sizes = {file.name: file.stat().st_size / 1e6 for file in (Path(folder) / "run").iterdir()}
        print(", ".join(f"{name} {size:.1f} MB" for name, size in sizes.items() if size > 1))
    print(peak())


if __name__ == "__main__":
    main()
