"""ROUGE for `evaluate.load`, by the path of this file or of its folder, without a network."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import datasets
import evaluate

from sumbench.metrics.protocol import MetricContext
from sumbench.metrics.rouge.measure import ROUGE_TYPES
from sumbench.metrics.rouge.measure import RougeMetric
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.weights import Store

_DESCRIPTION = """
ROUGE-1, ROUGE-2, ROUGE-L and ROUGE-Lsum (F1, 0 to 1) of summaries against one or several references each, with the
handling of the references named, and a signature line for every figure.
"""

_INPUTS = """
Args:
    predictions: one summary a document, its sentences separated by newlines.
    references: one list of reference texts a document, or one text a document; sentences separated by newlines.
    rouge_types: which of rouge1 to rouge9, rougeL and rougeLsum (default: rouge1, rouge2, rougeL, rougeLsum).
    handling: of several references: jackknife (the default), max, mean, pooled or best.
    language: ISO 639-1 code that chooses words and stems (default: en).
    use_aggregator: mean over documents (the default), or one value a document.

Returns:
    a dictionary of the figure (or list of figures) by ROUGE type, and under "signatures" the signature line of each.
"""

_CITATION = """
@inproceedings{lin-2004-rouge,
  title = "{ROUGE}: A Package for Automatic Evaluation of Summaries",
  author = "Lin, Chin-Yew",
  booktitle = "Text Summarization Branches Out",
  year = "2004",
  pages = "74--81",
}
"""


class Rouge(evaluate.Metric):  # type: ignore[misc]  # evaluate ships no types
    """The metric that `evaluate.load` returns."""

    def _info(self) -> evaluate.MetricInfo:
        text = datasets.Value("string")
        return evaluate.MetricInfo(
            description=_DESCRIPTION,
            citation=_CITATION,
            inputs_description=_INPUTS,
            features=[
                datasets.Features({"predictions": text, "references": datasets.Sequence(text)}),
                datasets.Features({"predictions": text, "references": text}),
            ],
        )

    def _compute(  # noqa: PLR0913 - the options of the metric
        self,
        predictions: Sequence[str],
        references: Sequence[str | Sequence[str]],
        *,
        rouge_types: Sequence[str] = ROUGE_TYPES,
        handling: str = "jackknife",
        language: str = "en",
        use_aggregator: bool = True,
    ) -> dict[str, Any]:
        """Score the predictions; raises UsageError or MetricError for what cannot be scored."""
        documents = [
            Document(str(index), "", (texts,) if isinstance(texts, str) else tuple(texts), language=language)
            for index, texts in enumerate(references)
        ]
        summaries = [Summary(str(index), "predictions", text, 0, 0, 0, 0.0) for index, text in enumerate(predictions)]
        metric = RougeMetric(types=tuple(rouge_types), handling=handling)
        scorer = metric.load(MetricContext(0, Store(Path())))
        values = {name: array.tolist() for name, array in scorer(documents, summaries).values.items()}
        shown = {name: values[name] for name in metric.types}
        means = {name: sum(each) / len(each) for name, each in shown.items()} if use_aggregator else shown
        signatures = metric.signatures([language])
        return {**means, "signatures": {name: signatures[name] for name in metric.types}}
