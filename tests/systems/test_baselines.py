from pathlib import Path
from statistics import fmean

import pytest

from sumbench.corpus import open_corpus
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.rouge import RougeScorer
from sumbench.sentences import split
from sumbench.systems import Context
from sumbench.systems import Role
from sumbench.systems import build_system
from sumbench.weights import Store

CONTEXT = Context(seed=3, store=Store(Path("unused"), offline=True))


def summarize(spec: str, *documents: Document, context: Context = CONTEXT) -> list[Summary]:
    return list(build_system(spec).load(context)(documents))


def test_lead_takes_the_first_sentences(document: Document) -> None:
    """Lead returns the first k sentences, one a line."""
    (summary,) = summarize("lead,sentences=2", document)
    assert summary.text == "The council met on Monday.\nIt rained all day in the valley."
    assert (summary.input_tokens, summary.seen_tokens, summary.error) == (40, 40, None)


def test_a_document_shorter_than_the_budget_is_its_own_summary(document: Document) -> None:
    """Every extractive system gives back all sentences when there are no more than k."""
    for name in ("lead", "random", "oracle", "textrank", "kl"):
        (summary,) = summarize(f"{name},sentences=9", document)
        assert summary.text.split("\n") == split(document.text)


def test_random_is_governed_by_the_seed_and_the_document_alone(document: Document) -> None:
    """The same seed draws the same sentences whatever came before; another seed draws others."""
    other = Document("other", document.text, document.references)
    alone = summarize("random", document)[0].text
    after = summarize("random", other, document)[1].text
    assert alone == after
    draws = {summarize("random", document, context=Context(seed, CONTEXT.store))[0].text for seed in range(8)}
    assert len(draws) > 1


def test_the_oracle_knows_the_references(document: Document) -> None:
    """The oracle takes the sentences that the references were written from, and is a ceiling."""
    (summary,) = summarize("oracle,sentences=2", document)
    assert summary.text.split("\n")[0] == "The council voted for the bridge by nine to four."
    assert build_system("oracle").role is Role.CEILING


def test_the_oracle_tops_every_single_sentence() -> None:
    """On a real article no sentence has a higher jackknifed ROUGE-2 than the oracle's one, and more never hurt."""
    document = open_corpus("references").documents[4]
    scorer = RougeScorer(["rouge2"], use_stemmer=True)

    def worth(text: str) -> float:
        each = [scorer.score(reference, text)["rouge2"].fmeasure for reference in document.references]
        return fmean(max(each[:left_out] + each[left_out + 1 :]) for left_out in range(len(each)))

    one, three = (summarize(f"oracle,sentences={k}", document)[0].text for k in (1, 3))
    assert worth(one) == max(map(worth, split(document.text))) > 0
    assert worth(three) >= worth(one)


@pytest.mark.parametrize("rest", ["A baker gave everyone bread.", "— — —", "Rain."])
def test_the_oracle_stops_where_nothing_is_gained(rest: str) -> None:
    """One sentence that is the reference is the whole summary: none is added that gains nothing, even if it costs none.

    Signs that are no words leave the score as it is.
    """
    best = "The council voted for the bridge by nine to four."
    document = Document("d", f"{best}\n{rest}\nNobody came.\nIt snowed.\n", (best, best))
    (summary,) = summarize("oracle,sentences=3", document)
    assert summary.text == best


@pytest.mark.parametrize("name", ["textrank", "lexrank", "lsa", "luhn", "sumbasic", "kl"])
def test_classic_systems_choose_sentences_of_the_document(name: str, document: Document) -> None:
    """Each of sumy's summarizers returns k sentences of the document in its order, and needs no NLTK data."""
    (summary,) = summarize(name, document)
    assert summary.error is None
    chosen = summary.text.split("\n")
    assert len(chosen) == 3
    assert [sentence for sentence in split(document.text) if sentence in chosen] == chosen


@pytest.mark.parametrize("name", ["textrank", "lexrank", "lsa", "luhn", "sumbasic", "kl"])
def test_classic_systems_survive_odd_documents(name: str) -> None:
    """Repeated sentences, lines without a word, and a language without stemmer or stop words do no harm."""
    odd = Document("odd", "Same here.\nSame here.\n* * *\n1914\nSame here.\nAnother thing.", ("x",), language="eo")
    (summary,) = summarize(name, odd)
    assert summary.error is None
    assert summary.text


def test_lsa_chooses_the_same_in_whatever_order_words_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentences of one length in its space are common; neither rounding nor the order of a set decides between them."""
    from sumy.summarizers.lsa import LsaSummarizer

    documents = open_corpus("references").documents[:20]
    chosen = [one.text for one in summarize("lsa", *documents)]
    count = LsaSummarizer._create_dictionary

    def otherwise(self: LsaSummarizer, document: object) -> dict[str, int]:
        words = count(self, document)
        return dict(zip(sorted(words), words.values(), strict=True))

    monkeypatch.setattr(LsaSummarizer, "_create_dictionary", otherwise)
    assert [one.text for one in summarize("lsa", *documents)] == chosen


@pytest.mark.parametrize(
    ("language", "text", "chosen"),
    [
        ("zh", "今天下雨了。大桥明年通车。大桥通车很慢。", {"大桥明年通车。", "大桥通车很慢。"}),
        ("ja", "今日は雨だ。橋が来年開通。橋の開通遅れ。", {"橋が来年開通。", "橋の開通遅れ。"}),
        ("hi", "मीना मोना मुन्नी। मैना मान मन। पुल कल खुला। पुल आज बंद।", {"पुल कल खुला।", "पुल आज बंद।"}),
    ],
)
def test_classic_systems_find_words_in_every_script(language: str, text: str, chosen: set[str]) -> None:
    """Words need no blanks between them and are not cut at vowel signs: sentences that share some rank first."""
    document = Document("d", text, ("x",), language=language)
    assert summarize("textrank,sentences=1", document)[0].text in chosen
