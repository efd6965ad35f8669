"""`sumbench power`, and what tables say of how many documents would show a difference."""

import csv
import io
from pathlib import Path

import pytest

import sumbench
from sumbench.cli import main
from sumbench.tables.csv import render
from sumbench.tables.model import Table
from tests.conftest import systems_in_process

PUBLISHED = Path(__file__).parents[2] / "results" / "references-default"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> sumbench.RunResult:
    """Two ranked systems, `lead` and a ceiling on fourteen articles."""
    systems, out = "lead,textrank,sumbasic,oracle", tmp_path_factory.mktemp("power") / "run"
    with systems_in_process():
        return sumbench.run("references", systems, metrics="rouge", limit=14, out=out, cache=False)


@pytest.fixture(scope="module")
def table(run: sumbench.RunResult) -> Table:
    """What it takes to show two points between the systems, by Python."""
    return sumbench.power(run, difference=2)


def rows(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, str]]:
    assert main(["power", *arguments, "--format", "csv"]) == 0
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def test_neighbours_and_lead_are_said_with_documents_that_give_the_power_promised(table: Table) -> None:
    """Each pair has its difference and two numbers of documents; simulated again, they show it with 80 % ± 5."""
    found = list(csv.DictReader(io.StringIO(render(table))))
    sections = {row["section"] for row in found}
    assert sections == {"neighbours in the table", "against lead"}
    assert all(" – lead" in row["pair"] for row in found if row["section"] == "against lead")
    for row in found:
        assert float(row["detectable"]) > 0
        # More than the fewest that could show anything; rounded up to two digits, the number may give a little more.
        assert int(row["for_wanted"]) > 14
        assert 75 <= float(row["reached"]) <= 92


def test_a_smaller_difference_takes_more_documents_and_one_system_can_be_asked_for(
    run: sumbench.RunResult, capsys: pytest.CaptureFixture[str]
) -> None:
    """RUN:SYSTEM is that system against all others but the ceilings."""
    small, large = (rows(capsys, f"{run.path}:lead", "--difference", points) for points in ("2", "4"))
    assert [row["pair"] for row in small] == [row["pair"] for row in large]
    assert {row["pair"] for row in small} == {"textrank – lead", "sumbasic – lead"}
    for one, other in zip(small, large, strict=True):
        assert int(one["for_wanted"]) > int(other["for_wanted"])


def test_lead_is_not_set_against_itself(tmp_path: Path) -> None:
    """Where `lead` is ranked, as among outputs made elsewhere, the others alone are held against it."""
    texts = [f"The ship {number} came in. Two tugs pulled it free. It rained." for number in range(8)]
    rows = [{"id": str(at), "references": [text.split(". ")[1]]} for at, text in enumerate(texts)]
    outputs = {name: [text.split(". ")[at] for text in texts] for at, name in enumerate(("lead", "ours"))}
    made = sumbench.power(sumbench.score(rows, outputs, metrics="rouge", out=tmp_path / "run"), difference=50)
    pairs = [[row.cells[0] for row in section.rows] for section in made.sections]
    assert pairs == [["ours – lead"], ["ours – lead"]]


def test_python_has_the_same_table(run: sumbench.RunResult, table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    """`sumbench.power` takes a result or a folder, and returns what the command prints."""
    assert rows(capsys, str(run.path), "--difference", "2") == list(csv.DictReader(io.StringIO(render(table))))
    assert table.verdict[0].startswith("A difference of 2.00 points of ROUGE-2 would take about ")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--difference", "0"], "--difference 0 means nothing: give points, more than 0"),
        (["--difference", "nan"], "--difference nan means nothing: give points, more than 0"),
        (["--power", "80"], "--power 80 is no chance: give a number between 0 and 1, such as 0.8"),
        (["--metric", "rouge22"], "rouge2"),
        (["--resamples", "10"], "--resamples 10 are too few for 95 % intervals: give 40 or more"),
    ],
)
def test_odd_requests_are_one_line(flags: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers that mean nothing, and names that are not there, are exit code 2."""
    assert main(["power", str(PUBLISHED), *flags]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1


def test_a_comparison_says_how_many_documents_would_show_its_largest_open_difference() -> None:
    """The verdict of `compare` has the number, and never a word that claims more than was shown."""
    compared = sumbench.compare(f"{PUBLISHED}:lead", f"{PUBLISHED}:kl", metrics=["rouge2"])
    assert "cannot be told from lead on these " in compared.verdict
    assert " of kl would take about " in compared.verdict
