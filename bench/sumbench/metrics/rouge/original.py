"""ROUGE as the option string of ROUGE-1.5.5 asks for it, equal to the original in all printed decimals."""

from collections.abc import Sequence
from statistics import fmean

from sumbench.errors import MetricError
from sumbench.metrics.protocol import AGREEMENT
from sumbench.records import Document
from sumbench.records import Score
from sumbench.records import Summary
from sumbench.rouge import RougeError
from sumbench.rouge.perl import Evaluation
from sumbench.rouge.perl import Instance
from sumbench.rouge.perl import PerlRouge
from sumbench.rouge.perl import report

PRESET = "perl"


class OriginalRouge:
    """What ROUGE-1.5.5 computes under an option string such as `-n 2 -m -f A`.

    Values are F under the options' weight, 0 to 1, rounded to five decimals as the original's are.
    """

    def __init__(self, options: str) -> None:
        """Read the option string; raise MetricError for one that means nothing or is not supported."""
        self.options = " ".join(options.split())
        try:
            self._rouge = PerlRouge(options)
        except RougeError as error:
            raise MetricError(f"--rouge {options!r}: {error}") from None

    def signatures(self, documents: Sequence[Document]) -> dict[str, str]:  # noqa: ARG002 - the same for all
        """Return the signature line of each variant, by the name it has in tables."""
        return {
            name(metric): f"{name(metric)}|f|preset:{PRESET}|options:{self.options}|agg:mean"
            for metric in self._rouge.metrics
        }

    def score(self, documents: Sequence[Document], summaries: Sequence[Summary]) -> list[Score]:
        """Return the scores of every summary that did not fail, and the references' agreement.

        Raises MetricError for a text that cannot be scored.
        """
        told = {_told(summary): summary for summary in summaries}
        systems = [
            Score(identifier, told[label].system, name(metric), float(value), told[label].draw)
            for label, results in self._evaluate(documents, summaries).items()
            for metric, result in results.items()
            for identifier, value in zip(result.identifiers, result.scores[:, 2], strict=True)
        ]
        return [*systems, *self._agreement(documents)]

    def report(self, documents: Sequence[Document], summaries: Sequence[Summary]) -> str:
        """Return the lines that the original prints: averages with their bootstrap intervals for each system."""
        return report(self._evaluate(documents, summaries), self._rouge.options)

    def _agreement(self, documents: Sequence[Document]) -> list[Score]:
        scores: list[Score] = []
        for document in documents:
            if len(document.references) < 2:  # noqa: PLR2004 - nobody to agree with
                continue
            texts = [self._rouge.prepare(text) for text in document.references]
            each = [self._rouge.score(text, texts[:i] + texts[i + 1 :]) for i, text in enumerate(texts)]
            scores += [
                Score(document.id, AGREEMENT, name(metric), fmean(one[metric].f_measure for one in each))
                for metric in self._rouge.metrics
            ]
        return scores

    def _evaluate(self, documents: Sequence[Document], summaries: Sequence[Summary]) -> Evaluation:
        texts: dict[str, dict[str, str]] = {document.id: {} for document in documents}
        for summary in summaries:
            if summary.error is None:
                texts[summary.document][_told(summary)] = summary.text
        instances = (
            Instance(document.id, texts[document.id], document.references)
            for document in documents
            if texts[document.id]
        )
        try:
            return self._rouge.evaluate(instances)
        except RougeError as error:
            raise MetricError(str(error)) from None


def _told(summary: Summary) -> str:
    """Return the name under which the draws of a system are evaluated, each by itself."""
    return summary.system if summary.draw == 1 else f"{summary.system}, draw {summary.draw}"


def name(metric: str) -> str:
    """Return the name in tables of a variant as the original calls it: ROUGE-2 is rouge2, ROUGE-L is rougeLsum."""
    short = metric.replace("ROUGE-", "rouge").replace("*", "")
    return "rougeLsum" if short == "rougeL" else short
