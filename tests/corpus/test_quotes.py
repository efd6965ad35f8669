"""Quotes in tables of delimited text: rows are never swallowed in silence."""

import csv
import io
from pathlib import Path
from typing import Literal

import pytest

from sumbench.corpus.notes import ReadingNotes
from sumbench.corpus.rows import read_rows
from sumbench.errors import CorpusError
from tests.corpus.test_tables import ROWS


def cells(file: Path, content: str, notes: ReadingNotes | None = None) -> list[tuple[str, ...]]:
    file.write_text(content, "utf-8", newline="")
    return [tuple(row.values.values()) for row in read_rows(str(file), notes)]


@pytest.mark.parametrize(
    ("row", "read"),
    [
        ('1\t"Quoted whole."', "Quoted whole."),
        ('1\t"He said ""no""."', 'He said "no".'),
        ('1\t"No way he said.', '"No way he said.'),
        ('1\t"No," he said, "never."', '"No," he said, "never."'),
        ('1\tThe "Queen Mary" sank', 'The "Queen Mary" sank'),
        ('1\tRain closed the roads"', 'Rain closed the roads"'),
        ('1\t5" of snow fell', '5" of snow fell'),
        ('1\t"', '"'),
        ('1\t""', ""),
        ('1\t"a\tb"', "a\tb"),
        ('1\t"Two lines,\nof one cell."', "Two lines,\nof one cell."),
        ('1\t"A ""quote""\n\nand ""two"""', 'A "quote"\n\nand "two"'),
        ('1\t"Tom:\tHello.\nAnn:\tHi."', "Tom:\tHello.\nAnn:\tHi."),
    ],
)
def test_a_quote_in_a_tsv_is_text_unless_it_encloses_a_cell(tmp_path: Path, row: str, read: str) -> None:
    """A quote is none of the text only where it opens a cell and another one ends it, with those between doubled."""
    notes = ReadingNotes()
    assert cells(tmp_path / "t.tsv", f"id\treference\n{row}\n2\tSnow.\n", notes) == [("1", read), ("2", "Snow.")]
    assert not list(notes)


def test_stray_quotes_in_a_tsv_swallow_no_row(tmp_path: Path) -> None:
    """Two quotes with rows between them, each of which has its id, are text, which a note says."""
    content = 'id\treference\n1\t"No way he said.\n2\tSnow.\n3\tRain closed the roads"\n4\tShe won.\n'
    notes = ReadingNotes()
    assert [row[1] for row in cells(tmp_path / "t.tsv", content, notes)] == [
        '"No way he said.',
        "Snow.",
        'Rain closed the roads"',
        "She won.",
    ]
    assert [note.partition(": ")[2] for note in notes] == [
        "the quotes in lines 2 to 4 are taken as text: as those of one cell they would swallow rows"
    ]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('id\treference\n1\t"No way\n2\tSnow.\nand more\n3\tRain"\n', 2),
        ('reference\n"No way.\nRain"\n', 2),
    ],
)
def test_quotes_in_a_tsv_over_rows_and_other_lines_are_refused(tmp_path: Path, content: str, line: int) -> None:
    """What may be one cell or several rows is refused with the line where the quote opens."""
    with pytest.raises(CorpusError, match=rf"t.tsv, line {line}: a quote opens a cell that goes on to line"):
        cells(tmp_path / "t.tsv", content)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('id,reference\n1,"No way.\n2,Rain"\n', "line 2: a quote opens a cell that goes on in line 3"),
        ('id,reference\n1,Snow.\n2,"No way.\n3,Sun.\n4,Rain"\n', "line 3: a quote opens a cell that goes on in line 4"),
        ('id;reference\na-1;"No way.\nb-23;Rain"\n', "line 2: a quote opens a cell that goes on in line 3"),
        ('id,document,reference\n1,"No way,\n2,Rain,Wet\n3,Sun",Dry\n', "line 2: a quote opens a cell"),
        ('reference,output\nSnow.,"No way.\nSun.,Rain"\n', "line 2: a quote opens a cell that goes on in line 3"),
        ('id,reference\n1,"No way.\n2,Rain\n', "line 2: a quote opens a cell that goes on in line 3"),
        ('id,reference\n1,"No way.\n', "line 2: a quote opens a cell and nothing closes it"),
        ('id,reference\n1,"No" way.\n', "line 2: a quoted cell goes on behind its closing quote"),
        ('id,reference\n1,"He said \\"no\\"."\n', r'line 2: a quote is written as \\" inside a quoted cell'),
        ("id,reference\n1,a\rb\n", "line 2: a carriage return stands outside of quotes"),
    ],
)
def test_a_stray_quote_in_a_csv_is_refused(tmp_path: Path, content: str, says: str) -> None:
    """A cell that goes on over what looks like rows, or never ends, is refused with the line where its quote opens."""
    with pytest.raises(CorpusError, match=rf"t.csv, {says}"):
        cells(tmp_path / "t.csv", content)


@pytest.mark.parametrize("columns", [("id", "document", "reference"), ("document", "reference"), ("reference", "id")])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_cells_of_many_lines_raise_no_alarm(
    tmp_path: Path, columns: tuple[str, ...], delimiter: str, quoting: Literal[0, 1]
) -> None:
    """Real articles and references of several lines, with commas and quotes, are read as they were written."""
    table = [
        tuple(str({**row, "reference": row["references"][0]}[column]).replace(". ", '." \n"') for column in columns)
        for row in ROWS
    ]
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, quoting=quoting)
    writer.writerows([columns, *table])
    notes = ReadingNotes()
    assert cells(tmp_path / ("t.tsv" if delimiter == "\t" else "t.csv"), written.getvalue(), notes) == table
    assert not list(notes)


def test_large_numbers_in_running_text_are_no_row(tmp_path: Path) -> None:
    """A line that begins with a number of thousands looks like a row of two cells, and is none."""
    table = 'id,reference\n1,"Few came.\n12,000 stayed away."\n'
    assert cells(tmp_path / "t.csv", table) == [("1", "Few came.\n12,000 stayed away.")]


def test_cells_of_several_lines_in_one_column_are_noted(tmp_path: Path) -> None:
    """In a .csv of one column nothing tells a swallowed row from a line of a cell: a note says that there are some."""
    notes = ReadingNotes()
    assert cells(tmp_path / "t.csv", 'reference\n"No way.\nRain."\nSnow.\n', notes) == [("No way.\nRain.",), ("Snow.",)]
    assert [note.partition(": ")[2] for note in notes] == ["quoted cells go on over several lines, as that of line 2"]


def test_blank_lines(tmp_path: Path) -> None:
    """They are skipped, but for those inside a table of one column, where they may be empty cells."""
    assert cells(tmp_path / "t.tsv", "\nid\treference\n\n1\tx\n\n\t\n\n") == [("1", "x")]
    assert cells(tmp_path / "t.csv", 'output\nx\n""\n\n') == [("x",), ("",)]
    for name in ("t.csv", "t.tsv"):
        with pytest.raises(CorpusError, match=f"{name}, line 3: is blank, in a table of one column"):
            cells(tmp_path / name, "output\nx\n\ny\n")
