"""The tables of a run in several languages: its scores by language, and what is done with texts of each."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence

from sumbench.languages import ENGLISH
from sumbench.languages import english_name
from sumbench.manifest import Manifest
from sumbench.manifest import Value
from sumbench.metrics.model_metric import ENGLISH_MODELS
from sumbench.rouge.tokens import UNICODE
from sumbench.stats import Analysis
from sumbench.stats import Group
from sumbench.stats import GroupMeans
from sumbench.stats.intervals import FEWEST_UNITS
from sumbench.stats.phrases import count
from sumbench.systems.classic import Classic
from sumbench.tables.language_facts import LanguageFacts
from sumbench.tables.language_facts import language_facts
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.tables.notes import NAMES
from sumbench.tables.values import scaled

LIBRARY = "sumbench[words]"
_YES_OR_NO = {True: "yes", False: "–"}
_ROLES = ("ranked", "floor", "ceiling")


def language_tables(
    record: Manifest, analysis: Analysis, means: Sequence[GroupMeans], groups: Sequence[Group]
) -> Iterator[Table]:
    """Yield the means of the value that ranks by language, then what was done with texts of each language.

    `means` are those of the systems within `groups`, the documents of each language.
    """
    value = record.values.get(record.ranked_by)
    if value is not None:
        yield _scores(record, analysis, value, means, groups)
    yield _done(record, [group.label for group in groups])


def _scores(
    record: Manifest, analysis: Analysis, value: Value, means: Sequence[GroupMeans], groups: Sequence[Group]
) -> Table:
    by_system = {each.system: each.groups for each in means}
    ranking = [row for row in analysis.ranking(value.name) if row.system in by_system]
    systems = [row.system for role in _ROLES for row in ranking if row.role == role]
    columns = (
        Column("language", "language"),
        Column("documents", "documents", 0),
        *(Column(system, NAMES.get(system, system), value.decimals) for system in systems),
    )
    rows = tuple(
        Row(
            (
                _named(group.label),
                group.documents,
                *(scaled(by_system[system][place], value) for system in systems),
            )
        )
        for place, group in enumerate(groups)
    )
    notes = (_on_intervals(groups), _INCOMPARABLE)
    title = f"{record.corpus.name}: {value.title} by language, means without intervals"
    return Table(title, columns, (Section("", rows),), notes)


_INCOMPARABLE = (
    "read along the rows: words and stems differ from language to language, so a figure of one is no measure of another"
)


def _on_intervals(groups: Sequence[Group]) -> str:
    """Say that the means have no intervals, and what it would take."""
    few = [group for group in groups if group.documents < FEWEST_UNITS]
    if not few:
        return "means alone: a run of one language (--filter language=CODE) has intervals and tests"
    sizes = sorted({group.documents for group in few})
    each = count(sizes[0], "document") if len(sizes) == 1 else f"{sizes[0]} to {count(sizes[-1], 'document')}"
    of = "a language" if len(few) == len(groups) else f"in {', '.join(group.label for group in few)}"
    return (
        f"means alone, no intervals and no tests: with {each} {of} they would say nothing ({FEWEST_UNITS} documents "
        "are the fewest for an interval); no system can be called better in one language by these figures"
    )


def _done(record: Manifest, codes: Sequence[str]) -> Table:
    facts = [language_facts(code) for code in codes]
    found = [_words_and_stems(record, each) for each in facts]
    classic = [entry.name for entry in record.systems if entry.fingerprint.get("module") == Classic.__module__]
    values = {value.name for metric in record.metrics for value in metric.values}
    columns = [Column("language", "language")]
    cells = [[_named(code)] for code in codes]

    def add(key: str, title: str, texts: Sequence[str]) -> None:
        columns.append(Column(key, title))
        for row, text in zip(cells, texts, strict=True):
            row.append(text)

    if all(found):
        title = record.values[record.ranked_by].title
        add("words", f"words of {title}", [words for words, _ in filter(None, found)])
        add("stemmer", f"stems of {title}", [stems for _, stems in filter(None, found)])
    if classic:
        add("classic_stems", "stems of classics", [_YES_OR_NO[each.stems] for each in facts])
        add("stop_words", "stop words", [str(each.stop_words or "–") for each in facts])
    if "unsupported" in values:
        add("unseen", "not seen by support", [", ".join(each.unseen) or "–" for each in facts])
    if "flesch" in values:
        add("flesch", "Flesch ease", [_YES_OR_NO[each.flesch] for each in facts])
    rows = tuple(Row(tuple(row)) for row in cells)
    notes = tuple(_on_methods(record, facts, classic))
    return Table(f"{record.corpus.name}: what is done in each language", tuple(columns), (Section("", rows),), notes)


def _on_methods(record: Manifest, facts: Sequence[LanguageFacts], classic: Sequence[str]) -> Iterator[str]:
    yield "sentences: sentencex in every language; `unicode` words are those of UAX #29, case folded"
    if signs := [each.code for each in facts if each.by_characters and each.tokenizer.words == UNICODE]:
        yield f"{', '.join(signs)}: signs of Han and Hiragana are compared one by one, Katakana in words"
    used = record.signatures.get(record.ranked_by, "")
    if unused := [each for each in facts if each.dictionary and each.dictionary not in used]:
        lacking = [each.code for each in unused if each.dictionary_tokenizer is None]
        needs = f" (not installed for {', '.join(lacking)}: pip install '{LIBRARY}')" if lacking else ""
        codes = ", ".join(each.code for each in unused)
        yield f"a dictionary finds the words of {codes} with --metrics rouge,tok=words{needs}"
    if classic:
        unstemmed = [each.code for each in facts if not each.stems]
        unlisted = [each.code for each in facts if not each.stop_words]
        parts = [f"no stems in {', '.join(unstemmed)} (each form is a word of its own)"] if unstemmed else []
        parts += [f"no stop words in {', '.join(unlisted)} (frequent words count like all)"] if unlisted else []
        if parts:
            yield f"{', '.join(classic)}, with sumy's lists: {'; '.join(parts)}"
    others = [each.code for each in facts if each.code != ENGLISH]
    for entry in record.systems:
        options = entry.fingerprint.get("options")
        if isinstance(options, Mapping) and options.get("model") in ENGLISH_MODELS and others:
            yield f"{entry.name}: its model was trained on English alone: {', '.join(others)} are foreign to it"


def _words_and_stems(record: Manifest, facts: LanguageFacts) -> tuple[str, str] | None:
    """Return the names of words and stemmer by which the ranking value reads a language; None where it has none.

    The signature names those of all languages together: a dictionary's stands there only where it was asked for.
    """
    settings = dict(
        part.split(":", 1) for part in record.signatures.get(record.ranked_by, "").split("|") if ":" in part
    )
    if not {"tok", "stem"} <= settings.keys():
        return None
    toks, stems = settings["tok"].split("+"), settings["stem"].split("+")
    likely = [each for each in (facts.dictionary_tokenizer, facts.tokenizer) if each is not None]
    words = next((each.tok for each in likely if each.tok in toks), settings["tok"])
    return words, facts.tokenizer.stemmer if facts.tokenizer.stemmer in stems else settings["stem"]


def _named(code: str) -> str:
    return f"{code} {english_name(code)}"


def known_table(codes: Sequence[str]) -> Table:
    """Return the table of what is done in each of some languages, whatever the run."""
    columns = (
        Column("language", "language"),
        Column("words", "words"),
        Column("stemmer", "stemmer"),
        Column("dictionary", "tok=words"),
        Column("classic_stems", "stems of classics"),
        Column("stop_words", "stop words"),
        Column("numbers", "numbers in words"),
        Column("months", "months"),
        Column("names", "names"),
        Column("flesch", "Flesch ease"),
    )
    rows = []
    for facts in map(language_facts, codes):
        marks = (facts.numbers, facts.months, facts.names, facts.flesch)
        rows.append(
            Row(
                (
                    _named(facts.code),
                    facts.tokenizer.words,
                    facts.tokenizer.stemmer,
                    facts.dictionary or "–",
                    _YES_OR_NO[facts.stems],
                    str(facts.stop_words or "–"),
                    *(_YES_OR_NO[mark] for mark in marks),
                )
            )
        )
    return Table("languages", columns, (Section("", tuple(rows)),))
