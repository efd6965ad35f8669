"""Opens a corpus by name: a shipped corpus, a preset, a folder, a table or a data set of the hub."""

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sumbench.corpus import duplicates
from sumbench.corpus import folder
from sumbench.corpus import hub
from sumbench.corpus import plugin
from sumbench.corpus import rows
from sumbench.corpus import run_folder
from sumbench.corpus import spec as specs
from sumbench.corpus.conventions import SPLIT
from sumbench.corpus.corpus import Corpus
from sumbench.corpus.languages import CorpusLanguages
from sumbench.corpus.languages import with_languages
from sumbench.corpus.notes import ReadingNotes
from sumbench.corpus.pipes import is_pipe
from sumbench.corpus.presets import Preset
from sumbench.corpus.presets import preset_name
from sumbench.corpus.presets import presets
from sumbench.corpus.remote import RemoteCorpus
from sumbench.corpus.remote import find_remote
from sumbench.corpus.selection import Selection
from sumbench.corpus.shipped import SHIPPED
from sumbench.corpus.shipped import ShippedCorpus
from sumbench.corpus.source import Source
from sumbench.corpus.spec import HUB_PREFIX
from sumbench.corpus.spec import Spec
from sumbench.corpus.spec import with_columns
from sumbench.errors import CorpusError
from sumbench.errors import UsageError
from sumbench.languages import ENGLISH
from sumbench.records import Document
from sumbench.registry import unknown
from sumbench.storage import is_address
from sumbench.storage import local_copy
from sumbench.storage.address import redacted

__all__ = [
    "SHIPPED",
    "Corpus",
    "Preset",
    "RemoteCorpus",
    "Selection",
    "ShippedCorpus",
    "Source",
    "find_remote",
    "open_corpus",
    "open_source",
    "preset_name",
    "presets",
    "with_columns",
]

Check = Callable[[Sequence[Document]], None]
"""Raises CorpusError for documents that something cannot work with."""


def open_corpus(
    name: str,
    selection: Selection | None = None,
    full_corpus_checks: Sequence[Check] = (),
    *,
    offline: bool = False,
) -> Corpus:
    """Read the corpus that `name` means, or what the selection leaves of it.

    `name` is a preset, a folder of articles, a table (also a pattern for tables, a folder of a table's parts, a pipe),
    the folder of a run, whose documents are taken, `hub:NAME`, or a plug-in's corpus, with options behind it
    (`NAME[,key=value…]`). A path wins over a preset or plug-in of the same name only when it is written as one
    (`./references`). Where the selection takes a part, the `full_corpus_checks` see all documents first; if one fails
    on all of them, it is tried on the selected part alone. `offline` fetches nothing from the hub. Raises CorpusError
    for what cannot be read, UsageError for invalid options.
    """
    source = open_source(name, offline=offline)
    selection = selection or Selection()
    checks = full_corpus_checks if selection != Selection(seed=selection.seed) else ()
    if checks or selection.by_language:
        whole, guesses = with_languages(source.documents)
        selected = selection.apply(whole, len(whole))
        documents = selected.documents
        for check in checks:
            _pass(check, whole, documents)
    else:
        languages = CorpusLanguages()
        selected = selection.apply(languages.observed(source.documents), source.total, remote=source.remote)
        documents, guesses = languages.settle(selected.documents)
    notes = (*selected.notes, *source.notes, duplicates.duplicates_note(documents))
    return Corpus(source.name, documents, source.spec, tuple(filter(None, notes)), guesses)


def _pass(check: Check, documents: Sequence[Document], part: Sequence[Document]) -> None:
    try:
        check(documents)
    except CorpusError as error:
        try:
            check(part)
        except CorpusError:
            raise error from None


def open_source(name: str, *, strict: bool = True, offline: bool = False) -> Source:
    """Open the corpus that `name` means; documents are read only when the source is iterated.

    References of tables and of the hub's data sets that have no line breaks are split into sentences, unless preset
    or options say how their sentences are separated. Without `strict`, documents and references may be missing or
    empty. `offline` fetches nothing from the hub.
    """
    spec = specs.parse_spec(name)
    if is_address(spec.name):
        opened = open_source(str(replace(spec, name=str(local_copy(spec.name)))), strict=strict)
        # What is recorded opens it anywhere, and holds no secret.
        return replace(opened, spec=redacted(str(spec)))
    if spec.name in SHIPPED:
        return _shipped(spec, SHIPPED[spec.name])
    if spec.name in presets():
        return _preset(spec, presets()[spec.name], strict=strict, offline=offline)
    if spec.name.startswith(HUB_PREFIX):
        return hub.open_dataset(spec, spec.reader(sentences=SPLIT, strict=strict), offline=offline)
    if spec.name in plugin.REGISTRY:
        return plugin.opened(spec, strict=strict)
    return _path(name, spec, strict=strict)


def _path(name: str, spec: Spec, *, strict: bool) -> Source:
    """Open a run's folder, a table or a folder of articles; raise CorpusError for what is none."""
    path = Path(spec.name).expanduser()
    if run_folder.is_run(spec.name):
        spec.refuse_options("a run's folder")
        return run_folder.open_run(spec.name, needs_text=strict)
    if rows.is_table(spec.name):
        return _table(spec, strict=strict)
    if path.is_dir():
        spec.refuse_options("a folder of articles", "language")
        notes = tuple(map(_not_read, folder.inner_corpora(path)))
        return Source(path.resolve().name, folder.read_folder(path, spec.language), str(spec), notes=notes)
    if path.exists() or is_pipe(path):
        raise CorpusError(f"{name}: is neither a folder of articles nor a table: known are {rows.KNOWN_FORMATS}")
    if path.suffix:
        raise CorpusError(f"{name}: no such file")
    if path.parent == Path():
        known = [*SHIPPED, *presets(), *plugin.REGISTRY]
        raise CorpusError(str(unknown("corpus or folder", spec.name, known, listed_by="sumbench corpora")))
    raise CorpusError(f"{name}: no such folder")


def _shipped(spec: Spec, corpus: ShippedCorpus) -> Source:
    if "language" in spec.options:
        theirs = "are in English" if corpus.language == ENGLISH else "say their languages"
        raise UsageError(f"corpus {spec}: its articles {theirs}: leave out language=…")
    spec.refuse_options("a folder of articles")
    return Source(spec.name, folder.read_folder(corpus.path, corpus.language), str(spec))


def _not_read(inner: Path) -> str:
    return f"not read: {inner.name}, a corpus of its own: --corpus {inner} reads it"


def _table(spec: Spec, *, strict: bool) -> Source:
    reader = spec.table_reader(sentences=SPLIT, strict=strict)
    notes = ReadingNotes()
    documents = reader.documents(rows.read_rows(spec.name, notes))
    return Source(rows.table_name(spec.name), documents, str(spec), notes=notes)


def _preset(spec: Spec, preset: Preset, *, strict: bool, offline: bool) -> Source:
    if not preset.hub and "path" not in spec.options:
        raise CorpusError(f"{preset.name}: is not on the hub: {preset.get}")
    options = {**preset.options, **spec.options}
    if preset.languages:
        config = options.get("config", "")
        if config not in preset.languages:
            known = ", ".join(preset.languages)
            raise UsageError(f"corpus {spec}: say which language with config=…: there are {known}")
        options.setdefault("language", preset.languages[config])
    full = Spec(HUB_PREFIX + (preset.hub or preset.name), options)
    reader, copy = full.reader(sentences=SPLIT, strict=strict), f"{preset.name},path=DIR"
    source = hub.open_dataset(full, reader, copy=copy, offline=offline)
    found = specs.parse_spec(source.spec).options
    pinned = {key: found[key] for key in ("folder", "revision", "split") if key in found}
    return replace(source, name=preset.label(spec.options), spec=str(Spec(preset.name, {**spec.options, **pinned})))
