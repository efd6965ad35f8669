r"""BERTScore beside the package bert-score, on the same texts, encoder, layer and references: figures and times.

    pip install --target /tmp/bert-score --no-deps bert-score==0.3.13
    python -m tests.speed.meaning --site /tmp/bert-score [--run results/references-default] [--documents 40]

bert-score is called in both ways that its users have: for each system by itself, as evaluation scripts do, and once
for all summaries of all systems. It also needs matplotlib and pandas. Times are of the processor and of the clock;
loading is not counted. Empty summaries are left out: with transformers 5 bert-score fails on them.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from typing import NamedTuple

import numpy as np

from sumbench.generation import device
from sumbench.jobs.scoring import batches
from sumbench.metrics import MetricContext
from sumbench.metrics.meaning.bertscore import NAMES
from sumbench.metrics.meaning.bertscore import BertScore
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.runs.store import read_run
from sumbench.weights import Store

device.configure_torch()

AT_ONCE = 4
"""Documents at a time, about as many as a run takes."""


ALIKE = 1e-5
"""Beyond this bert-score is asked for the pair alone: it takes 0 for a negative cosine where it pads a text."""


class Timed(NamedTuple):
    """Scores of shape (summaries, F1 precision recall), and the seconds of processor and clock."""

    scores: Any
    processor: float
    clock: float


def timed(work: Callable[[], Any]) -> Timed:
    """Run something, and time it."""
    processor, clock = time.process_time(), time.perf_counter()
    scores = work()
    return Timed(scores, time.process_time() - processor, time.perf_counter() - clock)


def ours(model: str, documents: list[Document], summaries: list[Summary]) -> Timed:
    """Score as a run does: few documents at a time, all systems' summaries of them together."""
    metric = BertScore(name="bertscore", model=model, handling="max")
    scorer = metric.load(MetricContext(0, Store.default(offline=True, quiet=True), "cpu"))

    def work() -> Any:  # noqa: ANN401
        found: dict[tuple[str, str], Any] = {}
        for batch in batches(documents, summaries, AT_ONCE):
            values = scorer(batch.documents, batch.summaries).values
            rows = np.stack([values[name] for name in NAMES], axis=1)
            found |= {(one.document, one.system): row for one, row in zip(batch.summaries, rows, strict=True)}
        return np.array([found[one.document, one.system] for one in summaries])

    return timed(work)


def theirs(scorer: Any, documents: list[Document], summaries: list[Summary], *, by_system: bool) -> Timed:  # noqa: ANN401
    """Score with bert-score, system by system or all at once."""
    references = {document.id: list(document.references) for document in documents}
    groups = sorted({one.system for one in summaries}) if by_system else [None]

    def work() -> Any:  # noqa: ANN401
        found = {}
        for system in groups:
            some = [one for one in summaries if system in {None, one.system}]
            parts = scorer.score([one.text for one in some], [references[one.document] for one in some])
            precision, recall, f1 = (part.numpy() for part in parts)
            for index, one in enumerate(some):
                found[one.document, one.system] = (f1[index], precision[index], recall[index])
        return np.array([found[one.document, one.system] for one in summaries])

    return timed(work)


def singly(scorer: Any, document: Document, summary: Summary) -> Any:  # noqa: ANN401
    """Return bert-score's figures of a summary, with each reference in a call of its own, which pads nothing."""
    parts = [scorer.score([summary.text], [reference]) for reference in document.references]
    precision, recall, f1 = (max(float(part[number]) for part in parts) for number in range(3))
    return np.array([f1, precision, recall])


def main() -> None:
    """Compare, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--site", required=True, help="the folder in which bert-score is installed")
    parser.add_argument("--run", type=Path, default=Path("results/references-default"), help="a run's folder")
    parser.add_argument("--documents", type=int, default=40, help="how many of its documents")
    parser.add_argument("--model", default="minilm", help="the encoder")
    given = parser.parse_args()
    sys.path.append(given.site)
    from bert_score import BERTScorer  # type: ignore[import-not-found]
    from transformers import AutoConfig

    run = read_run(given.run)
    documents = list(run.documents)[: given.documents]
    known = {document.id for document in documents}
    summaries = [one for one in run.summaries if one.document in known and not one.error and one.text.strip()]
    folder = str(Store.default(offline=True, quiet=True).folder(given.model))
    layers = AutoConfig.from_pretrained(folder).num_hidden_layers
    peer = BERTScorer(model_type=folder, num_layers=layers, device="cpu")
    longest = max(len(peer._tokenizer(text)["input_ids"]) for one in summaries for text in [one.text])
    systems = len({one.system for one in summaries})
    references = sum(len(document.references) for document in documents)
    print(f"{len(documents)} documents, {references} references, {systems} systems, {len(summaries)} summaries")
    print(f"the longest summary has {longest} tokens; {folder}, layer {layers}")
    mine = ours(given.model, documents, summaries)
    print(f"sumbench: {mine.processor:.1f} s of processor, {mine.clock:.1f} s")
    for how, by_system in (("system by system", True), ("all at once", False)):
        other = theirs(peer, documents, summaries, by_system=by_system)
        ratio = f"{other.processor / mine.processor:.2f} × of processor, {other.clock / mine.clock:.2f} × of clock"
        print(f"bert-score, {how}: {other.processor:.1f} s of processor, {other.clock:.1f} s: {ratio}")
        apart = np.abs(other.scores - mine.scores).max(axis=1)
        print(f"  greatest difference of a figure: {apart.max():.1e}")
        far = np.flatnonzero(apart > ALIKE)
        if len(far):
            by_id = {document.id: document for document in documents}
            alone = [singly(peer, by_id[summaries[index].document], summaries[index]) for index in far]
            left = np.abs(np.array(alone) - mine.scores[far]).max()
            print(f"  {len(far)} summaries beyond {ALIKE:.0e}; without padding in bert-score: {left:.1e}")


if __name__ == "__main__":
    main()
