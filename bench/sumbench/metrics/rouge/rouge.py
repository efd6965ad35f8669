"""ROUGE for `evaluate.load`, by the path of this file or of its folder, without a network."""

import warnings
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from typing import ClassVar

import datasets
import evaluate

from sumbench.errors import UsageError
from sumbench.languages import canonical
from sumbench.metrics.protocol import MetricContext
from sumbench.metrics.rouge.metric import ROUGE_TYPES
from sumbench.metrics.rouge.metric import NamedTokenizer
from sumbench.metrics.rouge.metric import RougeMetric
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.rouge import LostLettersWarning
from sumbench.rouge import language_tokenizer
from sumbench.rouge.languages import BY_LANGUAGE
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
    language: name or code of the language, which chooses words and stems (default: en). Texts of which English words,
        runs of a-z and 0-9, lose more than a tenth of the letters are warned of.
    tok: "words" to find words of Chinese, Japanese, Thai, Lao, Khmer and Burmese by a dictionary (extra `words`).
    use_aggregator: mean over documents (the default), or one value a document.
    use_stemmer: whether words are stemmed, True or False; by default (None) by the stemmer of the language, as in runs.
        rouge_score and `evaluate`'s own metric do not stem where it is not said: give use_stemmer=False for theirs.
    tokenizer: a function from a text to the list of its tokens, in place of words and stems; use_stemmer is then of no
        effect, as in rouge_score.

A figure of a document is rouge_score's, with handling="max" also that of several references. `evaluate`'s own metric
gives the median of bootstrap means in place of the mean over documents.

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


@dataclass(frozen=True)
class _Tokens:
    """A function that makes tokens, as a tokenizer; signatures call it custom."""

    tokenize: Callable[[str], list[str]]
    words: ClassVar[str] = "custom"
    tok: ClassVar[str] = "custom"
    stemmer: ClassVar[str] = "custom"


@dataclass(frozen=True, kw_only=True)
class _Rouge(RougeMetric):
    """The metric of runs with another tokenizer: the function `tokenize`, or with (`stem`) or without stems."""

    stem: bool | None = None
    tokenize: Callable[[str], list[str]] | None = None

    def _tokenizer(self, language: str) -> NamedTokenizer:
        if self.tokenize is not None:
            return _Tokens(self.tokenize)
        return language_tokenizer(language, stem=self.stem is not False, tok=self.tok)


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
        rouge_types: Sequence[str] | None = None,
        handling: str = "jackknife",
        language: str = "en",
        tok: str = BY_LANGUAGE,
        use_aggregator: bool = True,
        use_stemmer: bool | None = None,
        tokenizer: Callable[[str], list[str]] | None = None,
    ) -> dict[str, Any]:
        """Score the predictions; raises UsageError or MetricError for what cannot be scored."""
        language = canonical(language)
        documents = [
            Document(str(index), "", (texts,) if isinstance(texts, str) else tuple(texts), language=language)
            for index, texts in enumerate(references)
        ]
        summaries = [Summary(str(index), "predictions", text, 0, 0, 0, 0.0) for index, text in enumerate(predictions)]
        if tokenizer is not None and not callable(tokenizer):
            raise UsageError(f"tokenizer is a {type(tokenizer).__name__}: give a function from a text to its tokens")
        metric = _Rouge(
            types=tuple(rouge_types or ROUGE_TYPES), handling=handling, tok=tok, stem=use_stemmer, tokenize=tokenizer
        )
        scorer = metric.load(MetricContext(0, Store(Path())))
        scored = scorer(documents, summaries)
        for note in scored.notes:
            warnings.warn(f"{note.what}: {len(note.texts)}; give language=", LostLettersWarning, stacklevel=2)
        values = {name: array.tolist() for name, array in scored.values.items()}
        shown = {name: values[name] for name in metric.types}
        means = {name: sum(each) / len(each) for name, each in shown.items()} if use_aggregator else shown
        signatures = metric.signatures([language])
        return {**means, "signatures": {name: signatures[name] for name in metric.types}}
