"""Scoring alone: summaries made elsewhere against references, as a run in which every system is a file of outputs."""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path

from bench.benchmark import Plan
from bench.benchmark import new_folder
from bench.corpus import rows
from bench.errors import UsageError
from bench.metrics import Metric
from bench.metrics.rouge import GOOGLE
from bench.metrics.rouge import PERL
from bench.metrics.rouge import ROUGE_TYPES
from bench.metrics.rouge import OriginalRouge
from bench.metrics.rouge import RougeMetric
from bench.records import Run
from bench.rouge import RougeError
from bench.runs.execute import Policy
from bench.systems import Context
from bench.systems.outputs import Outputs
from bench.tables import FORMATS
from bench.tables import results
from bench.weights import Store

SUITE = "score"
ORIGINAL = "original"


def plan(references: Path, outputs: Mapping[str, Path], metric: Metric, store: Store, out: Path | None = None) -> Plan:
    """Turn files into a plan; without `outputs` the systems are those in the file of references itself.

    Raises CorpusError, naming file and line, for what cannot be read or does not fit together, and UsageError when
    there is no output to score.
    """
    corpus = rows.read(references, references.stem, needs_text=False)
    if outputs:
        systems = [Outputs(name=name, path=str(path)) for name, path in outputs.items()]
    else:
        names = [name for name in rows.outputs(references) if name] if _holds_systems(references) else []
        systems = [Outputs(name=name, path=str(references), system=name) for name in names]
    if not systems:
        raise UsageError(f"{references}: holds no systems' outputs: name some with --outputs NAME=FILE")
    home = out or new_folder(corpus, SUITE)
    return Plan(SUITE, None, corpus, systems, {"rouge": metric}, Context(0, store), home, Policy(fail_fast=True))


def _holds_systems(file: Path) -> bool:
    return any(rows.SYSTEMS in row.values for row in rows.rows(file))


def rouge(preset: str, types: Sequence[str] | None = None, handling: str | None = None) -> Metric:
    """Return the ROUGE that `preset` names: google, perl, or an option string of ROUGE-1.5.5.

    `types` and `handling` are of google and perl; an option string says both itself. Raises UsageError.
    """
    if preset in {GOOGLE, PERL}:
        try:
            return RougeMetric(tuple(types or ROUGE_TYPES), handling or "jackknife", preset)
        except RougeError as error:
            raise UsageError(str(error)) from None
    if not preset.lstrip().startswith("-"):
        raise UsageError(f"--rouge {preset!r}: give google, perl, or options of ROUGE-1.5.5 such as '-n 2 -m -f A'")
    if types or handling:
        raise UsageError("--types and --handling do not go with an option string of ROUGE-1.5.5: it says both itself")
    return OriginalRouge(preset)


def named_files(pairs: Sequence[str]) -> dict[str, Path]:
    """Read NAME=FILE pairs; raise UsageError for one that is none or names a system twice."""
    files: dict[str, Path] = {}
    for pair in pairs:
        name, equals, file = pair.partition("=")
        if not (name and equals and file):
            raise UsageError(f"--outputs {pair!r}: give NAME=FILE")
        if name in files:
            raise UsageError(f"--outputs: system {name!r} is named twice")
        files[name] = Path(file)
    return files


def renderer(format_: str, preset: str) -> Callable[[Plan, Run], str]:
    """Return what prints a scored run: a table's format, or `original` for the lines that ROUGE-1.5.5 prints."""
    if format_ != ORIGINAL:
        render = FORMATS[format_]
        return lambda _plan, run: render(results(run))
    if preset in {GOOGLE, PERL}:
        raise UsageError("--format original goes with an option string of ROUGE-1.5.5: --rouge '-n 2 -m'")
    return lambda plan, run: OriginalRouge(preset).report(plan.corpus.documents, run.summaries)
