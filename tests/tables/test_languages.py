"""Tables by language: of a run in several, and of what is known of each."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from sumbench.corpus import open_corpus
from sumbench.jobs.compare import CompareRequest
from sumbench.jobs.compare import compare
from sumbench.jobs.outputs import ScoreRequest
from sumbench.jobs.score import score
from sumbench.rouge import RougeError
from sumbench.rouge import language_tokenizer
from sumbench.stats import Group
from sumbench.stats import by_language
from sumbench.tables import language_facts
from sumbench.tables import markdown
from sumbench.tables.languages import known_table
from sumbench.tables.languages import language_tables
from sumbench.weights import Store

ROOT = Path(__file__).parents[2]
CHOSEN = [document for document in open_corpus("languages").documents if document.language in {"de", "ja"}]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """Two made-up systems scored on the German and the Japanese articles: the run's folder, and what finishing made."""
    folder = tmp_path_factory.mktemp("runs") / "scored"
    outputs = {
        "first": [document.text.partition("\n")[0] for document in CHOSEN],
        "last": [document.text.rpartition("\n")[2] for document in CHOSEN],
    }
    rows = [
        {"id": each.id, "document": each.text, "reference": list(each.references), "language": each.language}
        for each in CHOSEN
    ]
    _, finished = score(ScoreRequest(rows, outputs), Store(Path("nowhere"), offline=True), folder)
    return SimpleNamespace(folder=folder, finished=finished)


def test_a_run_in_several_languages_says_how_it_did_in_each(run: SimpleNamespace) -> None:
    """Below the results stand the ranking value by language, without intervals and saying so, in table.md too."""
    (table,) = [each for each in run.finished.table.further if "by language" in each.title]
    assert "ROUGE-2 by language, means without intervals" in table.title
    rows = {row.cells[0]: row.cells for section in table.sections for row in section.rows}
    assert list(rows) == ["de German", "ja Japanese"]
    assert rows["de German"][1] == 2
    place = [column.key for column in table.columns].index("first")
    scores = run.finished.run.scores.where(metric=["rouge2"])
    german = [
        each.value
        for each in scores
        if each.system == "first" and each.document in {"de-balcony-panels", "de-indoor-pool"}
    ]
    assert rows["de German"][place] == pytest.approx(100 * sum(german) / 2)
    assert "no intervals and no tests: with 2 documents a language" in table.notes[0]
    assert "ROUGE-2 by language" in (run.folder / "table.md").read_text("utf-8")


def test_a_run_says_what_was_done_in_each_language(run: SimpleNamespace) -> None:
    """Words and stems are those of the run's signature; what `support` cannot see, and Flesch lacks, is named."""
    table = run.finished.table.further[-1]
    assert [column.key for column in table.columns] == ["language", "words", "stemmer", "unseen", "flesch"]
    assert [row.cells for section in table.sections for row in section.rows] == [
        ("de German", "unicode", "snowball-german", "names", "yes"),
        ("ja Japanese", "unicode", "none", "numbers in words, months, names", "–"),
    ]
    assert "ja: signs of Han and Hiragana are compared one by one, Katakana in words" in table.notes


def test_a_dictionary_that_is_not_installed_is_said(run: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A note says for which languages the extra is missing, and how to get it."""

    def lacking(language: str, *, tok: str = "default") -> object:
        if tok == "words":
            raise RougeError("not installed")
        return language_tokenizer(language, tok=tok)

    monkeypatch.setattr(language_facts, "language_tokenizer", lacking)
    manifest = run.finished.run.manifest
    analysis = SimpleNamespace(ranking=lambda _: [])
    groups = (Group("de", (0, 1)), Group("ja", (2, 3)))
    table = list(language_tables(manifest, analysis, (), groups))[-1]  # type: ignore[arg-type]
    assert any("tok=words (not installed for ja: pip install 'sumbench[words]')" in note for note in table.notes)


def test_lists_of_the_systems_that_ran_are_named(run: SimpleNamespace) -> None:
    """Classic systems lack stems or stop words in some languages, and a model of English is called one."""
    manifest = run.finished.run.manifest
    entry = manifest.systems[0]
    luhn = replace(entry, name="luhn", fingerprint={"module": "sumbench.systems.classic", "options": {}})
    minilm = replace(entry, name="minilm", fingerprint={"module": "m", "options": {"model": "minilm"}})
    analysis = SimpleNamespace(ranking=lambda _: [])
    groups = tuple(Group(code, (at,)) for at, code in enumerate(("de", "hi", "ja")))
    table = list(language_tables(replace(manifest, systems=(luhn, minilm)), analysis, (), groups))[-1]  # type: ignore[arg-type]
    keys = [column.key for column in table.columns]
    stems, stops = keys.index("classic_stems"), keys.index("stop_words")
    rows = [row.cells for section in table.sections for row in section.rows]
    assert [row[stems] for row in rows] == ["yes", "–", "–"]
    assert [row[stops] for row in rows[:2]] == ["129", "–"]
    assert any("luhn, with sumy's lists: no stems in hi, ja" in note for note in table.notes)
    assert "minilm: its model was trained on English alone: de, hi, ja are foreign to it" in table.notes


def test_a_run_in_one_language_has_no_such_tables(tmp_path: Path) -> None:
    """There is nothing to break down."""
    rows = [{"id": "a", "document": "A text. It ends.", "reference": "A text.", "language": "en"}]
    request = ScoreRequest(rows, {"s": ["A text."]})
    _, finished = score(request, Store(Path("nowhere"), offline=True), tmp_path / "run")
    assert not [each for each in finished.table.further if "language" in each.title]


def test_compare_breaks_a_run_down_by_language(run: SimpleNamespace) -> None:
    """`--by language` takes the documents' own language, whatever their metadata."""
    tables = compare(CompareRequest((str(run.folder),), metrics=("rouge2", "rougeL"), by="language")).tables
    assert [table.title for table in tables] == ["ROUGE-2 by language", "ROUGE-L by language"]
    assert [column.key for column in tables[0].columns] == ["system", "all", "de", "ja"]
    assert tables[0].notes[0] == "de: 2 documents; ja: 2 documents"


def test_documents_are_grouped_by_language() -> None:
    """In alphabetical order; one without a language comes last."""
    assert by_language(("ru", "", "de", "ru")) == (Group("de", (2,)), Group("ru", (0, 3)), Group("(none)", (1,)))


def test_the_documentation_has_the_codes_own_lists() -> None:
    """The table of docs/languages.md is what the registries of tokenizers, systems and metrics give."""
    table = known_table(language_facts.known_languages())
    made = [line for line in markdown.render(table).splitlines() if line.startswith("|")]
    written = (ROOT / "docs" / "languages.md").read_text("utf-8").splitlines()
    assert [line for line in written if line.startswith("|")] == made
