import pytest
from hypothesis import given
from hypothesis import strategies as st

from sumbench.rouge.errors import RougeError
from sumbench.rouge.perl import Options
from sumbench.rouge.perl import PerlRouge
from sumbench.rouge.perl import parse_options


def test_usual_string() -> None:
    """The option string of the original's handbook is read into what it means."""
    assert parse_options("-n 4 -w 1.2 -m -2 4 -u -c 95 -r 1000 -f A -p 0.5 -t 0 -a -d") == Options(
        max_ngram=4,
        weight=1.2,
        stemming=True,
        gap=4,
        unigrams=True,
        per_evaluation=True,
    )


def test_defaults() -> None:
    """Without options ROUGE-L is computed, with 1,000 resamples, 95 percent, formula A and equal weights."""
    options = parse_options("")
    assert PerlRouge(options).metrics == ("ROUGE-L",)
    assert (options.resamples, options.confidence, options.formula, options.alpha) == (1000, 95, "A", 0.5)
    assert (options.stemming, options.stop_words, options.by_token, options.per_evaluation) == (False,) * 4


@pytest.mark.parametrize(
    ("string", "same"),
    [
        ("-mn4", "-m -n 4"),
        ("-n4 -2-1", "-n 4 -2 -1"),
        ("-n 2 -n 3", "-n 3"),
        ("  -m   -a ", "-m"),
        ("-e /some/folder -m", "-m"),
        ("-e '/some folder' -m", "-m"),
        ("-u -m", "-m -u"),
        ("-p .5 -w 1e0", "-p 0.50 -w 1"),
        ("-t 0", ""),
    ],
)
def test_spellings(string: str, same: str) -> None:
    """Options may be joined, repeated and reordered as in the original; -a and -e change nothing."""
    assert parse_options(string) == parse_options(same)


@pytest.mark.parametrize(
    ("string", "metrics"),
    [
        ("-n 2", ("ROUGE-1", "ROUGE-2", "ROUGE-L")),
        ("-n 1 -x", ("ROUGE-1",)),
        ("-x -w 1.2", ("ROUGE-W-1.2",)),
        ("-x -w 2", ("ROUGE-W-2",)),
        ("-x -2 4", ("ROUGE-S4",)),
        ("-x -2 4 -u", ("ROUGE-SU4",)),
        ("-x -2 4 -U", ("ROUGE-S4", "ROUGE-SU4")),
        ("-x -2 4 -u -U", ("ROUGE-SU4",)),
        ("-x -2 -1 -U", ("ROUGE-S*", "ROUGE-SU*")),
        ("-u", ("ROUGE-L",)),
    ],
)
def test_metrics(string: str, metrics: tuple[str, ...]) -> None:
    """The metrics have the original's names and stand in its order."""
    assert PerlRouge(string).metrics == metrics


@pytest.mark.parametrize(
    ("string", "message"),
    [
        ("-t 2", "-t 2 (raw counts) is not supported"),
        ("-M", "-M (stemming the references only) is not supported"),
        ("-3 HM", "-3 (Basic Elements) is not supported"),
        ("-z SPL", "-z (lists of files) is not supported"),
        ("-v", "-v (debugging output) is not supported"),
        ("-H", "-H (the original's help) is not supported"),
        ("-y", "-y is not an option of ROUGE-1.5.5"),
        ("-mk", "-k is not an option of ROUGE-1.5.5"),
        ("--help", "-- is not an option of ROUGE-1.5.5"),
        ("settings.xml", "'settings.xml' is not an option"),
        ("-m -", "'-' is not an option"),
        ("-m -n", "-n lacks its value"),
        ("-e '", 'no closing quotation in "-e \'"'),
        ("-n two", "-n takes a whole number, not 'two'"),
        ("-n -m", "-n takes a whole number, not '-m'"),
        ("-r 1.5", "-r takes a whole number, not '1.5'"),
        ("-w x", "-w takes a number, not 'x'"),
        ("-w inf", "-w takes a number, not 'inf'"),
        ("-w 1e999", "-w must be above 0 and finite"),
        ("-w 0", "-w must be above 0 and finite"),
        ("-n -1", "-n must be 0 to 100"),
        ("-n 100000", "-n must be 0 to 100"),
        ("-n 1" + 5000 * "0", "-n takes a number of at most 18 digits, not one of 5001"),
        ("-l -1", "-l must be 0 or more"),
        ("-b -1", "-b must be 0 or more"),
        ("-l 5 -b 0", "-l and -b exclude each other"),
        ("-f C", "-f must be A or B"),
        ("-f b", "-f must be A or B"),
        ("-p 1.1", "-p must be between 0 and 1"),
        ("-c 101", "-c must be between 0 and 100"),
        ("-r 0", "-r must be 1 to 1000000"),
        ("-r 1000000000000", "-r must be 1 to 1000000"),
        ("-t 3", "-t must be 0 or 1, not '3'"),
        ("-x -m", "nothing to compute: -x switches ROUGE-L off and none of -n, -w and -2 is given"),
    ],
)
def test_refusals(string: str, message: str) -> None:
    """What cannot be computed is refused in one line that names the option."""
    with pytest.raises(RougeError) as refusal:
        parse_options(string)
    assert str(refusal.value) == f"ROUGE-1.5.5 options: {message}"


def test_no_string() -> None:
    """Anything but a string is refused."""
    with pytest.raises(RougeError, match="expected a string, not int"):
        parse_options(4)  # type: ignore[arg-type]


OPTIONS = st.builds(
    Options,
    max_ngram=st.integers(1, 9),
    lcs=st.booleans(),
    weight=st.none() | st.floats(0.1, 9),
    gap=st.none() | st.integers(-1, 9),
    unigrams=st.booleans(),
    both_skips=st.booleans(),
    stemming=st.booleans(),
    stop_words=st.booleans(),
    max_words=st.none() | st.integers(0, 99),
    formula=st.sampled_from("AB"),
    alpha=st.floats(0, 1),
    by_token=st.booleans(),
    confidence=st.floats(0, 100),
    resamples=st.integers(1, 9999),
    per_evaluation=st.booleans(),
)


@given(OPTIONS)
def test_written_options_are_read_back(options: Options) -> None:
    """Options written as a string are the same when read again."""
    assert parse_options(str(options)) == options
