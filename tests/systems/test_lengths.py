"""Length budgets in words: what every family of systems makes of them, and where they come from."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sumbench import api
from sumbench.cli import main
from sumbench.corpus import open_corpus
from sumbench.errors import UsageError
from sumbench.length import Length
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.runs.store import read_run
from sumbench.sentences import split
from sumbench.sentences import words
from sumbench.systems import Context
from sumbench.systems import System
from sumbench.systems import build_system
from sumbench.systems import build_systems
from sumbench.systems.causal import Causal
from sumbench.systems.embedding import Embedding
from sumbench.systems.embedding import marginal_relevance
from sumbench.systems.endpoint import Endpoint
from sumbench.systems.seq2seq import Seq2Seq
from sumbench.weights import Store
from tests.generation import pairs
from tests.generation import tiny
from tests.systems import servers

pytestmark = pytest.mark.usefixtures("in_process")


EXTRACTIVE = ("lead", "random", "textrank", "lexrank", "lsa", "luhn", "sumbasic", "kl", "oracle")
SLOW = ("kl", "lsa")
"""Those that take a second or more over an article."""

ARTICLES = open_corpus("references").documents[:12]


def summarize(system: System, *documents: Document) -> list[Summary]:
    """Load the system on the processor and let it write; in the order of the documents."""
    context = Context(3, Store(Path("unused"), offline=True), "cpu")
    made = {summary.document: summary for summary in system.load(context)(documents)}
    return [made[document.id] for document in documents]


def text(system: System, document: Document) -> str:
    (summary,) = summarize(system, document)
    assert summary.error is None
    return summary.text


@pytest.mark.parametrize("name", EXTRACTIVE)
def test_extractive_systems_keep_to_a_budget_in_words(name: str) -> None:
    """On real articles: whole sentences, in their order, together within the budget, which they use."""
    used = []
    articles = ARTICLES[:3] if name in SLOW else ARTICLES
    for document, summary in zip(articles, summarize(build_system(f"{name},words=60"), *articles), strict=True):
        assert summary.error is None
        chosen, sentences = summary.text.split("\n"), split(document.text)
        # A sentence may come twice in an article: each that was chosen comes after the one before.
        rest = iter(sentences)
        assert all(sentence in rest for sentence in chosen)
        assert 0 < words(summary.text) <= 60
        used.append(words(summary.text))
    # Lead stops at the sentence that is too long, and the oracle where nothing is gained: the others fill the budget.
    assert np.mean(used) > (30 if name in {"lead", "oracle"} else 50)


@pytest.mark.parametrize("name", EXTRACTIVE)
def test_one_sentence_is_always_taken(name: str) -> None:
    """Where none is short enough, one that is too long is the summary, uncut; an article that fits is its own."""
    long = Document("long", "One two three four. Five six seven eight nine. One two three ten.", ("One two three.",))
    assert text(build_system(f"{name},words=2"), long) in split(long.text)
    assert text(build_system(f"{name},words=13"), long).split("\n") == split(long.text)


@pytest.mark.parametrize("name", ["textrank", "lexrank", "lsa", "sumbasic", "kl"])
def test_documents_of_very_many_sentences_are_refused_by_what_would_take_hours(name: str) -> None:
    """The error names both numbers; a document that is taken whole is not ranked, and is fine."""
    document = Document("long", "Rain fell. " * 20_000, ("Rain fell.",))
    (refused,) = summarize(build_system(name), document)
    assert "has 20,000 sentences" in str(refused.error)
    assert "takes at most" in str(refused.error)
    assert text(build_system(f"{name},sentences=1000000000000"), document).count("\n") == 19_999


@pytest.mark.parametrize("name", ["lead", "luhn", "random", "oracle"])
def test_extractive_systems_take_no_number_or_heading_for_a_sentence(name: str) -> None:
    """Three sentences of a numbered list under a heading are three of its items, with their numbers."""
    article = (
        "# Minutes\n\n1.\nThe mill on the river closed. 2. It rained on the town. (3)\nAll left the town. 4. It rained."
    )
    written = text(build_system(name), Document("d", article, ("The mill closed. It rained.",)))
    assert len(split(written)) == min(3, len(split(written)))
    assert split(text(build_system("lead"), Document("d", article, ()))) == [
        "# Minutes\n1. The mill on the river closed.",
        "2. It rained on the town.",
        "(3) All left the town.",
    ]


def test_budgets_in_words_hold_in_chinese() -> None:
    """Lead keeps whole sentences of at most so many characters together."""
    document = Document("d", "工厂昨天关闭了。下雨了。没有人来到这里。", ("工厂关闭了。",), language="zh")
    assert text(build_system("lead,words=12"), document) == "工厂昨天关闭了。\n下雨了。"
    (summary,) = summarize(build_system("lead,words=12"), document)
    assert (summary.input_tokens, summary.output_tokens) == (17, 10)


def test_lead_stops_and_the_others_go_on() -> None:
    """Lead ends before the first sentence that is too long; where sentences are ranked, the next best is tried."""
    document = Document(
        "d", "Rain fell. The council met on Monday for many hours. Snow fell. It froze.", ("Snow fell.",)
    )
    assert text(build_system("lead,words=6"), document) == "Rain fell."
    assert text(build_system("random,words=6"), document) == "Rain fell.\nSnow fell.\nIt froze."
    assert Length(words=6).chosen([1, 3, 0, 2], split(document.text)) == [3, 0, 2]
    assert Length(words=6).chosen([3, 1, 0, 2], split(document.text), skip=False) == [3]


def test_ranks_are_those_of_the_budget_in_sentences() -> None:
    """A budget in words that has room for just the best sentence takes the one that `sentences=1` takes."""
    for name in ("textrank", "lexrank", "lsa", "luhn", "sumbasic", "kl"):
        for document in ARTICLES[:4]:
            best = text(build_system(f"{name},sentences=1"), document)
            # What is longer cannot take its place.
            assert best in text(build_system(f"{name},words={words(best)}"), document).split("\n")


def test_the_oracle_takes_what_fits_best() -> None:
    """It compares only sentences that fit; the references' very sentence is passed over where it is too long."""
    reference = "The council voted for the bridge by nine votes to four."
    document = Document("d", f"Nobody came.\nThe council voted for it.\n{reference}\nIt rained.", (reference,))
    assert text(build_system("oracle,words=5"), document) == "The council voted for it."
    assert text(build_system("oracle,words=11"), document) == reference


def test_marginal_relevance_passes_over_what_does_not_fit() -> None:
    """What is too long does not count as said; the next best that fits is taken, and the best where none fits."""
    relevance, similarity = np.array([0.9, 0.5, 0.4]), np.eye(3)
    assert marginal_relevance(relevance, similarity, 7, 0.0, [9, 4, 3]) == [1, 2]
    assert marginal_relevance(relevance, similarity, 9, 0.0, [9, 4, 3]) == [0]
    assert marginal_relevance(relevance, similarity, 2, 0.0, [9, 4, 3]) == [0]
    # The second is a copy of the first, which is too long and was not taken.
    alike = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert marginal_relevance(np.array([0.9, 0.8, 0.1]), alike, 5, 0.9, [9, 4, 4]) == [1]


def test_embeddings_keep_to_a_budget_in_words(tmp_path: Path, document: Document) -> None:
    """A sentence-transformers checkpoint chooses whole sentences within it."""
    system = Embedding(name="tiny", model=str(tiny.embedding(tmp_path / "tiny")), words=20)
    chosen = text(system, document).split("\n")
    assert [sentence for sentence in split(document.text) if sentence in chosen] == chosen
    assert 10 < words("\n".join(chosen)) <= 20


def test_a_language_model_is_asked_for_words_and_cut_to_them(tmp_path: Path, document: Document) -> None:
    """Its prompt says so, it has room for what it is asked for, and its first sentences stay within the budget."""
    folder = str(tiny.causal(tmp_path / "tiny", context=2048))
    plain, short = (text(Causal(name="x", model=folder, **more), document) for more in ({}, {"words": 8}))  # type: ignore[arg-type]
    assert plain != short
    lines = short.split("\n")
    assert len(lines) == 1 or words(short) <= 8
    (summary,) = summarize(Causal(name="x", model=folder, words=8), document)
    (asked,) = summarize(Causal(name="x", model=folder), document)
    assert summary.output_tokens <= 160
    assert summary.seen_tokens == asked.seen_tokens == asked.input_tokens


@pytest.mark.parametrize(
    ("options", "most"),
    [
        ({}, 160),
        ({"words": 40}, 160),
        ({"words": 200}, 600),
        ({"words": 200, "max_new_tokens": 90}, 90),
        ({"max_new_tokens": 90}, 90),
    ],
)
def test_what_a_model_may_write_follows_the_words(options: dict[str, Any], most: int) -> None:
    """The usual limit of new tokens grows with the words; one that was given stays. A server is told the same."""
    with servers.serving() as server:
        url = server.url
        summarize(Endpoint(name="s", url=url, model="m", **options), Document("d", "It rained.", ("x",)))
        sent = server.seen.requests[-1]
    assert sent["max_tokens"] == most
    length = Causal(name="x", **options).length
    assert length.new_tokens(options.get("max_new_tokens", 160), 160) == most
    prompt = " ".join(turn["content"] for turn in sent["messages"])
    assert ("about 200 words" in prompt) == (options.get("words") == 200)
    assert ("three sentences" in prompt) == ("words" not in options)


def test_what_a_server_writes_is_cut_to_the_words() -> None:
    """Whole sentences within the budget stay."""
    with servers.serving(servers.answer("It rained all day. Nobody came to the hall. The end came.")) as server:
        document = Document("d", "It rained.", ("x",))
        system = Endpoint(name="s", url=server.url, model="m", words=9)
        assert text(system, document) == "It rained all day.\nNobody came to the hall."


@pytest.mark.parametrize("kind", ["bart", "t5"])
def test_a_trained_model_writes_to_a_length_in_words_only_where_it_is_asked(tmp_path: Path, kind: str) -> None:
    """Published lengths stay otherwise; with `words` come at least so many tokens, at most twice as many and 32."""
    folder = str(pairs.checkpoint(tmp_path / kind, kind))
    document = Document("d", "The council met on Monday and voted for the bridge. It rained all day.", ())
    (usual,) = summarize(Seq2Seq(name="x", model=folder), document)
    # The checkpoint's max_length of 24 has the decoder's start token in it.
    assert usual.output_tokens <= 23
    (asked,) = summarize(Seq2Seq(name="x", model=folder, words=30), document)
    assert asked.error is None
    assert 30 <= asked.output_tokens <= 93
    (own,) = summarize(Seq2Seq(name="x", model=folder, words=30, max_new_tokens=10), document)
    assert own.output_tokens == 10
    assert len(asked.text.split("\n")) == 1 or words(asked.text) <= 30
    usual_again = Seq2Seq(name="x", model=folder).fingerprint()
    assert "words" not in usual_again["options"]


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("lead,sentences=3,words=50", "sentences=3 and words=50 do not go together: give one of them"),
        ("causal,sentences=2,words=50", "sentences=2 and words=50 do not go together"),
        ("seq2seq,max_sentences=2,words=50", "max_sentences=2 and words=50 do not go together"),
        ("endpoint,url=http://127.0.0.1/x,model=m,words=5,sentences=2", "sentences=2 and words=5 do not go together"),
        ("lead,words=0", "words=0 means nothing: give 1 or more"),
        ("seq2seq,words=-1", "words=-1 means nothing"),
        ("minilm,words=many", "words=many is not none or a whole number"),
    ],
)
def test_a_budget_that_means_nothing_is_refused(spec: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Two budgets at once, and numbers below one, are one line and exit code 2."""
    command, *rest = "run", "--systems", spec, "--limit", "1", "--dry-run"
    assert main([command, *rest]) == 2
    err = capsys.readouterr().err
    assert says in err
    assert err.count("\n") == 1


def test_objects_with_two_budgets_are_refused() -> None:
    """So are systems that are made in Python."""
    for cls in (Causal, Embedding):
        with pytest.raises(UsageError, match="sentences=2 and words=9 are two length budgets"):
            cls(name="x", sentences=2, words=9)
    with pytest.raises(UsageError, match="max_sentences=2 and words=9 are two length budgets"):
        Seq2Seq(name="x", max_sentences=2, words=9)


def test_a_systems_own_option_overrides_the_runs() -> None:
    """Whichever kind of budget it is; systems without a length take none."""
    named = ["lead", "random,sentences=2", "oracle,words=9", "seq2seq,max_sentences=1", "seq2seq,words=none", "seq2seq"]
    made: list[Any] = build_systems(named, words=40)
    assert [(getattr(one, "sentences", None), one.words) for one in made] == [
        *((3, 40), (2, None), (3, 9)),
        *((None, None), (None, None), (None, 40)),
    ]
    lead, own = build_systems(["lead", "oracle,words=9"], sentences=4)
    assert [lead.fingerprint()["options"], own.fingerprint()["options"]] == [{"sentences": 4}, {"words": 9}]


def test_summaries_made_before_there_were_words_are_found_again() -> None:
    """A fingerprint without `words` is what it was; with them it has no sentences."""
    assert build_system("lead").fingerprint()["options"] == {"sentences": 3}
    assert "words" not in build_system("causal").fingerprint()["options"]
    assert "words" not in build_system("endpoint,url=http://127.0.0.1/x,model=m").fingerprint()["options"]
    options = build_system("causal,words=30").fingerprint()["options"]
    assert (options["words"], "sentences" in options) == (30, False)


def test_a_run_has_a_budget_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--words and --sentences override the suite's; run.json says which, and `compare` that it changed."""
    command = ["run", "--systems", "lead,random", "--limit", "3", "--no-cache", "--quiet"]
    for name, flags in {"words": ["--words", "40"], "two": ["--sentences", "2"], "suite": []}.items():
        assert main([*command, *flags, "--out", str(tmp_path / name)]) == 0
    found = {name: read_run(tmp_path / name) for name in ("words", "two", "suite")}
    assert {name: (run.manifest.sentences, run.manifest.words) for name, run in found.items()} == {
        "words": (None, 40),
        "two": (2, None),
        "suite": (3, None),
    }
    assert all(words(one.text) <= 40 or len(split(one.text)) == 1 for one in found["words"].summaries)
    assert {len(summary.text.split("\n")) for summary in found["two"].summaries} == {2}
    assert main(["run", "--resume", str(tmp_path / "words"), "--quiet"]) == 0
    assert read_run(tmp_path / "words").manifest.words == 40
    capsys.readouterr()
    assert main(["compare", str(tmp_path / "suite"), str(tmp_path / "words")]) == 0
    out = capsys.readouterr().out
    assert "words: None → 40" in out
    assert "sentences: 3 → None" in out
    # Another budget is another run.
    assert main([*command, "--words", "50", "--out", str(tmp_path / "words")]) == 2
    assert "holds a run whose system 'lead' is not that of this one" in capsys.readouterr().err


def test_the_cache_keeps_budgets_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Summaries of one budget are not those of another."""
    monkeypatch.setenv("SUMBENCH_CACHE", str(tmp_path / "cache"))
    made = [
        api.run("references", "lead", limit=2, out=tmp_path / str(number), words=number).summaries
        for number in (30, 60, 30)
    ]
    assert made[0] == made[2]
    assert [one.text for one in made[0]] != [one.text for one in made[1]]


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--words", "0"], "--words 0 leaves nothing of a summary: give 1 or more"),
        (["--sentences", "-1"], "--sentences -1 leaves nothing of a summary"),
        (["--words", "50", "--sentences", "3"], "--sentences 3 and --words 50: give one length budget"),
    ],
)
def test_a_runs_budget_that_means_nothing_is_refused(
    flags: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line and exit code 2; Python is told by the parameters' names."""
    assert main(["run", "--systems", "lead", "--limit", "1", *flags]) == 2
    err = capsys.readouterr().err
    assert says in err
    assert err.count("\n") == 1
    given = {flag[2:]: int(number) for flag, number in zip(flags[::2], flags[1::2], strict=True)}
    with pytest.raises(UsageError, match=r"(words|sentences)="):
        api.run("references", "lead", limit=1, **given)  # type: ignore[arg-type]


def test_a_suite_and_its_tasks_have_budgets_in_words(tmp_path: Path) -> None:
    """A task's own budget takes the place of the suite's, whichever kind it is."""
    (tmp_path / "docs.jsonl").write_text('{"document": "One two. Three four. Five six.", "summary": "One."}\n')
    (tmp_path / "more.jsonl").write_text('{"document": "One two. Three four. Five six.", "summary": "One."}\n')
    suite = tmp_path / "mine.toml"
    suite.write_text(
        f'systems = ["lead"]\nwords = 5\n[[tasks]]\ncorpus = "{tmp_path}/docs.jsonl"\n'
        f'[[tasks]]\ncorpus = "{tmp_path}/more.jsonl"\nsentences = 1\n'
    )
    assert main(["run", str(suite), "--out", str(tmp_path / "run"), "--no-cache", "--quiet"]) == 0
    runs = {run.manifest.corpus.name: run for run in map(read_run, (tmp_path / "run").iterdir())}
    assert {name: (run.manifest.sentences, run.manifest.words) for name, run in runs.items()} == {
        "docs": (None, 5),
        "more": (1, None),
    }
    assert [runs[name].summaries[0].text for name in ("docs", "more")] == ["One two.\nThree four.", "One two."]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('corpus = "references"\nsystems = ["lead"]\nwords = 0', "words must be a whole number from 1 up"),
        ('corpus = "references"\nsystems = ["lead"]\nwords = 9\nsentences = 2', "sentences=2 and words=9 are two"),
        ('systems = ["lead"]\n[[tasks]]\ncorpus = "x"\nwords = 9\nsentences = 2', "task 1: sentences=2 and words=9"),
    ],
)
def test_a_suite_with_a_budget_that_means_nothing_is_refused(
    content: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line names the file and the keys."""
    suite = tmp_path / "mine.toml"
    suite.write_text(content)
    assert main(["run", str(suite)]) == 2
    err = capsys.readouterr().err
    assert says in err
    assert err.count("\n") == 1
