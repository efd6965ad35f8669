"""Where a run's figures come from: its systems with fingerprints, weights and prompts, failures, and its command."""

import json
import shlex
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sumbench.manifest import Manifest
from sumbench.manifest import SystemEntry
from sumbench.report.model import PageRun
from sumbench.visible import visible

_MEGABYTE = 1_000_000

_FLAGS = {
    "corpus": "--corpus",
    "systems": "--systems",
    "metrics": "--metrics",
    "limit": "--limit",
    "sample": "--sample",
    "ids": "--ids",
    "sentences": "--sentences",
    "words": "--words",
    "seed": "--seed",
    "batch_size": "--batch-size",
    "confidence": "--confidence",
    "resamples": "--resamples",
    "correction": "--correction",
    "alpha": "--alpha",
    "shard": "--shard",
}
"""The flags of `sumbench run` by the keys of a request."""


@dataclass(frozen=True)
class SystemOrigin:
    """What is known of a system: facts by their names, its fingerprint as JSON, its prompt, why it was not loaded."""

    name: str
    facts: tuple[tuple[str, str], ...]
    fingerprint: str
    prompt: str
    error: str


@dataclass(frozen=True)
class FailedSummary:
    """A summary that is missing: by which system, of which document, and why."""

    system: str
    document: str
    reason: str


@dataclass(frozen=True)
class Origins:
    """What a run's section on its making says; `command` makes it again, empty where none is known."""

    facts: tuple[tuple[str, str], ...]
    command: str
    systems: tuple[SystemOrigin, ...]
    signatures: tuple[str, ...]
    packages: str
    failures: tuple[FailedSummary, ...]
    more_failures: int


_LISTED = 200
"""So many failed summaries are listed."""


def origins(run: PageRun) -> Origins:
    """Return where a run's figures come from."""
    record = run.run.manifest
    machine = record.machine
    facts = {
        "run": run.name,
        "suite": record.suite,
        "corpus": f"{record.corpus.name}, sha256 {record.corpus.fingerprint}",
        "started": record.started,
        "took": f"{record.seconds:,.0f} s",
        "seed": str(record.seed),
        "length budget": _budget(record),
        "sumbench": f"{record.version}" + (f" ({record.revision})" if record.revision else ""),
        "python": record.python,
        "machine": f"{machine.processor}, {machine.cores} cores, {machine.memory / 1e9:.0f} GB, {machine.platform}",
        "statistics": ", ".join(f"{key} {value}" for key, value in record.statistics.items()),
    }
    failed = list(_failures(run))
    return Origins(
        tuple((key, visible(text)) for key, text in facts.items() if text),
        visible(command(record)),
        tuple(map(_system, record.systems)),
        tuple(visible(line) for line in record.signatures.values()),
        ", ".join(f"{name} {version}" for name, version in record.packages.items()),
        tuple(failed[:_LISTED]),
        max(0, len(failed) - _LISTED),
    )


def command(record: Manifest) -> str:
    """Return the command that makes a run again, empty for one that `sumbench run` did not make."""
    request = record.request
    if not request:
        return ""
    words = ["sumbench", "run", str(request.get("suite") or "default")]
    settings: Mapping[str, Any] = {**request, **(request.get("statistics") or {})}
    if not settings.get("corpus") and settings.get("task"):
        settings = {**settings, "corpus": settings["task"]}
    for key, flag in _FLAGS.items():
        given = settings.get(key)
        if given not in (None, [], ()):
            words += [flag, ",".join(map(str, given)) if isinstance(given, list | tuple) else str(given)]
    for each in request.get("filters") or ():
        words += ["--filter", str(each)]
    if request.get("device", "auto") != "auto":
        words += ["--device", str(request["device"])]
    if request.get("texts") is False:
        words.append("--no-texts")
    for entry in record.systems:
        if entry.fingerprint.get("trust_remote_code") and entry.weights:
            words += ["--trust-remote-code", entry.weights.name]
    return shlex.join(words)


def _budget(record: Manifest) -> str:
    if record.words is not None:
        return f"{record.words} words"
    return "" if record.sentences is None else f"{record.sentences} sentences"


def _system(entry: SystemEntry) -> SystemOrigin:
    facts = {"role": entry.role}
    if entry.weights:
        facts["weights"] = f"{entry.weights.name}, {entry.weights.source}, sha256 {entry.weights.sha256}"
    if entry.trained_on:
        facts["trained on"] = ", ".join(entry.trained_on)
    if entry.samples > 1:
        facts["draws of each document"] = str(entry.samples)
    facts |= dict(_cost(entry))
    fingerprint = json.dumps(entry.fingerprint, indent=2, ensure_ascii=False)
    return SystemOrigin(
        visible(entry.name),
        tuple((key, visible(text)) for key, text in facts.items()),
        visible(fingerprint),
        visible(entry.prompt or ""),
        visible(entry.error or ""),
    )


def _cost(entry: SystemEntry) -> Iterator[tuple[str, str]]:
    spent = entry.telemetry
    if spent is None:
        return
    if spent.median_seconds is not None and spent.p95_seconds is not None:
        yield "seconds a document", f"median {spent.median_seconds:.3g}, 95th percentile {spent.p95_seconds:.3g}"
    yield "loading", f"{spent.load_seconds:.3g} s"
    if spent.memory:
        yield "memory", f"{spent.memory / _MEGABYTE:,.0f} MB"
    if spent.gpu_memory:
        yield "GPU memory", f"{spent.gpu_memory / _MEGABYTE:,.0f} MB"
    if spent.cost is not None:
        yield "cost", f"{spent.cost:.4g}"


def _failures(run: PageRun) -> Iterator[FailedSummary]:
    for document, systems in run.summaries.items():
        for system, draws in systems.items():
            for one in draws:
                if one.error is not None:
                    yield FailedSummary(visible(system), visible(document), visible(one.error))
