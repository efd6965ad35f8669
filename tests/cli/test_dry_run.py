"""What a dry run adds up: downloads, time and cost, with what is not known beside the sums."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sumbench.cli import main
from tests.systems import servers

pytestmark = pytest.mark.usefixtures("in_process")


Write = Callable[..., Path]


def notes(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, str]:
    """Return what is said in all of a dry run, by what it is about."""
    assert main(["run", *arguments, "--dry-run"]) == 0
    lines = capsys.readouterr().out.splitlines()
    return dict(line.split(" in all: ") for line in lines if " in all: " in line)


@pytest.fixture(autouse=True)
def empty_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUMBENCH_HOME", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)


def test_downloads_are_added_up_and_counted_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Two systems of one model fetch it once; weights of unknown size are said, and no part of the sum."""
    both = "t5-small,long=chunk,t5-small"
    one = notes(capsys, "--systems", "lead,t5-small")["to fetch"]
    assert one.endswith(" MB")
    assert notes(capsys, "--systems", both)["to fetch"] == one
    assert notes(capsys, "--systems", f"{both},causal,model=a/b")["to fetch"] == f"{one}, and a/b, of unknown size"
    assert notes(capsys, "--systems", "causal,model=a/b")["to fetch"] == "a/b, of unknown size"
    assert notes(capsys, "--systems", "lead")["to fetch"] == "nothing"
    total = float(notes(capsys, "--systems", "t5-small,t5-base")["to fetch"].removesuffix(" MB").replace(",", ""))
    base = float(notes(capsys, "--systems", "t5-base")["to fetch"].removesuffix(" MB").replace(",", ""))
    assert total == pytest.approx(base + float(one.removesuffix(" MB")), abs=1)


def test_time_is_added_up_with_what_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    """Without any earlier run it is unknown, and never 0; later the systems without one are counted."""
    assert notes(capsys, "--systems", "lead,luhn")["time"] == "unknown"
    assert main(["run", "--systems", "lead", "--limit", "2", "--quiet"]) == 0
    capsys.readouterr()
    said = notes(capsys, "--systems", "lead,luhn,lsa")["time"]
    assert re.match(r"about \d s by earlier runs on this machine", said)
    assert said.endswith("; not counted: 2 systems of which nothing is known")
    assert "not counted: " not in notes(capsys, "--systems", "lead")["time"]


def test_cost_is_reckoned_from_kept_summaries(
    tmp_path: Path, write_article: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    """A system with prices has a column; its cost is unknown at first, then as much a summary as earlier ones."""
    for name in "abcd":
        write_article(tmp_path / "mine" / name, text=f"The {name} came. It rained. They left.")
    with servers.serving() as server:
        systems = f"lead,endpoint,url={server.url},model=small,price_in=1000,price_out=2000"
        arguments = ("--corpus", "mine", "--systems", systems)
        assert notes(capsys, *arguments)["cost"] == "unknown"
        assert main(["run", *arguments, "--limit", "1", "--quiet", "--out", "run", "--format", "csv"]) == 0
        (row,) = (row for row in csv.DictReader(capsys.readouterr().out.splitlines()) if row["system"] == "small")
        assert main(["run", *arguments, "--dry-run", "--format", "csv"]) == 0
        planned = {row["system"]: row for row in csv.DictReader(capsys.readouterr().out.splitlines())}
        assert (planned["lead"]["cost"], planned["small"]["reused"]) == ("", "1")
        assert float(planned["small"]["cost"]) == pytest.approx(3 * float(row["cost"]))
        assert notes(capsys, *arguments)["cost"].startswith(f"about {3 * float(row['cost']):.4g}, if ")
        assert notes(capsys, *arguments, "--limit", "1")["cost"].startswith("about 0, if ")
        twice = f"{systems},endpoint,url={server.url},model=other,price_in=1"
        assert "; not counted: 1 system of which nothing is known" in notes(capsys, *arguments[:3], twice)["cost"]
    assert "cost" not in notes(capsys, "--corpus", "mine", "--systems", "lead")


def test_a_corpus_that_is_not_read_has_no_time(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither time nor cost is made up where the documents were not read; downloads are known all the same."""
    priced = "endpoint,url=http://127.0.0.1:9/v1,model=m,price_in=1"
    said = notes(capsys, "xsum", "--systems", f"lead,bart-large-xsum,{priced}")
    assert said["to fetch"] == "1,625 MB"
    assert said["time"] == said["cost"] == "unknown"
