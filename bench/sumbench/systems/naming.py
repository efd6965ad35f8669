"""Names of systems: catalog checkpoints in specs, and what each system of a run is called in tables.

A system that runs a model is called by the model, one that reads outputs by their file; options stand behind that
only where they tell systems of the run apart. Names follow from the run's own list of systems and nothing else, so
that a run that is resumed or repeated has the same ones.
"""

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sumbench.corpus.compressed import base_name
from sumbench.errors import UsageError
from sumbench.options import options
from sumbench.plugins import join_options
from sumbench.plugins import split_options
from sumbench.spec_text import quoted
from sumbench.specs import ParsedSpec
from sumbench.specs import parse
from sumbench.systems.registry import REGISTRY
from sumbench.systems.registry import RESERVED
from sumbench.weights.catalog import ModelKind
from sumbench.weights.catalog import catalog
from sumbench.weights.catalog import find_model

MODEL, PATH = "model", "path"

FAMILIES: Mapping[ModelKind, str] = {"causal": "causal", "seq2seq": "seq2seq", "embedding": "minilm"}
"""The system that runs the catalog's models of each kind."""

LOCAL, ENDPOINT, OUTPUTS = frozenset(FAMILIES.values()), "endpoint", "outputs"

UNNAMED = frozenset({"samples"})
"""Options that are no part of a name: how many draws are made of a document changes no draw."""


@dataclass(frozen=True)
class _Subject:
    """What a system is named by.

    `identity` is the same for systems of the same model or file, whose options tell them apart. `names` are those that
    mean nothing else to the command line, the shortest first; the last one is like no name of another subject. A name
    that was written `exactly` so is its own before it is anything's in short.
    """

    identity: tuple[str, ...]
    names: tuple[str, ...]
    exactly: str = ""


def parse_system(spec: str) -> ParsedSpec:
    """Take a system's spec apart; a checkpoint of the catalog stands for the system that runs it, with its `model`.

    Raises UsageError for an unknown name or option, and for a label that is another thing's name.
    """
    name, pairs = split_options(spec.strip())
    model = None if name in REGISTRY.targets else catalog().get(name)
    if model is not None:
        family = FAMILIES.get(model.kind)
        if family is None:
            raise UsageError(f"{name} is a model that checks summaries, and no system: sumbench metrics lists what for")
        if any(pair.startswith(f"{MODEL}=") for pair in pairs):
            raise UsageError(f"system {name} is a model: leave out {MODEL}=, or write {family},{MODEL}=…")
        spec = join_options(family, [f"{MODEL}={quoted(name)}", *pairs])
    return parse(REGISTRY, spec, reserved={RESERVED})


def described_system(spec: str) -> tuple[str, str]:
    """Return the registered name of the system that `spec` means, and what the catalog says of its model ("" for none).

    Raises UsageError as `parse_system` does.
    """
    parsed = parse_system(spec)
    model = catalog().get(parsed.given(MODEL) or "")
    return parsed.name, model.description if model else ""


def system_names(specs: Sequence[ParsedSpec], others: Collection[str] = ()) -> list[str]:
    """Return the name of each system of a run; `others` are the names of the run's systems that have no spec.

    A label is the name. Else a system is called by its model (of a hub id or a folder the last part, where that is
    unambiguous) or its file of outputs; behind that stand the options in which systems of the same model differ. Any
    other system is called by what was written. Raises UsageError for systems that would have the same name.
    """
    subjects = [None if spec.label else _subject(spec) for spec in specs]
    written = [spec.named(UNNAMED) for spec in specs]
    taken = {*others, *(name for name, subject in zip(written, subjects, strict=True) if subject is None)}
    known = [subject for subject in subjects if subject is not None]
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for number, subject in enumerate(subjects):
        if subject is not None:
            groups[_name(subject, known, taken)].append(number)
    names = list(written)
    for name, members in groups.items():
        for number, behind in zip(members, _distinctions([specs[each] for each in members]), strict=True):
            names[number] = ",".join((name, *behind))
    every = [*others, *names]
    twice = next((name for index, name in enumerate(every) if name in every[:index]), None)
    if twice is not None:
        raise UsageError(f"system {twice!r} is named twice: once will do, or give one another name with as=LABEL")
    return names


def _subject(spec: ParsedSpec) -> _Subject | None:
    """Return what a system is named by; None for one that is named by what was written."""
    if spec.name in {*LOCAL, ENDPOINT}:
        model = spec.given(MODEL) or str(options(spec.cls)[MODEL].default)
        known = find_model(model) if spec.name in LOCAL else None
        names = _free(_last_part(model), model, own=known.name if known else "")
        return _Subject((spec.name, model), (*names, f"{spec.name},{MODEL}={quoted(model)}"), model)
    if spec.name == OUTPUTS and (path := spec.given(PATH)):
        system, column = spec.given("system") or "", spec.given("column") or ""
        told = [f"{key}={text}" for key, text in spec.options if key in {PATH, "system", "column"}]
        names = _free(system or column or base_name(Path(path)))
        return _Subject((spec.name, path, system, column), (*names, join_options(spec.name, told)))
    return None


def _free(*names: str, own: str = "") -> tuple[str, ...]:
    """Return those of the names that mean nothing else to the command line; `own` is the model's in the catalog.

    Names of plug-ins count as free: what is installed beside sumbench changes no name.
    """
    others = {"", RESERVED, *REGISTRY.targets, *catalog()} - {own}
    return tuple(dict.fromkeys(name for name in names if name not in others))


def _last_part(model: str) -> str:
    """Return a hub id without its owner, or the last folder of a path; a revision stays behind it."""
    repository, at, revision = model.partition("@")
    return f"{repository.rstrip('/').rpartition('/')[2]}{at}{revision}"


def _name(subject: _Subject, known: Sequence[_Subject], taken: Collection[str]) -> str:
    """Return the shortest name of a subject that may mean no other one, and nothing that is `taken`."""
    others = [other for other in known if other.identity != subject.identity]

    def free(name: str) -> bool:
        rivals = [other for other in others if name in other.names]
        own = name == subject.exactly and all(name != other.exactly for other in rivals)
        return name not in taken and (own or not rivals)

    return next(filter(free, subject.names), subject.names[-1])


def _distinctions(specs: Sequence[ParsedSpec]) -> list[list[str]]:
    """Return for each of the systems with one name the options, as written, that not all of them have."""
    hidden = {*UNNAMED, MODEL}
    given = [[f"{key}={text}" for key, text in spec.options if key not in hidden] for spec in specs]
    shared = set.intersection(*map(set, given))
    return [[pair for pair in pairs if pair not in shared] for pairs in given]
