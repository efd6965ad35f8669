"""Times sumbench.rouge against its peers, both sides in one run: `python -m tests.speed.rouge`.

All times are processor seconds of one process. The sides take turns, and the figure is the median of the rounds, so
that other work on the machine falls on both.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any
from typing import NamedTuple

import numpy as np

from sumbench.rouge import CorpusScorer
from sumbench.rouge import DocumentTexts
from sumbench.rouge import RougeScorer
from sumbench.rouge import bootstrap_intervals
from sumbench.rouge import scoring
from sumbench.rouge.stems import stem_cache

ROUGE_TYPES = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
REFERENCES = Path(__file__).parents[2] / "references"
ROUNDS = 5


class Workload(NamedTuple):
    """A corpus to be scored: each document's references, and each system's summaries."""

    name: str
    references: list[list[str]]
    systems: dict[str, list[str]]

    def documents(self) -> list[DocumentTexts]:
        """Return the documents one by one."""
        return [
            DocumentTexts(texts, [summaries[place] for summaries in self.systems.values()])
            for place, texts in enumerate(self.references)
        ]

    def pairs(self) -> list[tuple[str, str]]:
        """Return every (reference, summary)."""
        return [(target, text) for texts in self.documents() for text in texts.summaries for target in texts.references]


def shipped_workload(pairs: int = 10_000) -> Workload:
    """Return eleven made-up extractive systems on twelve articles of `references/`, repeated to so many pairs."""
    rng = np.random.default_rng(1)
    references, summaries = [], []
    for article in sorted(REFERENCES.glob("*/article.txt"))[:12]:
        sentences = [part.strip() for part in re.split(r"(?<=[.!?])\s+", article.read_text("utf-8")) if part.strip()]
        references.append([path.read_text("utf-8") for path in sorted(article.parent.glob("reference-*.txt"))])
        summaries.append(["\n".join(rng.choice(sentences, 3, replace=False)) for _ in range(11)])
    repeats = -(-pairs // (11 * sum(map(len, references))))
    systems = {f"system-{number}": [texts[number] for texts in summaries] * repeats for number in range(11)}
    return Workload("references/ x 11 systems", references * repeats, systems)


def file_workload(path: Path) -> Workload:
    """Return the corpus of a JSON-lines file with `references` and `systems` (name to summary) on every line."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    systems = {name: [row["systems"][name] for row in rows] for name in rows[0]["systems"]}
    return Workload(path.stem, [row["references"] for row in rows], systems)


def sample(pairs: list[tuple[str, str]], size: int) -> list[tuple[str, str]]:
    """Return so many of the pairs, drawn at random but the same ones each time."""
    return [pairs[place] for place in np.random.default_rng(2).choice(len(pairs), size, replace=False)]


def tell(line: str) -> None:
    """Print a line of results."""
    print(line, flush=True)


def timed(work: Callable[[], object]) -> float:
    """Return the processor seconds that `work` takes."""
    start = process_time()
    work()
    return process_time() - start


def forget_stems() -> None:
    """Forget every stem, so that a round stems all its words as a first run does."""
    stems = stem_cache("porter-nltk")
    if stems is not None:
        stems.clear()


def rust_scorer() -> Any:  # noqa: ANN401 - the package declares types, but its Python part has none
    """Return rouge_score_rs's scorer."""
    import rouge_score_rs

    package: Any = rouge_score_rs
    return package.RougeScorer(ROUGE_TYPES, use_stemmer=True)


def single_pairs(workload: Workload) -> None:
    """Time one pair at a time."""
    pairs = sample(workload.pairs(), 3000)
    from rouge_score import rouge_scorer as original

    theirs = original.RougeScorer(ROUGE_TYPES, use_stemmer=True)
    rust = rust_scorer()
    ours = RougeScorer(ROUGE_TYPES, use_stemmer=True)
    times: dict[str, list[float]] = {"rouge_score": [], "rouge_score_rs": [], "sumbench.rouge": [], "stems known": []}
    for start in range(0, len(pairs), 1000):
        part = pairs[start : start + 1000]
        forget_stems()
        times["rouge_score"].append(timed(lambda: [theirs.score(*pair) for pair in part]))  # noqa: B023
        times["rouge_score_rs"].append(timed(lambda: [rust.score(*pair) for pair in part]))  # noqa: B023
        times["sumbench.rouge"].append(timed(lambda: [ours.score(*pair) for pair in part]))  # noqa: B023
        times["stems known"].append(timed(lambda: [ours.score(*pair) for pair in part]))  # noqa: B023
    report("single pairs", workload.name, times, 1000)


def whole_corpus(workload: Workload) -> None:
    """Time a whole corpus, rouge_score on a sample of it."""
    documents, pairs = workload.documents(), workload.pairs()
    some = sample(pairs, 500)
    from rouge_score import rouge_scorer as original

    theirs = original.RougeScorer(ROUGE_TYPES, use_stemmer=True)
    rust = rust_scorer()
    targets, predictions = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    times: dict[str, list[float]] = {"rouge_score": [], "rouge_score_rs": [], "sumbench.rouge": [], "stems known": []}
    for _ in range(ROUNDS):
        forget_stems()
        ours = CorpusScorer(ROUGE_TYPES, use_stemmer=True)
        times["rouge_score"].append(timed(lambda: [theirs.score(*pair) for pair in some]) * len(pairs) / len(some))
        times["rouge_score_rs"].append(timed(lambda: rust.score_batch(targets, predictions)))
        times["sumbench.rouge"].append(timed(lambda: list(ours.stream(documents))))  # noqa: B023
        times["stems known"].append(timed(lambda: list(ours.stream(documents))))  # noqa: B023
    report("whole corpus", workload.name, times, len(pairs))


def report(what: str, name: str, times: dict[str, list[float]], pairs: int) -> None:
    """Print each side's time a pair and how many times rouge_score's speed it has."""
    for side, seconds in times.items():
        ratio = median(slow / fast for slow, fast in zip(times["rouge_score"], seconds, strict=True))
        tell(f"{what:14} {name:28} {side:15} {1e6 * median(seconds) / pairs:9.1f} us a pair {ratio:8.1f} x")


def long_document() -> None:
    """Time a document of 35,000 tokens against a summary of 1,000, and tell the memory of the process."""
    rng = np.random.default_rng(3)
    words = np.array([f"word{number}" for number in range(3000)])

    def text(tokens: int) -> str:
        return "\n".join(" ".join(rng.choice(words, 20)) for _ in range(tokens // 20))

    document, summary = text(35_000), text(1000)
    scorer = RougeScorer(ROUGE_TYPES, use_stemmer=True)
    before = peak_megabytes()
    for name, pair in (("document as summary", (summary, document)), ("document as reference", (document, summary))):
        seconds = timed(lambda: scorer.score(*pair))  # noqa: B023
        tell(
            f"long document  {name:28} {seconds:.2f} s, {peak_megabytes() - before:.0f} MB more, "
            f"{peak_megabytes():.0f} MB in all"
        )


def streamed(pairs: int) -> None:
    """Stream so many pairs of 100 words, and tell the memory of the process."""
    rng = np.random.default_rng(4)
    words = np.array([f"word{number}" for number in range(20_000)])
    zipf = np.cumsum(1 / np.arange(1, len(words) + 1))

    def documents() -> Iterator[DocumentTexts]:
        for _ in range(pairs):
            drawn = words[np.searchsorted(zipf, rng.random(200) * zipf[-1])].reshape(2, 5, 20).tolist()
            reference, summary = ("\n".join(map(" ".join, sentences)) for sentences in drawn)
            yield DocumentTexts([reference], [summary])

    scorer = CorpusScorer(ROUGE_TYPES, use_stemmer=True)
    start = process_time()
    scored = sum(len(counts.present) for counts in scorer.stream(documents()))
    tell(
        f"streamed       {scored} pairs of 100 words  {process_time() - start:.0f} s with the making of the texts, "
        f"{peak_megabytes():.0f} MB in all"
    )


def bootstraps() -> None:
    """Time 1,000 resamples of 10 systems x 11,334 documents: precision, recall and F1 of four variants."""
    from rouge_score import scoring as original_scoring

    values = np.random.default_rng(5).random((11_334, 10, len(ROUGE_TYPES), 3))

    def aggregate(module: object, systems: int) -> None:
        for system in range(systems):
            aggregator = module.BootstrapAggregator()  # type: ignore[attr-defined]
            for rows in values[:, system].tolist():
                aggregator.add_scores({name: scoring.Score(*row) for name, row in zip(ROUGE_TYPES, rows, strict=True)})
            aggregator.aggregate()

    sides: dict[str, list[float]] = {"rouge_score": [], "stand-in": [], "bootstrap": []}
    for _ in range(3):
        sides["rouge_score"].append(10 * timed(lambda: aggregate(original_scoring, 1)))
        sides["stand-in"].append(10 * timed(lambda: aggregate(scoring, 1)))
        sides["bootstrap"].append(timed(lambda: bootstrap_intervals(values, np.random.default_rng(1))))
    for side, seconds in sides.items():
        ratio = median(slow / fast for slow, fast in zip(sides["rouge_score"], seconds, strict=True))
        tell(f"bootstrap      10 systems x 11,334          {side:15} {median(seconds):9.2f} s {ratio:8.1f} x")


def peak_megabytes() -> float:
    """Return the most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


PARTS = ("single", "corpus", "long", "bootstrap", "stream")


def main() -> None:
    """Run the parts that are asked for, each in a process of its own so that its memory is its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="what to time (all)")
    parser.add_argument("--corpus", type=Path, help="a .jsonl file with 'references' and 'systems' on every line")
    parser.add_argument("--stream-pairs", type=int, default=1_000_000, help="how many pairs to stream")
    options = parser.parse_args()
    if len(options.parts) != 1 or os.environ.get("OMP_NUM_THREADS") != "1":
        one_core = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        for part in options.parts or PARTS:
            arguments = [sys.executable, "-m", "tests.speed.rouge", part, f"--stream-pairs={options.stream_pairs}"]
            subprocess.run(
                [*arguments, *([f"--corpus={options.corpus}"] if options.corpus else [])], check=True, env=one_core
            )
        return
    part = options.parts[0]
    workloads = [shipped_workload(), *([file_workload(options.corpus)] if options.corpus else [])]
    if part in {"single", "corpus"}:
        for workload in workloads:
            (single_pairs if part == "single" else whole_corpus)(workload)
    elif part == "stream":
        streamed(options.stream_pairs)
    else:
        (long_document if part == "long" else bootstraps)()


if __name__ == "__main__":
    main()
