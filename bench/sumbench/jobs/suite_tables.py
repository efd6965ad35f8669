"""The tables of `sumbench suites`: all suites in short, or one in full."""

from collections.abc import Iterator
from collections.abc import Sequence

from sumbench import suites
from sumbench.corpus import SHIPPED
from sumbench.corpus import presets
from sumbench.corpus.spec import parse_spec
from sumbench.stats.phrases import count
from sumbench.suites import scored
from sumbench.systems import REGISTRY
from sumbench.systems.naming import described_system
from sumbench.systems.naming import parse_system
from sumbench.systems.naming import system_names
from sumbench.tables.listings import describe_name
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.tables.options import broken
from sumbench.tables.options import columns

WHAT, CORPORA, SYSTEMS, VALUE = 30, 14, 32, 60
"""Widths in characters to which long cells are broken, so that the tables fit 100 columns."""


def suites_tables() -> list[Table]:
    """Return the tables of the suites that ship: what each is for, with corpora and systems, and released outputs."""
    run = tuple(_in_short(suites.read_suite(name)) for name in suites.suite_names())
    notes = (
        "run one: sumbench run NAME; one of your own: sumbench run mine.toml",
        "one in full, with its file to copy: sumbench suites NAME",
    )
    published = tuple(_released(scored.read_scored_suite(name)) for name in scored.scored_suite_names())
    score = ("score one: sumbench score --suite NAME; where to get its files: sumbench suites NAME",)
    return [
        Table("suites", columns("suite", "what", "corpora", "systems"), (Section("", run),), notes),
        Table("suites of released outputs", columns("suite", "what", "outputs"), (Section("", published),), score),
    ]


def suite_table(name: str) -> Table:
    """Return the table of all that a suite says; raise UsageError for an unknown one, or one that cannot be read."""
    if name in scored.scored_suite_names():
        return _released_table(scored.read_scored_suite(name))
    suite = suites.read_suite(name)
    shared = [spec for spec in suite.tasks[0].systems if all(spec in task.systems for task in suite.tasks)]
    own = [(task, [spec for spec in task.systems if spec not in shared]) for task in suite.tasks]
    several = len(suite.tasks) > 1
    sections = (
        Section("on every corpus" if several else _task(suite.tasks[0]), _described(shared)),
        *(Section(f"on {_task(task)}", _described(systems)) for task, systems in own if systems),
    )
    notes = (
        *filter(None, [suite.description]),
        *([f"corpora: {', '.join(map(_task, suite.tasks))}"] if several else []),
        *_corpora(suite),
        f"metrics: {', '.join(suite.metrics)}; ranked by {suite.ranked_by}; seed {suite.seed}",
        f"run it: sumbench run {name}" + (", a run for each corpus; of one: --corpus CORPUS" if several else ""),
        f"its file, to copy and change: {suites.suite_file(name)}",
    )
    return Table(f"suites: {suite.name}", columns("system", "what"), tuple(filter(_has_rows, sections)), notes)


def _has_rows(section: Section) -> bool:
    return bool(section.rows)


def _task(task: suites.SuiteTask) -> str:
    budget = count(task.sentences or 0, "sentence") if task.words is None else count(task.words, "word")
    return f"{task.corpus} ({budget})"


def _described(systems: Sequence[str]) -> tuple[Row, ...]:
    return tuple(Row((spec, broken(_what(spec), VALUE))) for spec in systems)


def _in_short(suite: suites.Suite) -> Row:
    named: dict[str, list[str]] = {}
    for corpus in (parse_spec(task.corpus) for task in suite.tasks):
        named.setdefault(corpus.name, []).extend(corpus.options.values())
    corpora = [f"{name}: {', '.join(options)}" if options else name for name, options in named.items()]
    specs = dict.fromkeys(spec for task in suite.tasks for spec in task.systems)
    systems = system_names([parse_system(spec) for spec in specs])
    return Row(
        (
            suite.name,
            broken(suite.description, WHAT),
            broken(", ".join(corpora), CORPORA),
            broken(", ".join(systems), SYSTEMS),
        )
    )


def _released(suite: scored.ScoredSuite) -> Row:
    return Row((suite.name, broken(suite.description, WHAT + CORPORA), broken(", ".join(suite.outputs), SYSTEMS)))


def _released_table(suite: scored.ScoredSuite) -> Table:
    facts = [
        ("what", suite.description),
        ("references", suite.references),
        *((f"outputs of {system}", file) for system, file in suite.outputs.items()),
        *((f"to get {part}", how) for part, how in suite.get.items()),
        ("ROUGE", f"{suite.rouge}: {', '.join(suite.types)}; sentences: {suite.sentences}"),
    ]
    rows = tuple(Row((key, broken(value, VALUE))) for key, value in facts)
    notes = (f"score them: sumbench score --suite {suite.name} --files DIR",)
    return Table(f"suites: {suite.name}", columns("key", "value"), (Section("", rows),), notes)


def _what(spec: str) -> str:
    name, description = described_system(spec)
    return description or describe_name(REGISTRY, name)


def _corpora(suite: suites.Suite) -> Iterator[str]:
    known = {name: corpus.what for name, corpus in SHIPPED.items()}
    known |= {name: preset.what for name, preset in presets().items()}
    for name in dict.fromkeys(parse_spec(task.corpus).name for task in suite.tasks):
        if name in known:
            yield f"{name}: {known[name]}"
