import pytest

from sumbench.rouge.errors import RougeError
from sumbench.rouge.perl.options import parse_options
from sumbench.rouge.perl.text import Reader
from sumbench.rouge.perl.text import Text


def read(text: str, options: str = "") -> Text:
    """Read `text` under an option string."""
    return Reader(parse_options(options)).read(text)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", []),
        ("State-of-the-art", ["state", "of", "the", "art"]),
        ("It's x_y, 3.5%", ["it", "s", "x", "y", "3", "5"]),
        ("Café NAÏVE", ["caf", "na", "ve"]),
        ("\u212a \u0130stanbul", ["stanbul"]),
        ("中文", []),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    """Tokens are runs of ASCII letters and digits, of which only A to Z are lower-cased."""
    assert read(text).tokens == tokens


def test_sentences() -> None:
    """Every line that is not empty is a sentence, and nothing but a newline ends a line."""
    assert read("a b\n\n \nc\u2028d\re\x85f\n").sentences == [["a", "b"], [], ["c", "d", "e", "f"]]


@pytest.mark.parametrize(
    ("limit", "sentences"),
    [
        (1, [["a"]]),
        (2, [["a", "b"]]),
        (3, [["a", "b"], []]),
        (4, [["a", "b"], ["c"]]),
        (5, [["a", "b"], ["c", "d", "e"]]),
        (99, [["a", "b"], ["c", "d", "e"], ["f"]]),
    ],
)
def test_word_limit(limit: int, sentences: list[list[str]]) -> None:
    """Words lie between blanks, whatever tokens they hold, and a leading blank adds an empty one."""
    assert read("a b\n c d-e\nf", f"-l {limit}").sentences == sentences


def test_words_end_at_ascii_blanks_only() -> None:
    """A no-break space does not part words."""
    assert read("a\u00a0b\x0bc d", "-l 2").tokens == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("limit", "tokens"),
    [(1, ["a"]), (2, ["ab"]), (5, ["ab"]), (6, ["ab", "c"]), (7, ["ab", "cd"]), (8, ["ab", "cd", "e"])],
)
def test_byte_limit(limit: int, tokens: list[str]) -> None:
    """Bytes are counted, not characters, and the ends of lines are not counted."""
    assert read("ab\né cd\ne", f"-b {limit}").tokens == tokens


def test_byte_limit_in_sentences() -> None:
    """For ROUGE-L and ROUGE-W a byte limit cuts only a sentence that reaches it by itself."""
    text = read("one two\nthree\nfour five six\nseven", "-b 10")
    assert text.tokens == ["one", "two", "thr"]
    assert text.sentences == [["one", "two"], ["three"], ["four", "five"]]


@pytest.mark.parametrize("options", ["-l 0", "-b 0"])
def test_no_limit(options: str) -> None:
    """A limit of 0 is no limit."""
    assert read("one two\nthree", options).sentences == [["one", "two"], ["three"]]


def test_order() -> None:
    """The cut comes before the stop words, and these before the stems."""
    assert read("The ship was being seen", "-l 4 -s -m").tokens == ["ship"]
    assert read("Being beings", "-s").tokens == ["beings"]
    assert read("Being beings", "-s -m").tokens == ["be"]


@pytest.mark.parametrize("text", [None, 3, b"bytes", ["a"]])
def test_no_string(text: object) -> None:
    """Anything but a string is refused."""
    with pytest.raises(RougeError, match=f"a text is a {type(text).__name__}, not a string"):
        read(text)  # type: ignore[arg-type]


def test_lone_surrogate() -> None:
    """A lone surrogate, which no file can hold, is refused with its place."""
    with pytest.raises(RougeError, match=r"a text holds a lone surrogate \(U\+[0-9A-F]+ at character 2\)"):
        read("ab\ud800")
