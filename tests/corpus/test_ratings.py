"""What people said of summaries, from tables."""

import csv
import json
from pathlib import Path

import pytest

from sumbench.corpus.ratings import ratings_beside
from sumbench.corpus.ratings import read_judgements
from sumbench.corpus.rows import read_rows
from sumbench.errors import CorpusError
from sumbench.records import Document
from sumbench.records import Rating

DOCUMENTS = [Document("a", "", ("One.",))]


def table(file: Path, human: str) -> str:
    with file.open("w", encoding="utf-8", newline="") as content:
        csv.writer(content).writerows([("id", "reference", "human"), ("a", "One.", human)])
    return str(file)


def test_ratings_may_be_written_into_a_cell(tmp_path: Path) -> None:
    """A .csv file holds the object as JSON; beside outputs and alone it says the same."""
    name = table(tmp_path / "t.csv", json.dumps({"x": {"fluency": [4, 5]}, "y": None}))
    ratings = (Rating("a", "x", "fluency", 4, "1"), Rating("a", "x", "fluency", 5, "2"))
    assert ratings_beside(list(read_rows(name)), DOCUMENTS) == ratings
    assert read_judgements(name) == (ratings, ())


def test_a_second_rating_of_the_same_is_refused(tmp_path: Path) -> None:
    """Two rows of one document that rate the same are not averaged in silence."""
    row = json.dumps({"id": "a", "human": {"x": {"fluency": 4}}})
    (tmp_path / "t.jsonl").write_text(f"{row}\n{row}\n", "utf-8")
    with pytest.raises(CorpusError, match="line 2: a second rating of x's summary of 'a' in fluency"):
        read_judgements(str(tmp_path / "t.jsonl"))


def test_a_column_with_other_things_people_wrote_is_no_rating(tmp_path: Path) -> None:
    """Beside outputs it is left alone; where ratings are asked for it is refused."""
    name = table(tmp_path / "t.csv", "A summary that a person wrote.")
    assert ratings_beside(list(read_rows(name)), DOCUMENTS) == ()
    with pytest.raises(CorpusError, match="line 2: human is no object of ratings by system"):
        read_judgements(name)
