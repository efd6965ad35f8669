"""Any metric of Hugging Face's `evaluate` as a metric of runs, by hub name or path."""

import re
import sys
from collections.abc import Collection
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from dataclasses import field
from functools import partial
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any
from typing import ClassVar
from typing import Final

import numpy as np

from sumbench.errors import MetricError
from sumbench.errors import UsageError
from sumbench.errors import failure_line
from sumbench.errors import failure_reason
from sumbench.errors import one_line
from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.metrics import evaluation_code
from sumbench.metrics.evaluation_inputs import ModuleInputs
from sumbench.metrics.evaluation_inputs import Row
from sumbench.metrics.evaluation_inputs import columns
from sumbench.metrics.evaluation_inputs import is_number
from sumbench.metrics.evaluation_inputs import is_row
from sumbench.metrics.evaluation_inputs import json_or_text
from sumbench.metrics.evaluation_inputs import module_inputs
from sumbench.metrics.protocol import BatchScores
from sumbench.metrics.protocol import MetricContext
from sumbench.metrics.protocol import Needs
from sumbench.metrics.protocol import Scorer
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.scores import FloatArray
from sumbench.spec_text import joined_items

SEED: Final = 0
"""The seed of a module's own random draws: one of the run's would give the same summary other scores."""

ROWS: Final = 256
"""So many texts are given to a module at once."""

_NO_NAME: Final = re.compile(r"[^\w.@-]+")

_TEXTS: Final = ("The bridge opens in May.", "A ship sank.", "Nobody was hurt when the old harbour burned on Friday.")
_PROBE: Final = tuple(
    (Document(str(at), f"{text} It rained.", (text, "Rain in May.")), f"It rained. {text}")
    for at, text in enumerate(_TEXTS)
)


@dataclass(frozen=True, kw_only=True)
class EvaluateMetric:
    """Any metric of Hugging Face's `evaluate`: the figures that are named, of each summary.

    The metric is a script on this machine (`path`, a .py file or the folder of its name), or one of the hub (`hub`,
    as `bertscore` or `owner/name`) at the commit `revision`; `config` is its configuration. It is code, and runs with
    your rights: one of the hub only where `--trust-remote-code` names it. `yields` are the figures wanted of its
    result (`f1+precision`), which become values such as `bertscore_f1` (`prefix` in place of the module's name);
    `direction` says whether higher or lower is better, or neither. `args` go to its `compute` (`lang=en+idf=true`):
    numbers, true, false, null and lists as in JSON, all else as text.

    Its declared inputs are filled: predictions with the summary, references with all references of the document, or
    with one after the other, then the mean counts; sources with the document, where `source=true` says that it takes
    that (`references=false`: it takes none). Figures that it gives for the whole input alone, or that depend on what
    else is in the input, are computed a summary at a time. With `costly` scores are journalled, and kept for later
    runs by document, summary and signature; the signature has the code, its options and the versions of libraries,
    not the weights that it may fetch by itself.
    """

    name: str = "evaluate"
    path: Path | None = None
    hub: str = ""
    revision: str = ""
    config: str = ""
    yields: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    direction: Direction = Direction.HIGHER
    references: bool = True
    source: bool = False
    prefix: str = ""
    costly: bool = False
    needs: Needs = field(init=False, default=Needs())
    shown_with: ClassVar[str] = f"hub=name,revision={'0' * 40},yields=figure"

    def __post_init__(self) -> None:
        """Refuse what names no metric, or no figure, with a UsageError."""
        object.__setattr__(self, "needs", Needs(references=self.references, source=self.source))
        if (self.path is None) == (not self.hub):
            raise UsageError("evaluate: name the metric by one of path=./my_metric and hub=bertscore,revision=COMMIT")
        if self.hub and not evaluation_code.COMMIT.fullmatch(self.revision):
            raise UsageError(
                f"evaluate: hub={self.hub} needs revision=, the commit of its code (40 digits): what is run must not "
                "change by itself"
            )
        if self.revision and not self.hub:
            raise UsageError("evaluate: revision= goes with hub=, not with path=")
        if not self.yields:
            raise UsageError(
                "evaluate: yields= is missing: name the figures of its result, such as yields=f1+precision"
            )
        for text in self.args:
            if not text.partition("=")[0].isidentifier() or "=" not in text:
                raise UsageError(f"evaluate: args={text} is no key=value: give args=lang=en+idf=true")
        if self.path is not None:
            evaluation_code.script_of(self.path)

    @property
    def remote_code(self) -> str:
        """The hub's repository whose code it runs, "" for none."""
        return evaluation_code.repository(self.hub) if self.hub else ""

    def values(self) -> tuple[Value, ...]:
        """Return the figures that were named."""
        return tuple(
            Value(name, f"{self._label} {key}", decimals=4, direction=self.direction)
            for key, name in self._names.items()
        )

    def signatures(self, languages: Collection[str]) -> dict[str, str]:  # noqa: ARG002 - the same for all
        """Return for each value the module with its code, the options, and the versions of the libraries it imports.

        Which libraries a module of the hub imports is not known before it is fetched: those that most use stand there.
        """
        if self.path is None:
            code = f"{self.remote_code}@{self.revision}"
            libraries = [f"{name}-{version(name)}" for name in ("evaluate", "numpy", "torch", "transformers")]
        else:
            files = evaluation_code.sources(evaluation_code.script_of(self.path))
            code = f"{files[0].name}@{evaluation_code.code_sha256(files)[:16]}"
            libraries = evaluation_code.libraries(files)
        said = {
            "code": code,
            "config": self.config,
            "args": joined_items(self.args),
            "refs": ("given" if self.references else "none") + ("+source" if self.source else ""),
            "libraries": "+".join(libraries),
        }
        parts = [f"{key}:{' '.join(text.split())}" for key, text in said.items() if text]
        return {name: "|".join((name, f"evaluate:{key}", *parts)) for key, name in self._names.items()}

    def load(self, context: MetricContext) -> Scorer:
        """Load the module; raise MetricError where it cannot be, or asks for what a summary does not have."""
        if self.path is None:
            script = evaluation_code.fetched(self.hub, self.revision, context.store)
        else:
            script = evaluation_code.script_of(self.path)
        evaluation_code.sources(script)
        loaded = _Module(self, script)
        loaded.probe()
        return partial(_score, self, loaded)

    @property
    def arguments(self) -> dict[str, Any]:
        """What goes to the module's `compute` beside the texts."""
        pairs = [text.partition("=") for text in self.args]
        return {key: json_or_text(text) for key, _, text in pairs}

    @property
    def _label(self) -> str:
        named = self.prefix or (self.hub.rpartition("/")[2] if self.path is None else self.path.resolve().stem)
        return named.replace("-", "_")

    @property
    def _names(self) -> dict[str, str]:
        """The name of the value of each figure, of characters that a command line takes for a name."""
        return {key: _NO_NAME.sub("_", f"{self._label}_{key}") for key in self.yields}


class _Module:
    """A loaded module, with how it takes its inputs, and whether it may be given many texts at once."""

    def __init__(self, metric: EvaluateMetric, script: Path) -> None:
        import evaluate

        self.metric = metric
        self.name = script.stem
        self.batched = False
        try:
            with redirect_stdout(sys.stderr):
                self._module = evaluate.load(
                    str(script.resolve()), config_name=metric.config or None, keep_in_memory=True
                )
        except (Exception, SystemExit) as error:
            raise MetricError(f"{script}: cannot be loaded: {failure_line(error)}") from error
        self._module.seed = SEED
        self.inputs = self._checked_inputs()

    def _checked_inputs(self) -> ModuleInputs:
        inputs = module_inputs(self.name, self._module.features)
        for what, taken, said in (
            ("source", inputs.source, self.metric.source),
            ("references", inputs.references, self.metric.references),
        ):
            if bool(taken) != said:
                does = "takes" if taken else "takes no"
                raise MetricError(f"{self.name} {does} {taken or what}: give {what}={'true' if taken else 'false'}")
        return inputs

    def probe(self) -> None:
        """Find out on three texts whether it scores each for itself; raise MetricError for figures that it has not."""
        rows = [self.inputs.rows(document, text)[0] for document, text in _PROBE]
        try:
            together = self._results(rows)
        except MetricError:
            raise
        except Exception:  # noqa: BLE001 - what it says of the summaries themselves counts
            return
        for key, result in together.items():
            if not (is_number(result) or is_row(result, len(rows)) or is_row(result, 1)):
                raise _no_figure(self.name, key, result)
        if not all(is_row(result, len(rows)) for result in together.values()):
            return
        each = [self._figures([row], at_once=True) for row in rows]
        self.batched = all(
            np.allclose([one[key][0] for one in each], np.array(together[key], float), rtol=1e-4, atol=1e-6)
            for key in self.metric.yields
        )

    def figures(self, rows: Sequence[Row]) -> dict[str, FloatArray]:
        """Return the figures of each row."""
        size = ROWS if self.batched else 1
        parts = [self._figures(rows[at : at + size], at_once=self.batched) for at in range(0, len(rows), size)]
        return {key: np.concatenate([part[key] for part in parts]) for key in self.metric.yields}

    def _figures(self, rows: Sequence[Row], *, at_once: bool) -> dict[str, FloatArray]:
        results = self._results(rows)
        return {key: np.array(_as_row(self.name, key, results[key], len(rows), at_once=at_once)) for key in results}

    def _results(self, rows: Sequence[Row]) -> dict[str, Any]:
        """Return the wanted figures as the module gives them; raise MetricError for those that it has not."""
        try:
            with redirect_stdout(sys.stderr):
                results = self._module.compute(**columns(rows), **self.metric.arguments)
        except BaseException:
            # What it was given before it failed is no part of what it is given next.
            self._module.writer = self._module.buf_writer = self._module.data = None
            self._module.selected_feature_format = None
            raise
        if not isinstance(results, dict):
            raise MetricError(f"{self.name} yields a {type(results).__name__}, and no figures by name")
        if missing := [key for key in self.metric.yields if key not in results]:
            raise MetricError(f"{self.name} yields no {missing[0]}: it yields {', '.join(map(str, results))}")
        return {key: results[key] for key in self.metric.yields}


def _score(
    metric: EvaluateMetric, module: _Module, documents: Sequence[Document], summaries: Sequence[Summary]
) -> BatchScores:
    by_id = {document.id: document for document in documents}
    names = dict(zip(metric.yields, (value.name for value in metric.values()), strict=True))
    values = {name: np.full(len(summaries), np.nan) for name in names.values()}
    failures: dict[int, str] = {}
    rows = [module.inputs.rows(by_id[summary.document], summary.text) for summary in summaries]
    if module.batched and rows:
        try:
            flat = module.figures([row for own in rows for row in own])
        except Exception:  # noqa: BLE001 - found again, summary by summary
            flat = {}
        ends = np.cumsum([0, *map(len, rows)])
        for key, array in flat.items():
            values[names[key]] = np.array([array[at:end].mean() for at, end in pairwise(ends)])
        if flat:
            return BatchScores(values)
    for index, own in enumerate(rows):
        try:
            for key, array in module.figures(own).items():
                values[names[key]][index] = array.mean()
        except Exception as error:  # noqa: BLE001 - whatever it raises is a failure of this summary
            failures[index] = failure_reason(error)
    return BatchScores(values, failures)


def _as_row(name: str, key: str, result: Any, size: int, *, at_once: bool) -> Sequence[float]:  # noqa: ANN401
    if is_row(result, size):
        return [float(value) for value in result]
    if not at_once and size == 1 and is_number(result):
        return [float(result)]
    raise _no_figure(name, key, result)


def _no_figure(name: str, key: str, result: Any) -> MetricError:  # noqa: ANN401
    return MetricError(f"{name} yields for {key} no number: {one_line(str(result))[:80]}")
