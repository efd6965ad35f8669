"""The tables of what summaries are scored with: metrics with their values, needs and options."""

from collections.abc import Sequence

from sumbench.errors import UsageError
from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.metrics import REGISTRY
from sumbench.metrics import Needs
from sumbench.metrics import check_metric_name
from sumbench.metrics import listed_metric
from sumbench.metrics.worth import CORPORA
from sumbench.metrics.worth import LENGTH
from sumbench.metrics.worth import mean_worth
from sumbench.metrics.worth import measured_worth
from sumbench.stats.correlation.verdict import shown
from sumbench.tables.listings import describe_name
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.tables.options import broken
from sumbench.tables.options import columns
from sumbench.tables.options import option_table
from sumbench.tables.options import options_in_short
from sumbench.tables.values import unit
from sumbench.weights.catalog import catalog

WHAT, VALUES, NEEDS, OPTIONS = 22, 22, 12, 20
"""Widths in characters to which long cells are broken, so that the table fits 100 columns."""

LANGUAGES, ABOUT = 12, 44
"""Likewise for the table of models."""

_SIGNS = {Direction.HIGHER: "↑", Direction.LOWER: "↓", Direction.NEITHER: ""}


def metrics_table() -> Table:
    """Return the table of the metrics: what each measures, its values, what it needs, its options with defaults."""
    rows = tuple(
        Row(
            (
                name,
                broken(describe_name(REGISTRY, name), WHAT),
                broken(_in_short(_values(name)), VALUES),
                broken(_needs(name), NEEDS),
                _worth_in_short(_values(name)),
                _broken_at_plus(options_in_short(REGISTRY, name)),
            )
        )
        for name in REGISTRY
    )
    people = "how it follows people, Kendall's τ-b within documents with ratings of SummEval (left) and of Newsroom"
    notes = (
        "values: those that tables show, ↑ where higher is better, ↓ where lower is",
        f"worth: {people}, mean over four qualities, of its first value; {_worth_in_short([], LENGTH)} of length alone",
        "name one with --metrics as NAME[,key=value…], for example rouge,handling=max",
        "more of one, with all of its values: sumbench metrics NAME",
        *REGISTRY.overruled(),
    )
    return Table(
        "metrics", columns("metric", "what", "values", "needs", "worth", "options"), (Section("", rows),), notes
    )


def metric_tables(name: str) -> list[Table]:
    """Return the tables of one metric: its options with all that its description says, and the values that it yields.

    The values are those under its default options; there are none to show where it has options without a default.
    """
    check_metric_name(name)
    options = option_table(REGISTRY, name)
    values = _values(name)
    if not values:
        return [options]
    rows = tuple(Row((value.name, value.title, unit(value), value.direction.value, _place(value))) for value in values)
    names = columns("value", "title", "unit", "better", "table")
    notes = (f"needs: {_needs(name)}", "every value stands in csv and json")
    return [options, Table("values", names, (Section("", rows),), notes), *_worth(values), *_models(name)]


def _worth(values: Sequence[Value]) -> list[Table]:
    """Return the table of how the values follow people on the sets of ratings, beside the controls."""
    known = measured_worth()
    names = [value.name for value in values if value.name in known]
    if not names:
        return []
    titles = {value.name: value.title for value in values}
    controls = [name for name in (LENGTH, "density", "random") if name not in names]
    heads = (
        Column("quality", "quality"),
        *(Column(name, titles.get(name, name), 2) for name in names),
        *(Column(name, f"{name} (control)", 2) for name in controls),
    )
    sections = tuple(
        Section(
            corpus,
            tuple(
                Row((quality, *(known[name].get(corpus, {}).get(quality) for name in (*names, *controls))))
                for quality in known[LENGTH][corpus]
            ),
        )
        for corpus in CORPORA
    )
    what = "Kendall's τ-b with people's mean rating over the systems within a document, mean over documents"
    notes = (
        f"{what}; signs turned where lower is better; measured on 27 November 2026",
        *CORPORA.values(),
        "on ratings of your own: sumbench correlate",
    )
    return [Table("worth", heads, sections, notes)]


def _worth_in_short(values: Sequence[Value], name: str = "") -> str:
    first = name or next((value.name for value in values if value.main), "")
    found = [mean_worth(first, corpus) for corpus in CORPORA]
    return " ".join(shown(each) or "–" for each in found) if any(found) else ""


def _models(name: str) -> list[Table]:
    """Return the table of the catalog's models for a metric that computes with models of one kind."""
    kind = getattr(REGISTRY[name], "model_kind", None)
    known = [model for model in catalog().values() if kind and model.kind == kind]
    if not known:
        return []
    rows = tuple(
        Row(
            (
                model.name,
                f"{model.parameters / 1e6:.0f} M",
                model.licence,
                broken(", ".join(model.languages), LANGUAGES),
                broken("; ".join(filter(None, (model.description, model.accuracy, model.notes))), ABOUT),
            )
        )
        for model in known
    )
    notes = (
        f"name one as {name},model=NAME; a folder and a hub id (OWNER/NAME) are models, too",
        f"whether a checkpoint is wired right: sumbench metrics check {name},model=…",
    )
    titles = columns("model", "size", "licence", "languages", "what, published accuracy")
    return [Table("models", titles, (Section("", rows),), notes)]


def _place(value: Value) -> str:
    """Return the table in which readers see a value."""
    return (value.table or "result table") if value.main else "none"


def _values(name: str) -> Sequence[Value]:
    """Return what a metric yields under the options with which it is listed; nothing where it cannot be built so."""
    try:
        return list(listed_metric(name).values())
    except UsageError:
        # What is wrong stands beside it.
        return []


def _in_short(values: Sequence[Value]) -> str:
    main = [value for value in values if value.main]
    behind = {value.name: " ".join(filter(None, (unit(value), _SIGNS[value.direction]))) for value in main}
    shown = ", ".join(f"{name} ({said})" if said else name for name, said in behind.items())
    return f"{shown}; and {len(values) - len(main)} more" if len(values) > len(main) else shown


def _broken_at_plus(options: str) -> str:
    return broken(options.replace("+", "+ "), OPTIONS).replace("+ ", "+")


def _needs(name: str) -> str:
    """Return what a metric needs under its default options, and whether its scores cost so much that they are kept."""
    try:
        metric = listed_metric(name)
    except UsageError:
        # It has options without a default, or is broken: the class says what it needs, if it can.
        try:
            metric = REGISTRY[name]
        except UsageError:
            return ""
    needs = metric.needs
    if not isinstance(needs, Needs):
        return "depends on its options"
    named = {
        "references": needs.references,
        "documents": needs.source,
        "a device": needs.device,
        "a service": needs.service,
    }
    said = ", ".join(what for what, there in named.items() if there) or "summaries alone"
    return f"{said}; costly: scores are kept" if metric.costly else said
