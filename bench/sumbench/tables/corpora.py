"""The tables about one corpus: the facts of a preset, and the findings of a check."""

from collections import Counter
from collections.abc import Iterable

from sumbench.corpus import SHIPPED
from sumbench.corpus import Preset
from sumbench.corpus import open_source
from sumbench.corpus.check import CorpusReport
from sumbench.corpus.check import Spread
from sumbench.corpus.check import check_documents
from sumbench.stats.phrases import count
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table

_SHOWN = 5


def preset_table(entry: Preset) -> Table:
    """Return the table of what is known about a preset."""
    facts = [
        ("what", entry.what),
        ("from", f"hub:{entry.hub}" if entry.hub else entry.get),
        *((key, value) for key, value in entry.options.items()),
        ("configurations", entry.configs),
        ("languages", ", ".join(f"{name} ({code})" for name, code in entry.languages.items())),
        ("rows", ", ".join(f"{split} {size:,}" for split, size in entry.sizes.items())),
        ("licence", entry.licence),
        ("paper", entry.paper),
        ("checked against", entry.checked or "nothing: these facts are from memory"),
    ]
    rows = tuple(Row((key, value)) for key, value in facts if value)
    notes = tuple(f"beware: {line}" for line in entry.pitfalls)
    return Table(
        f"corpora: {entry.name}", (Column("key", "preset"), Column("value", entry.name)), (Section("", rows),), notes
    )


def shipped_table(name: str) -> Table:
    """Return the table of a corpus that ships: what a check finds, its licence, and the languages of its articles."""
    documents = tuple(open_source(name).documents)
    languages = Counter(document.language for document in documents)
    stated = ", ".join(f"{code} {number}" for code, number in sorted(languages.items()))
    facts = (f"languages, as its articles say them: {stated}", f"licence: {SHIPPED[name].licence}")
    return check_table(name, check_documents(documents), facts)


def check_table(name: str, report: CorpusReport, notes: Iterable[str] = ()) -> Table:
    """Return the table of what a check found: counts and lengths, then the problems, with the rows named.

    `notes` are of the corpus' reading.
    """
    columns = (
        Column("what", "words"),
        Column("least", "least", 0),
        Column("median", "median", 0),
        Column("mean", "mean", 1),
        Column("most", "most", 0),
    )
    spreads = [
        ("document", report.document_words),
        ("reference", report.reference_words),
        ("reference, in sentences", report.reference_sentences),
    ]
    rows = tuple(Row((what, *spread)) for what, spread in spreads if isinstance(spread, Spread))
    title = f"{name}: {count(report.documents, 'document')}"
    return Table(title, columns, (Section("", rows),), (*_notes(report), *notes))


def _notes(report: CorpusReport) -> Iterable[str]:
    for number, documents in report.references.items():
        yield f"{count(number, 'reference')}: {count(documents, 'document')}"
    if report.extractive is not None:
        yield f"extractive share: {report.extractive:.1%} of the references' word pairs stand in their documents"
    if report.languages:
        guesses = ", ".join(f"{code or 'unclear'} {number}" for code, number in report.languages.items())
        yield f"language, as a guess: {guesses}"
    for finding in report.findings:
        if len(finding.where) == report.documents > _SHOWN:
            yield f"{finding.what}: all {report.documents}"
            continue
        more = f"; and {len(finding.where) - _SHOWN} more" if len(finding.where) > _SHOWN else ""
        yield f"{finding.what}: {len(finding.where)}: {'; '.join(finding.where[:_SHOWN])}{more}"
    if not report.findings:
        yield "nothing amiss"
