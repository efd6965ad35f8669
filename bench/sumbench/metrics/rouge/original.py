"""ROUGE under an option string of ROUGE-1.5.5, equal to the original's output in all printed decimals."""

import re
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from functools import cached_property
from statistics import fmean
from typing import ClassVar

import numpy as np

from sumbench.errors import MetricError
from sumbench.manifest import MetricEntry
from sumbench.manifest import Value
from sumbench.metrics.protocol import BatchScores
from sumbench.metrics.protocol import MetricContext
from sumbench.metrics.protocol import Needs
from sumbench.metrics.protocol import Scorer
from sumbench.metrics.rouge.lost_letters import PERL_REMEDY
from sumbench.metrics.rouge.lost_letters import refuse_references
from sumbench.metrics.rouge.lost_letters import summary_notes
from sumbench.metrics.rouge.metric import PERL
from sumbench.metrics.rouge.values import f_name
from sumbench.metrics.rouge.values import values
from sumbench.metrics.rouge.values import with_parts
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.rouge import RougeError
from sumbench.rouge.perl import Evaluation
from sumbench.rouge.perl import Instance
from sumbench.rouge.perl import PerlRouge
from sumbench.rouge.perl import PerlScore
from sumbench.rouge.perl import report
from sumbench.scores import FloatArray

_HANDLINGS = {"A": ("pooled", "their counts are pooled"), "B": ("best", "the one with the best recall is taken")}
"""What `-f` does with several references: the name of that handling, and in words."""

_FORMULA = re.compile(r"(?<!\S)-f\s*[AB](?!\S)")
_BEFORE = re.compile(r"[^|]+\|(?:f|precision|recall)\|preset:perl\|options:(?P<options>[^|]*)\|agg:mean")
"""A signature as it was before run.json's schema 4: it said `f` whatever the weight was."""


@dataclass(frozen=True, kw_only=True)
class OriginalRouge:
    """What ROUGE-1.5.5 computes under an option string such as `-n 2 -m -f A`.

    Values are F under the options' weight `-p` (0.5: F1, 0: recall, 1: precision), precision and recall, 0 to 1,
    rounded to five decimals as the original's. Several references are pooled (`-f A`, the original's default), or the
    one with the best recall is taken (`-f B`).
    """

    name: str = "rouge"
    options: str
    needs: ClassVar[Needs] = Needs()
    costly: ClassVar[bool] = False

    def __post_init__(self) -> None:
        """Read the option string; raise MetricError for one that means nothing or is not supported."""
        try:
            PerlRouge(self.options)
        except RougeError as error:
            raise MetricError(f"--rouge {self.options!r}: {error}") from None

    @cached_property
    def _rouge(self) -> PerlRouge:
        return PerlRouge(self.options, warn=False)

    def values(self) -> tuple[Value, ...]:
        """Return F under the options' weight, precision and recall of each variant."""
        return values(map(value_name, self._rouge.metrics), f_name(self._rouge.options.alpha))

    def signatures(self, languages: Collection[str]) -> dict[str, str]:  # noqa: ARG002 - the same for all
        """Return the signature line of each value; what becomes of several references stands apart from the options."""
        options = " ".join(_FORMULA.sub(" ", self.options).split())
        kind, refs = f_name(self._rouge.options.alpha).lower(), _HANDLINGS[self._rouge.options.formula][0]
        lines = {
            value_name(metric): f"{value_name(metric)}|{kind}|preset:{PERL}|options:{options}|refs:{refs}|agg:mean"
            for metric in self._rouge.metrics
        }
        return with_parts(lines, kind)

    def reader_notes(self, *, several_references: bool) -> Sequence[str]:
        """Return what a reader of the figures should know: which of its two ways with several references it is."""
        formula = self._rouge.options.formula
        how = f"{self.name}: several references: {_HANDLINGS[formula][1]}, ROUGE-1.5.5's -f {formula}"
        return (how,) if several_references else ()

    def load(self, context: MetricContext) -> Scorer:  # noqa: ARG002 - nothing to load
        """Return the scorer; it raises MetricError, naming the document, for a text that cannot be scored."""
        return self._score

    def check_documents(self, documents: Sequence[Document]) -> None:
        """Raise MetricError, naming the document, for a reference that ROUGE-1.5.5 does not read."""
        refuse_references(documents)

    def _score(self, documents: Sequence[Document], summaries: Sequence[Summary]) -> BatchScores:
        self.check_documents(documents)
        columns = [value.name for value in self.values()]
        found: dict[str, FloatArray] = {column: np.full(len(summaries), np.nan) for column in columns}
        among: dict[str, FloatArray] = {column: np.full(len(documents), np.nan) for column in columns}
        by_document: dict[str, list[int]] = {document.id: [] for document in documents}
        for index, summary in enumerate(summaries):
            by_document[summary.document].append(index)
        for row, document in enumerate(documents):
            try:
                texts = [self._rouge.prepare(text) for text in document.references]
                for index in by_document[document.id]:
                    _fill(found, index, self._rouge.score(summaries[index].text, texts))
                if len(texts) > 1:
                    others = [texts[:at] + texts[at + 1 :] for at in range(len(texts))]
                    each = [self._rouge.score(text, rest) for text, rest in zip(texts, others, strict=True)]
                    _fill(among, row, {metric: _mean([one[metric] for one in each]) for metric in each[0]})
            except RougeError as error:
                raise MetricError(f"document {document.id!r}: {error}") from None
        return BatchScores(found, agreement=among, notes=summary_notes(summaries, PERL_REMEDY))

    def report(self, documents: Sequence[Document], summaries: Sequence[Summary]) -> str:
        """Return the lines that the original prints: averages with their bootstrap intervals for each system."""
        return report(self._evaluate(documents, summaries), self._rouge.options)

    def _evaluate(self, documents: Sequence[Document], summaries: Sequence[Summary]) -> Evaluation:
        texts: dict[str, dict[str, str]] = {document.id: {} for document in documents}
        for summary in summaries:
            if summary.error is None:
                texts[summary.document][_evaluated_name(summary)] = summary.text
        instances = (
            Instance(document.id, texts[document.id], document.references)
            for document in documents
            if texts[document.id]
        )
        try:
            return self._rouge.evaluate(instances)
        except RougeError as error:
            raise MetricError(str(error)) from None


def renamed(entry: MetricEntry) -> MetricEntry:
    """Return the entry of an older run.json with titles, units and signatures as they are today.

    An entry that is not of an option string of ROUGE-1.5.5 stays as it is.
    """
    found = [_BEFORE.fullmatch(line) for line in entry.signatures.values()]
    options = {match["options"] for match in found if match}
    if None in found or len(options) != 1:
        return entry
    try:
        metric = OriginalRouge(options=options.pop())
        known, lines = {value.name: value for value in metric.values()}, metric.signatures(())
    except MetricError:
        return entry
    if not known.keys() >= entry.signatures.keys():
        return entry
    return replace(
        entry,
        values=tuple(known.get(value.name, value) for value in entry.values),
        signatures={name: lines[name] for name in entry.signatures},
    )


def _evaluated_name(summary: Summary) -> str:
    """Return the name under which the draws of a system are evaluated, each by itself."""
    return summary.system if summary.draw == 1 else f"{summary.system}, draw {summary.draw}"


def _fill(columns: Mapping[str, FloatArray], index: int, scores: Mapping[str, PerlScore]) -> None:
    for metric, one in scores.items():
        columns[value_name(metric)][index] = one.f_measure
        columns[f"{value_name(metric)}_precision"][index] = one.precision
        columns[f"{value_name(metric)}_recall"][index] = one.recall


def _mean(scores: Sequence[PerlScore]) -> PerlScore:
    return PerlScore(*map(fmean, zip(*scores, strict=True)))


def value_name(metric: str) -> str:
    """Return the name in tables of a variant as the original calls it: ROUGE-2 is rouge2, ROUGE-L is rougeLsum."""
    short = metric.replace("ROUGE-", "rouge").replace("*", "")
    return "rougeLsum" if short == "rougeL" else short
