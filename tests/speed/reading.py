"""What it takes to read a run: `python -m tests.speed.reading [--documents 40000]`.

Writes a run of so many documents and three systems under ROUGE's four variants, each with precision and recall, and
reads it part by part, each step in a process of its own: seconds, and memory beyond that of a Python with pyarrow.
"""

import argparse
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from sumbench.metrics.rouge.values import values
from sumbench.metrics.rouge.values import with_parts
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.runs.store import RunFolder
from sumbench.scores import Scores
from sumbench.scores import SummaryKeys
from tests.runs.made import MANIFEST
from tests.runs.made import write_scores
from tests.runs.made import write_summaries

SYSTEMS = ("lead", "m", "n")
VARIANTS = ("rouge1", "rouge2", "rougeL", "rougeLsum")

STEP = """
import sys, time
from pathlib import Path
import numpy, pyarrow, pyarrow.parquet
from sumbench.runs import manifest, store
def peak():
    return int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1]) / 1e3
folder = Path(sys.argv[1])
pyarrow.parquet.read_table(pyarrow.BufferReader(Path(sys.argv[2]).read_bytes()))
before, start, cpu = peak(), time.perf_counter(), time.process_time()
{step}
seconds = time.perf_counter() - start
print(f"{{seconds:.2f} s, {{time.process_time() - cpu:.2f} s of processors, {{peak() - before:.0f} MB")
""".replace("{{", "{")

STEPS = {
    "run.json": "read = manifest.read(folder / store.MANIFEST)",
    "run.json, ids, scores (checked)": "run = store.read_run(folder); run.ids; len(run.scores)",
    "the same, and codes of the scores": "run = store.read_run(folder); run.scores.codes('document')",
    "the same, and the summaries": "run = store.read_run(folder); run.summaries",
    "the same, and the documents": "run = store.read_run(folder); run.documents",
}


def write(folder: Path, documents: int) -> None:
    """Write a finished run of so many documents."""
    draw = np.random.default_rng(1)
    words = np.array([f"word{number}" for number in range(5000)])
    texts = [" ".join(draw.choice(words, 60)) for _ in range(1000)]
    corpus = [Document(f"document-{n}", texts[n % 1000] * 5, (texts[n * 7 % 1000],)) for n in range(documents)]
    summaries = [
        Summary(document.id, system, texts[n * 11 % 1000], 300, 300, 60, 0.01)
        for system in SYSTEMS
        for n, document in enumerate(corpus)
    ]
    declared = values(VARIANTS)
    keys = SummaryKeys((summary.document, summary.system, 1) for summary in summaries)
    scores = Scores.concat(Scores.of_metric(keys, value.name, draw.random(len(summaries)), {}) for value in declared)
    signatures = with_parts({name: f"{name}|F1" for name in VARIANTS}, "F1")
    systems = tuple(replace(MANIFEST.systems[0], name=system) for system in SYSTEMS)
    metrics = (replace(MANIFEST.metrics[0], values=declared, signatures=signatures),)
    entry = replace(MANIFEST.corpus, documents=documents, references=documents, clusters=None)
    run = RunFolder(folder)
    with run.claimed():
        run.write_documents(corpus, texts=True)
        write_summaries(run, summaries)
        write_scores(run, scores)
        run.write_manifest(replace(MANIFEST, systems=systems, metrics=metrics, corpus=entry))
    print(f"{documents:,} documents, {len(summaries):,} summaries, {len(scores):,} scores")


def main() -> None:
    """Write the run, and print what each step of reading takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=40_000)
    with tempfile.TemporaryDirectory() as place:
        folder, small = Path(place) / "run", Path(place) / "small"
        write(folder, parser.parse_args().documents)
        small.mkdir()
        write(small, 10)
        for file in sorted(folder.iterdir()):
            print(f"{file.name:20} {file.stat().st_size / 1e6:7.1f} MB")
        for what, step in STEPS.items():
            for _ in range(3):
                command = [
                    sys.executable,
                    "-c",
                    STEP.replace("{step}", step),
                    str(folder),
                    str(small / "scores.parquet"),
                ]
                print(f"{what:36}", subprocess.run(command, check=True, capture_output=True, text=True).stdout, end="")


if __name__ == "__main__":
    main()
