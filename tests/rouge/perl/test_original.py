"""The preset beside the original: the same output, line by line."""

from collections.abc import Callable
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from sumbench.rouge.perl import Instance
from sumbench.rouge.perl import PerlRouge
from sumbench.rouge.perl import report

Original = Callable[[str, Sequence[Instance]], str]

REFERENCES = Path(__file__).parents[3] / "references"

OPTIONS = [
    "",
    "-n 4 -w 1.2 -m -2 4 -u -c 95 -r 1000 -f A -p 0.5 -t 0 -d",
    "-n 9 -x -c 99 -r 50 -d",
    "-m -s -n 2 -2 4 -f B -p 0.3 -r 50 -d",
    "-2 -1 -U -x -r 20 -d",
    "-2 -1 -u -m -x -f B -r 20 -d",
    "-w 1.2 -f B -r 50 -d",
    "-w 2 -m -p 1 -c 90 -r 50 -d",
    "-w 0.7 -p 0 -l 30 -2 9 -r 20 -d",
    "-n 2 -l 100 -m -w 1.2 -r 50 -d",
    "-n 3 -b 75 -w 1.2 -2 4 -U -r 50 -d",
    "-n 1 -b 665 -m -s -r 50 -d",
    "-t 1 -n 2 -w 1.2 -2 0 -c 97.5 -r 200 -d",
    "-t 1 -n 1 -m -f B -p 0.8 -l 10 -r 50 -d",
    "-n 1 -c 100 -r 1",
    "-n 1 -m -s -c 0 -r 7",
]

HARD_TEXTS = {
    "empty": "",
    "newlines only": "\n\n\n",
    "blanks only": "  \t \n ",
    "punctuation only": "... -- !?\n_ ' _",
    "one token": "Ship",
    "two tokens": "ship ships",
    "one token a line": "the\nship\nsank\nthe\nship",
    "repeated token": "the the the the the\nthe the",
    "repeated sentence": "the ship sank slowly\nthe ship sank slowly\nthe ship sank",
    "interleaved": "a b a b c a b d\nb a b a\nc d c a b",
    "runs": "a b c d x a b c y a b z\na b x c d",
    "a weight that ties": "a b b a a a a a a a b b a",
    "but for one bit": "b b a a a a a a b b b",
    "hyphens": "well-known run-time -start end- a--b state-of-the-art",
    "apostrophes": "It's the ship's crew who don't can't won't",
    "numbers": "In 1969, 3.5% of 100,000 people paid $20; 1990s 2nd 007",
    "stop words": "the of and a to in is it that was for on are as with his they at be this",
    "inflections": "He documented better documentation: implementations running exceptionally\nflies agreed happily",
    "exceptions": "the best comics were better than worse geese, mice and testes axes went",
    "accents": "Café naïve Ünïcode İstanbul \u212a résumé straße ﬁne",
    "other scripts": "中文文本 हिन्दी العربية 2020 \U0001f600 ship",
    "odd blanks": "a\u00a0b\u2028c\x85d\x0be\x0cf\rg\th\x1ci  j",
    "carriage returns": "the ship\r\nsank slowly\r\n",
    "indented": "   the ship sank\n\t slowly   \n   down",
    "long": "the quick brown fox jumps over the lazy dog while ships sink " * 40,
    "long in lines": "\n".join(f"line {n} the ship {n % 7} sank {n % 3} times" for n in range(60)),
}

WORDS = st.sampled_from(
    ["a", "b", "the", "of", "it's", "ship", "ships", "best", "better", "1969", "x_y", "run-time", "naïve", ".", "yes"],
)
INFLECTED = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["general", "document", "y", "yell", "agre", "hop", "a1", "conflat", "sens", "bl"]),
        *[st.sampled_from(["", "ing", "ed", "s", "ies", "ization", "ement", "ment", "ent", "ly", "able", "tion", "y"])]
        * 2,
    ),
)
LINES = st.lists(WORDS | INFLECTED | st.text(max_size=3), max_size=12).map(" ".join)
TEXTS = st.lists(LINES, max_size=4).map("\n".join)


@st.composite
def option_strings(draw: st.DrawFn) -> str:
    """Draw an option string with any of the options that change a figure."""
    value = {
        "n": st.integers(1, 9),
        "w": st.sampled_from([0.5, 1, 1.1, 1.2, 1.5, 2, 3]),
        "2": st.integers(-1, 6),
        "f": st.sampled_from("AB"),
        "p": st.sampled_from([0, 0.25, 0.5, 1]),
        "t": st.sampled_from([0, 1]),
        "c": st.integers(0, 100),
    }
    words = [f"-r {draw(st.integers(1, 60))}", "-d"]
    words += [f"-{letter} {draw(values)}" for letter, values in value.items() if draw(st.booleans())]
    words += [f"-{letter}" for letter in "msuU" if draw(st.booleans())]
    cut = draw(st.sampled_from(["", "-l", "-b"]))
    return " ".join([*words, f"{cut} {draw(st.integers(1, 40))}" if cut else ""])


def instances_of(texts: Sequence[str]) -> list[Instance]:
    """Make each text and its neighbour the texts of two systems, and one to three of the next ones the references."""
    around = [*texts, *texts]
    return [
        Instance(str(number), {"peer.b": text, "A": around[number + 1]}, around[number + 2 : number + 3 + number % 3])
        for number, text in enumerate(texts)
    ]


def assert_same(original: Original, options: str, instances: Sequence[Instance]) -> None:
    """Compare all that is printed; without the references that stop the original's ROUGE-W."""
    rouge = PerlRouge(options)
    if rouge.options.weight is not None:
        instances = [each for each in instances if all(any(rouge.sentences(text)) for text in each.references)]
    if instances:
        assert report(rouge.evaluate(instances), rouge.options) == original(options, instances)


def reference_corpus(*, articles: bool) -> list[Instance]:
    """Return twelve articles' first reference and first lines, or the article itself, against its other references."""
    instances = []
    for number, folder in enumerate(sorted(REFERENCES.glob("*/"))[:12], start=1):
        article = (folder / "article.txt").read_text(encoding="utf-8")
        references = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("reference-*.txt"))]
        if references:
            lead = "\n".join(article.splitlines()[:4])
            systems = {"article": article} if articles else {"human": references[0], "lead": lead}
            instances.append(Instance(str(number), systems, references[1:] or references))
    return instances or pytest.skip("no article has references yet")


@pytest.mark.parametrize("options", OPTIONS)
def test_hard_texts(original: Original, options: str) -> None:
    """Texts at the edges of every rule are printed with the original's figures."""
    assert_same(original, options, instances_of(list(HARD_TEXTS.values())))


@pytest.mark.parametrize("options", OPTIONS)
def test_reference_corpus(original: Original, options: str) -> None:
    """References scored against each other, and the beginnings of articles, get the original's figures."""
    assert_same(original, options, reference_corpus(articles=False))


@pytest.mark.parametrize("options", ["-n 2 -l 150 -m -w 1.2 -2 4 -r 20 -d", "-n 4 -m -f B -r 20 -d"])
def test_articles(original: Original, options: str) -> None:
    """Long texts get the original's figures."""
    assert_same(original, options, reference_corpus(articles=True)[:6])


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(options=option_strings(), texts=st.lists(TEXTS, min_size=6, max_size=20))
def test_any_text_under_any_options(original: Original, options: str, texts: list[str]) -> None:
    """Whatever the texts and the options, the output is the original's."""
    assert_same(original, options, instances_of(texts))
