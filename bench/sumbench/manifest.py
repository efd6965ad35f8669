"""The format of run.json: how a run came about, with enough to repeat it.

This module is the format's documentation: each dataclass is an object of the file, each field a key.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from enum import StrEnum
from functools import cached_property
from typing import Any

SCHEMA = 6
"""The version of the format. It rises when a key comes, goes or changes its meaning; older versions are still read.

5: values did not say in which `table` they stand (all were of the result table), whether they are `optional` (none
was), nor what `withheld` them from ranking. The metrics' `prompt` and `spent`, `shard`, `merged` and the telemetry's
`requests` were not there.

4: the corpus' `languages`, `guessed` and `unclear` were not there: a document whose language was not said was taken for
English, and a language was kept as it was written (English, eng). Nor was `mean_thought_tokens`: thoughts stood in
summaries, but for those at the beginning of an answer where `clean` was asked for.

3: `words` and the metrics' `notes` and `by_reference` were not there: a length budget was in sentences. Intervals were
those of a plain bootstrap, which `statistics` named (`interval`), and a document without a summary had no score; a
summary did not say of which kind its failure was. Of an option string of ROUGE-1.5.5
every signature said `f`, whatever the weight (`-p`), and `-f` stood among its options.

2: `signatures` had the signature lines by value, and `metric_errors` the reasons by metric, in place of `metrics`;
`ranked_by`, `texts` and the systems' `prompt` were not there, nor were documents.parquet and details.jsonl beside it.

1: documents a minute and tokens a second were taken over the sum of the documents' own seconds, and `working_seconds`
was not there; a fingerprint had the device's name as it was given (auto), and no number format; `samples` and
`statistics` were not there, nor in the oldest files the quantiles of tokens, `cost`, `notes` and `clusters`.
"""


@dataclass(frozen=True)
class CorpusEntry:
    """The documents of the run: the `name` of the corpus, the number of its `documents` and of all their `references`.

    `fingerprint` is the SHA-256 of ids, languages, texts and references, in order. `notes` say what was left out of
    the corpus, and what else a reader of its figures should know. `clusters` gives the source of each document by
    its id, where documents share sources (`source` in their metadata): statistics then draw whole clusters; null
    where each stands for itself. `languages` counts the documents of each language by its code, the commonest first:
    `guessed` is how many of them say none and had theirs guessed, and `unclear` of how many of these the texts leave it
    open, so that they count as the commonest language of the corpus in their script. Empty in older versions.
    """

    name: str
    fingerprint: str
    documents: int
    references: int
    notes: tuple[str, ...] = ()
    clusters: Mapping[str, str] | None = None
    languages: Mapping[str, int] = field(default_factory=dict)
    guessed: int = 0
    unclear: int = 0


@dataclass(frozen=True)
class WeightsEntry:
    """The model weights that a system used: their catalog `name`, the `source` they were taken from, their `sha256`."""

    name: str
    source: str
    sha256: str


@dataclass(frozen=True)
class AddressCounts:
    """How one of a server's addresses was asked: requests that it `answered`, and those that `failed` there.

    `peak` is how many were under way there at once at most, `set_aside` how often it was left alone for a while.
    """

    answered: int
    failed: int
    peak: int
    set_aside: int


@dataclass(frozen=True)
class RequestCounts:
    """How a server was asked in the session: at most so many documents at once (`peak`), requests that were `retried`.

    `waited` is the time (seconds) that requests waited before they were repeated, all of them added up. `batch` is how
    many answers came from the files of batches: these were not asked for one by one. `addresses` says of each address
    of a server that has several how it was asked.
    """

    peak: int
    retried: int
    waited: float
    batch: int = 0
    addresses: Mapping[str, AddressCounts] = field(default_factory=dict)


@dataclass(frozen=True)
class Telemetry:
    """What a system took.

    `load_seconds` is the time until it was ready. Median and 95th percentile are over all documents that did not fail:
    of the seconds from a document's start to its end (of its share in a batch that was worked on as one;
    `median_seconds`, `p95_seconds`), and of the tokens that were read (`median_input_tokens`, `p95_input_tokens`) and
    written (`median_output_tokens`, `p95_output_tokens`). Where a system makes several draws of a document, the seconds
    and the tokens written are those of all of them, and the tokens read count once.
    `mean_thought_tokens` is how many of the tokens written a model thought with, a summary, null where none did.
    `working_seconds` is the wall-clock time from the start of the first document to the end of the last one, loading
    not counted, in the session that made them. `documents_a_minute`, `input_tokens_a_second` and
    `output_tokens_a_second` are what was made in that session, without failures, over this time: where several
    documents are worked on at once, they are more than a document's own seconds would give.
    `memory` and `gpu_memory` are its process' peaks (bytes). Systems without weights share a process, one after the
    other: `memory` is then the peak while this one was loaded and at work, which counts libraries that those before
    it have left there, as its `load_seconds` leave out what was imported already; null where a system's peak cannot
    be told from those before (only Linux can). `reused` counts summaries that were there before; when
    all were there in the same folder, the telemetry of their making stands. `cost` is what all summaries cost, in the
    currency of the system's price. `requests` says how a server was asked. Null is what was not measured.
    """

    load_seconds: float
    median_seconds: float | None
    p95_seconds: float | None
    documents_a_minute: float | None
    input_tokens_a_second: float | None
    output_tokens_a_second: float | None
    memory: int | None
    gpu_memory: int | None
    reused: int
    cost: float | None = None
    median_input_tokens: float | None = None
    p95_input_tokens: float | None = None
    median_output_tokens: float | None = None
    p95_output_tokens: float | None = None
    working_seconds: float | None = None
    mean_thought_tokens: float | None = None
    requests: RequestCounts | None = None


class Direction(StrEnum):
    """Which values of a metric are better; neither for a property of texts, such as their length."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


@dataclass(frozen=True)
class Value:
    """A value that a metric declares before it computes any.

    `name` is its column in files (`rouge2`), `title` its name for readers (ROUGE-2), `unit` what a score is (F1, words,
    %; empty for a plain number). Tables show scores times `scale` with so many `decimals`. A value whose `direction` is
    neither is a property: never bold, never tested, never gated. `main` tells whether readers see it; others are
    details for programs. `table` is the title of the further table in which readers see it, empty for the result table.
    An `optional` value is not defined for every summary: one without it is no failure, and is left out of its mean.
    `withheld` says why systems may not be ranked by it, and what to do about that; empty where they may.
    """

    name: str
    title: str
    unit: str = ""
    scale: float = 1.0
    decimals: int = 2
    direction: Direction = Direction.HIGHER
    main: bool = True
    table: str = ""
    optional: bool = False
    withheld: str = ""


@dataclass(frozen=True)
class Spending:
    """What a metric asked of a model or a service: the number of `calls`, tokens read and written, and the `cost`.

    The tokens are those of the calls that were counted; `uncounted` is how many were not. `cost` is in the currency of
    the metric's prices, null without prices. Failures are in it; scores kept from earlier runs are not.
    """

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    uncounted: int = 0
    cost: float | None = None

    def __add__(self, other: "Spending") -> "Spending":
        """Return what both come to."""
        costs = [cost for cost in (self.cost, other.cost) if cost is not None]
        return Spending(
            self.calls + other.calls,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.uncounted + other.uncounted,
            sum(costs) if costs else None,
        )


@dataclass(frozen=True)
class MetricEntry:
    """A metric of the run: its `name` on the command line, the `values` it yields, the `signatures` by their names.

    A signature says exactly how a value was computed. `error` says why nothing could be scored, or is null. `notes` say
    what else a reader of its figures should know. `by_reference` has, for the metric of the value that ranks, each
    system's mean under each reference alone; empty where documents have a single one. `prompt` is the text of its
    prompt, as its file has it, null for a metric without one; `spent` is what the session that scored last has asked of
    a model or a service, null where nothing was.
    """

    name: str
    values: tuple[Value, ...]
    signatures: Mapping[str, str]
    error: str | None = None
    notes: tuple[str, ...] = ()
    by_reference: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    prompt: str | None = None
    spent: Spending | None = None


@dataclass(frozen=True)
class SystemEntry:
    """A system of the run.

    `name` is what it was called on the command line.
    `role` is ranked, floor or ceiling. `trained_on` names corpora that it was trained on. `fingerprint` holds
    everything that can change its output. `weights` is null for a system without any, and for one whose weights are
    not there. `error` says why it could not be loaded, or is null. `telemetry` is null until it has run. `samples` is
    the number of summaries that it draws of each document. `prompt` is the text of its prompt, with the placeholders
    for document and length as in a prompt file; null for a system without one.
    """

    name: str
    role: str
    trained_on: tuple[str, ...]
    fingerprint: Mapping[str, Any]
    weights: WeightsEntry | None
    error: str | None
    telemetry: Telemetry | None
    samples: int = 1
    prompt: str | None = None


@dataclass(frozen=True)
class Machine:
    """The machine of the run: its `platform` and `processor`, the `cores` and the `memory` (bytes) it could use."""

    platform: str
    processor: str
    cores: int
    memory: int


@dataclass(frozen=True)
class ShardEntry:
    """The shard `number` (from 1) of `of` shards that a run is: every `of`-th document by the rank of its id.

    `documents` and `fingerprint` are those of the whole corpus.
    """

    number: int
    of: int
    documents: int
    fingerprint: str


@dataclass(frozen=True)
class MergedEntry:
    """A run that was merged into this one: the name of its `folder`, its `shard` (3/8; null for a whole run).

    `started` and `seconds` are as in its run.json, and `machine` and `packages` what it ran with.
    """

    folder: str
    shard: str | None
    started: str
    seconds: float
    machine: Machine
    packages: Mapping[str, str]


@dataclass(frozen=True)
class Manifest:
    """The content of run.json.

    `schema` is the version of the format. The file is written when the run begins, after each system, and again when
    the run has `finished`. `suite` is the suite's name, `seed` governs all random draws, `corpus`, `systems` and
    `machine` are described above; `version` is sumbench's own, `python` that of Python.
    `request` is what the command line asked for, so that the run can be resumed; null for a run that was not made by
    `sumbench run`.
    `sentences` is the length budget of the systems, null where they were given none, as for outputs made elsewhere, and
    where it is so many `words`, which is null otherwise. Systems may have set one of their own: see their fingerprints.
    `metrics` are described above; `ranked_by` is the name of the value by which systems are ranked. `texts` tells
    whether documents.parquet holds the texts, or ids and hashes alone. `started` is ISO 8601 with time zone, `seconds`
    the whole run's wall-clock time (of the last session, where it was resumed). `revision` is sumbench's git commit
    (with "-dirty" where files had changed), null outside a checkout. `packages` gives the version of every package
    that can change a figure. `statistics` says what the table's intervals and tests are: intervals at the
    level `confidence` from so many `resamples`, `correction` (holm, benjamini-hochberg or none) and the tests' level
    `alpha`. `shard` says which part of a corpus the run is of, null for the whole; `merged` names the runs (shards, or
    runs of other systems) that it was merged from.
    """

    schema: int
    finished: bool
    request: Mapping[str, Any] | None
    suite: str
    sentences: int | None
    words: int | None
    seed: int
    corpus: CorpusEntry
    systems: tuple[SystemEntry, ...]
    metrics: tuple[MetricEntry, ...]
    ranked_by: str
    started: str
    seconds: float
    version: str
    revision: str | None
    python: str
    packages: Mapping[str, str]
    machine: Machine
    statistics: Mapping[str, Any] = field(default_factory=dict)
    texts: bool = True
    shard: ShardEntry | None = None
    merged: tuple[MergedEntry, ...] = ()

    @cached_property
    def values(self) -> Mapping[str, Value]:
        """Every declared value by its name, in order."""
        return {value.name: value for metric in self.metrics for value in metric.values}

    @cached_property
    def shown(self) -> Mapping[str, tuple[Value, ...]]:
        """The values that readers see, by the title of their table; those of the result table, under "", come first.

        Where no value is of the result table, it has those of the table in which the ranking value stands.
        """
        tables: dict[str, list[Value]] = {}
        for value in self.values.values():
            if value.main:
                tables.setdefault(value.table, []).append(value)
        ranking = self.values.get(self.ranked_by)
        home = "" if "" in tables or ranking is None else ranking.table
        return {"": tuple(tables.pop(home, ())), **{title: tuple(values) for title, values in tables.items()}}

    @cached_property
    def in_result(self) -> frozenset[str]:
        """The names of the values that readers see in the result table."""
        return frozenset(value.name for value in self.shown[""])

    @cached_property
    def signatures(self) -> Mapping[str, str]:
        """The signature line of each value by its name, in order."""
        return {name: line for metric in self.metrics for name, line in metric.signatures.items()}

    def json(self) -> str:
        """Return the manifest as indented JSON."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"
