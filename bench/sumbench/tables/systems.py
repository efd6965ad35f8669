"""The tables of `sumbench systems`: systems with their options, and the checkpoints of the catalog."""

from collections.abc import Iterable
from collections.abc import Mapping

from sumbench.systems import REGISTRY
from sumbench.systems.naming import FAMILIES
from sumbench.tables.listings import describe_name
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.tables.options import broken
from sumbench.tables.options import columns
from sumbench.tables.options import option_table
from sumbench.tables.options import options_in_short
from sumbench.weights.catalog import HubSource
from sumbench.weights.catalog import Model
from sumbench.weights.catalog import ModelKind

KINDS: Mapping[ModelKind, str] = {"seq2seq": "run by seq2seq", "causal": "run by causal", "embedding": "run by minilm"}
"""Headings of the checkpoints, by the kind of model: the systems whose options they take."""

BILLION = 999_500_000
"""From here on, a model's size is said in billions."""

WHAT, OPTIONS, LICENCE, CORPORA = 32, 40, 15, 28
"""Widths in characters to which long cells are broken, so that the tables fit 100 columns."""


def systems_table() -> Table:
    """Return the table of the systems: name, what it does, its options with their defaults."""
    rows = tuple(
        Row(
            (
                name,
                broken(describe_name(REGISTRY, name), WHAT),
                broken(options_in_short(REGISTRY, name), OPTIONS),
            )
        )
        for name in REGISTRY
    )
    notes = (
        "name one as NAME[,key=value…], for example lead,sentences=2",
        "checkpoints (below) are names, too: bart-large-cnn,long=chunk; any other: causal,model=…",
        "a table calls a model by its name, with options where they tell rows apart; or by as=LABEL",
        "more of one, or of a checkpoint: sumbench systems NAME",
        *REGISTRY.overruled(),
    )
    return Table("systems", columns("system", "what", "options"), (Section("", tuple(rows)),), notes)


def checkpoints_table(models: Iterable[Model]) -> Table:
    """Return the table of a catalog's checkpoints: size, input limit, licence, and what they were trained on."""
    known = list(models)
    columns = (
        Column("checkpoint", "checkpoint"),
        Column("parameters", "parameters"),
        Column("reads", "reads", 0),
        Column("licence", "licence"),
        Column("trained_on", "trained on"),
    )
    sections = tuple(
        Section(title, tuple(_listed(model) for model in known if model.kind == kind))
        for kind, title in KINDS.items()
        if any(model.kind == kind for model in known)
    )
    guarded = sorted({model.licence for model in known if model.terms})
    notes = ["each is a system's name: sumbench run --systems lead,bart-large-cnn,qwen3-0.6b"]
    notes += ["reads: the most tokens of input"]
    notes += ["trained on: the corpora that are known, by the names of their presets"]
    notes += [f"licences to be accepted first: {', '.join(guarded)} (sumbench weights)"] if guarded else []
    return Table("checkpoints", columns, sections, tuple(notes))


def system_table(name: str) -> Table:
    """Return the table of one system's options, with all that its description says under it."""
    return option_table(REGISTRY, name)


def checkpoint_table(model: Model, *, at_hand: bool, accepted: bool) -> Table:
    """Return the table of all that is known about a checkpoint of the catalog."""
    family = FAMILIES[model.kind]
    use = model.name if family == model.name else f"{model.name}, with the options of {family} (below)"
    licence = model.licence
    if model.terms:
        licence += f", {'accepted' if accepted else 'to be accepted first'}: {model.terms}"
    facts = [
        ("what", model.description),
        ("system", use),
        ("parameters", f"{model.parameters:,}"),
        ("download", f"{model.download / 1e6:,.0f} MB"),
        ("kept", f"{model.kept / 1e6:,.0f} MB"),
        ("at hand", "yes" if at_hand else f"no: sumbench weights pull {model.name}"),
        ("reads", f"{model.input_limit:,} tokens" if model.input_limit else "what its configuration says"),
        ("before the text", repr(model.prefix) if model.prefix else ""),
        ("decoding", _settings(model) if model.kind == "seq2seq" else ""),
        ("trained on", ", ".join(model.trained_on) or "not known"),
        ("licence", licence),
        *((f"source {number}", str(source)) for number, source in enumerate(model.sources, start=1)),
        ("revision", _revision(model)),
        ("page", model.homepage),
    ]
    rows = tuple(Row((key, broken(value, 78))) for key, value in facts if value)
    return Table(f"checkpoints: {model.name}", columns("checkpoint", model.name), (Section("", rows),))


def _listed(model: Model) -> Row:
    billions = model.parameters >= BILLION
    size = f"{model.parameters / 1e9:.1f} B" if billions else f"{model.parameters / 1e6:.0f} M"
    trained_on = broken(", ".join(model.trained_on), CORPORA)
    return Row((model.name, size, model.input_limit or None, broken(model.licence, LICENCE), trained_on))


def _settings(model: Model) -> str:
    return ", ".join(f"{key}={value}" for key, value in model.settings.items()) or "as the checkpoint ships"


def _revision(model: Model) -> str:
    """Return which commits of the hub are meant, or what makes that matter nothing."""
    if model.pinned:
        return "of no matter: every file is verified by its sha256"
    pinned = [source.revision for source in model.sources if isinstance(source, HubSource) and source.revision]
    return ", ".join(pinned) or "the newest when it is first fetched; the store records it"
