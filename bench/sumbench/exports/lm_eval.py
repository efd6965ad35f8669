"""lm-eval export: the results JSON and samples JSONL that lm-evaluation-harness writes, a folder for each system.

The corpus is the task, each system a model. Scores are on the metric's own scale (ROUGE: 0 to 1) and those that count
in sumbench's table: a document's is the mean over its draws, and 0 without a summary where higher is better. `_stderr`
is what the harness itself computes, the sample's standard deviation over the root of its size; sumbench's intervals
stand under the key `sumbench`, which the harness passes over. The prompt of a sample (`arg_0`) is the document's text:
what was put around it is the `prompt` under that key.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np

from sumbench.errors import RunError
from sumbench.exports.source import ExportSource
from sumbench.files import replacing
from sumbench.files import write_text
from sumbench.manifest import Direction
from sumbench.manifest import Manifest
from sumbench.manifest import SystemEntry
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.scores import FloatArray
from sumbench.stats import run_matrices

FILTER = "none"
"""The harness names what was done to answers before they were scored; here nothing was."""

_HIGHER = {Direction.HIGHER: True, Direction.LOWER: False, Direction.NEITHER: None}


def export(source: ExportSource, place: str | None) -> list[str]:
    """Write both files of each system below the folder `place` (default: NAME-lm-eval here), and return their names.

    A system that could not be loaded has none, which its line says.
    """
    record = source.run.manifest
    folders = {entry.name: _folder_name(entry.name) for entry in record.systems}
    if len(set(folders.values())) < len(folders):
        raise RunError(f"{source.folder}: two systems would have one folder name: {', '.join(sorted(folders))}")
    home = source.new_folder(place, "-lm-eval")
    when = datetime.fromisoformat(record.started).strftime("%Y-%m-%dT%H-%M-%S.%f")
    harness = _Harness(source)
    lines = []
    for entry in record.systems:
        if entry.error:
            lines.append(f"{entry.name}: not exported, it could not be loaded: {entry.error}")
            continue
        folder = home / folders[entry.name]
        folder.mkdir(exist_ok=True)
        results, samples = folder / f"results_{when}.json", folder / f"samples_{harness.task}_{when}.jsonl"
        made = list(harness.samples(entry))
        with replacing(samples) as content:
            content.writelines(_line(sample) for sample in made)
        content_of_results = harness.results(entry, made)
        write_text(results, json.dumps(content_of_results, indent=2, ensure_ascii=False) + "\n")
        lines += [str(results), str(samples)]
    return lines


@dataclass(frozen=True, eq=False)
class _Harness:
    """A run in the harness' words."""

    source: ExportSource

    @property
    def record(self) -> Manifest:
        return self.source.run.manifest

    @cached_property
    def task(self) -> str:
        """The task's name, as it can stand in a file's name."""
        return re.sub(r"\W+", "_", self.record.corpus.name).strip("_") or "corpus"

    @cached_property
    def documents(self) -> Mapping[str, Document]:
        """The documents by id; none where the run keeps no texts."""
        return {document.id: document for document in self.source.run.documents} if self.record.texts else {}

    @cached_property
    def scores(self) -> Mapping[str, FloatArray]:
        """The scores by metric, of shape (systems, documents)."""
        names = [entry.name for entry in self.record.systems]
        return run_matrices(self.source.run, names, self.source.run.ids, list(self.record.values))

    @cached_property
    def summaries(self) -> Mapping[tuple[str, str], Sequence[Summary]]:
        """The draws of each system and document, in order."""
        found: dict[tuple[str, str], list[Summary]] = {}
        for summary in sorted(self.source.run.summaries, key=lambda one: one.draw):
            found.setdefault((summary.system, summary.document), []).append(summary)
        return found

    def scored(self, entry: SystemEntry) -> Iterator[tuple[str, FloatArray]]:
        """Yield the scores of a system by metric, one a document, NaN for none; metrics without any are left out."""
        row = [each.name for each in self.record.systems].index(entry.name)
        for metric, array in self.scores.items():
            if not np.isnan(array[row]).all():
                yield metric, array[row]

    def samples(self, entry: SystemEntry) -> Iterator[dict[str, Any]]:
        """Yield a sample for each document, as `SampleResult` of the harness describes it."""
        scored = dict(self.scored(entry))
        for number, id_ in enumerate(self.source.run.ids):
            document = self.documents.get(id_)
            draws = self.summaries.get((entry.name, id_), ())
            texts = [draw.text for draw in draws] or [""]
            target = document.references[0] if document and document.references else ""
            prompt = document.text if document else ""
            values = {metric: float(row[number]) for metric, row in scored.items() if not np.isnan(row[number])}
            doc = _doc(id_, document)
            yield {
                "doc_id": number,
                "doc": doc,
                "target": target,
                "arguments": {"gen_args_0": {"arg_0": prompt, "arg_1": "{}"}},
                "resps": [texts],
                "filtered_resps": texts,
                "filter": FILTER,
                "metrics": list(scored),
                "doc_hash": _hash(json.dumps(doc, ensure_ascii=False)),
                "prompt_hash": _hash(prompt),
                "target_hash": _hash(target),
                "error": next((draw.error for draw in draws if draw.error), None),
                **values,
            }

    def results(self, entry: SystemEntry, samples: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return the results of a system, as `EvalResults` of the harness describes them."""
        record, task = self.record, self.task
        metrics: dict[str, Any] = {}
        for metric, row in self.scored(entry):
            there = row[~np.isnan(row)]
            metrics[f"{metric},{FILTER}"] = float(there.mean())
            error = float(there.std(ddof=1) / np.sqrt(there.size)) if there.size > 1 else "N/A"
            metrics[f"{metric}_stderr,{FILTER}"] = error
        higher = {metric: _HIGHER[record.values[metric].direction] for metric, _ in self.scored(entry)}
        hashes = "".join(sample["doc_hash"] + sample["prompt_hash"] + sample["target_hash"] for sample in samples)
        return {
            "results": {task: {"name": task, "alias": record.corpus.name, "sample_len": len(samples), **metrics}},
            "group_subtasks": {task: []},
            "configs": {task: self._task_config(higher)},
            "versions": {task: record.corpus.fingerprint[:8]},
            "n-shot": {task: 0},
            "higher_is_better": {task: higher},
            "n-samples": {task: {"original": len(samples), "effective": len(samples)}},
            "config": {
                "model": "sumbench",
                "model_args": dict(entry.fingerprint.get("options", {})),
                "batch_size": None,
                "device": entry.fingerprint.get("device"),
                "limit": None,
                "random_seed": record.seed,
            },
            "git_hash": record.revision,
            "date": datetime.fromisoformat(record.started).timestamp(),
            "transformers_version": record.packages.get("transformers"),
            "task_hashes": {task: _hash(hashes)},
            "model_source": "sumbench",
            "model_name": entry.name,
            "model_name_sanitized": _folder_name(entry.name),
            "sumbench": self._beside(entry),
        }

    def _task_config(self, higher: Mapping[str, bool | None]) -> dict[str, Any]:
        return {
            "task": self.task,
            "dataset_path": self.record.corpus.name,
            "output_type": "generate_until",
            "num_fewshot": 0,
            "repeats": 1,
            "metric_list": [
                {"metric": metric, "aggregation": "mean", "higher_is_better": better}
                for metric, better in higher.items()
            ],
            "metadata": {"version": self.record.corpus.fingerprint[:8]},
        }

    def _beside(self, entry: SystemEntry) -> dict[str, Any]:
        """Return what the harness has no key for."""
        analysis = self.source.analysis
        found = {metric: analysis.interval(entry.name, metric) for metric, _ in self.scored(entry)}
        return {
            "version": self.record.version,
            "run": self.source.name,
            "verdict": list(self.source.table.verdict),
            "corpus_sha256": self.record.corpus.fingerprint,
            "signatures": dict(self.record.signatures),
            "confidence": analysis.settings.level,
            "intervals": {metric: [each.low, each.high] for metric, each in found.items() if each is not None},
            "fingerprint": dict(entry.fingerprint),
            "prompt": entry.prompt,
            "texts": self.record.texts,
        }


def _doc(id_: str, document: Document | None) -> dict[str, Any]:
    if document is None:
        return {"id": id_}
    return {
        "id": id_,
        "text": document.text,
        "references": list(document.references),
        "title": document.title,
        "language": document.language,
    }


def _folder_name(system: str) -> str:
    """Return a model's folder as the harness names it, but for names of dots alone, which are other folders."""
    name = re.sub(r"[\"<>:/|\\?*\[\]]+", "__", system)
    return name if name.strip(".") else "_" * len(name)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _line(sample: Mapping[str, Any]) -> bytes:
    # A half of a surrogate pair cannot be written as it is: with it, the line is written in escapes.
    text = json.dumps(sample, ensure_ascii=False)
    try:
        return f"{text}\n".encode()
    except UnicodeEncodeError:
        return f"{json.dumps(sample)}\n".encode()
