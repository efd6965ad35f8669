from sumbench.rouge.perl import Instance
from sumbench.rouge.perl import PerlRouge
from sumbench.rouge.perl import report

INSTANCES = [Instance("10", {"lead": "a b"}, ["a b c d"]), Instance("9", {"lead": "c"}, ["a b c d"])]


def printed(options: str) -> list[str]:
    """Return the lines of the report on two instances."""
    rouge = PerlRouge(options)
    return report(rouge.evaluate(INSTANCES), rouge.options).splitlines()


def test_averages() -> None:
    """Averages are printed under a rule, with five decimals and the bounds of their interval."""
    lines = printed("-n 1 -x -c 90 -r 3")
    assert lines[0] == "---------------------------------------------"
    assert lines[1] == "lead ROUGE-1 Average_R: 0.41667 (90%-conf.int. 0.37500 - 0.48125)"
    assert [line.split(":")[0] for line in lines[2:]] == ["lead ROUGE-1 Average_P", "lead ROUGE-1 Average_F"]


def test_instances() -> None:
    """With -d every instance is printed, in the order of the numbers."""
    assert printed("-n 1 -x -r 1 -d")[4:] == [
        ".............................................",
        "lead ROUGE-1 Eval 9.lead R:0.25000 P:1.00000 F:0.40000",
        "lead ROUGE-1 Eval 10.lead R:0.50000 P:1.00000 F:0.66667",
    ]


def test_counts() -> None:
    """With -d and -t 1 the counts of every instance are printed: reference, system, hits."""
    assert printed("-n 1 -x -r 1 -d -t 1")[5:] == [
        "lead ROUGE-1 Eval 9.lead R:4 P:1 F:1",
        "lead ROUGE-1 Eval 10.lead R:4 P:2 F:2",
    ]


def test_large_counts() -> None:
    """Counts of ROUGE-W are whole numbers under a whole weight, however large, and otherwise have 15 digits."""
    rouge = PerlRouge("-w 3 -t 1 -r 1 -d")
    text = " ".join(map(str, range(60)))
    lines = report(rouge.evaluate([Instance("1", {"x": text}, [text])]), rouge.options).splitlines()
    assert lines[-1] == "x ROUGE-W-3 Eval 1.x R:10077696000000000 P:216000 F:216000"
    assert printed("-x -w 1.2 -t 1 -r 1 -d")[-1].startswith("lead ROUGE-W-1.2 Eval 10.lead R:7.36")
