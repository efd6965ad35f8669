import csv
import fcntl
import io
import math
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from sumbench.errors import UsageError
from sumbench.tables import FORMATS
from sumbench.tables.json import parse
from sumbench.tables.latex import escaped
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.tables.plain import _SIGNS
from sumbench.tables.plain import in_encoding
from tests.tables.fixed import FILES
from tests.tables.fixed import GOLDEN
from tests.tables.fixed import TABLE
from tests.tables.fixed import rendered

ROWS = [row for section in TABLE.sections for row in section.rows if not row.detail]
NAMES = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"]
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")

ENGINE = next((found for found in map(shutil.which, ("tectonic", "pdflatex", "xelatex")) if found), None)

DOCUMENT = r"""\documentclass{article}
\usepackage{booktabs,graphicx,siunitx}
\begin{document}
\input{table}
\end{document}
"""

PRINT = """
import sys
from sumbench.tables import FORMATS
from tests.tables.fixed import TABLE
sys.stdout.write(FORMATS["terminal"](TABLE))
"""


def named(names: list[str]) -> Table:
    """Return the table by itself with plain names for the rows of readers, which a test can find in any format."""
    left = iter(names)
    sections = tuple(
        replace(section, rows=tuple(replace(row, cells=(next(left), *row.cells[1:])) for row in section.rows))
        for section in TABLE.sections
        if not any(row.detail for row in section.rows)
    )
    return replace(TABLE, sections=sections, further=())


def numbers(text: str) -> list[str]:
    return NUMBER.findall(text.replace("--", "–"))


def in_lines(text: str) -> list[str]:
    return [next(line for line in text.splitlines() if re.match(rf"\W*{name}\b", line)) for name in NAMES]


def html(text: str) -> ET.Element:
    """Return the first figure of a page that holds nothing else than the text."""
    return ET.fromstring(f"<body>{text}</body>")[0]  # noqa: S314 - it is our own


def in_html(text: str) -> list[str]:
    rows = [row for row in html(text).iter("tr") if row.find("th[@scope='row']") is not None]
    return [" ".join("".join(cell.itertext()) for cell in row) for row in rows]


def in_csv(text: str) -> list[str]:
    shown = []
    for row in csv.DictReader(io.StringIO(text)):
        cells = [(column, row[column.key]) for column in TABLE.columns if not column.detail]
        shown.append(
            " ".join(
                text if column.decimals is None or not text else column.shown(float(text)) for column, text in cells
            )
        )
    return shown


def in_json(text: str) -> list[str]:
    table = parse(text).readers()
    return [" ".join(table.texts(row)) for section in table.sections for row in section.rows]


@pytest.mark.parametrize("name", FILES)
def test_formats_are_written_as_they_were(name: str) -> None:
    """Every byte is as in the file that was looked at (`python -m tests.tables.fixed` writes the files anew)."""
    assert rendered(name).encode() == (GOLDEN / FILES[name]).read_bytes()


def test_every_format_has_a_file() -> None:
    """A new format needs a golden file."""
    assert set(FILES) == set(FORMATS)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("terminal", in_lines),
        ("markdown", in_lines),
        ("latex", in_lines),
        ("html", in_html),
        ("csv", in_csv),
        ("json", in_json),
    ],
)
def test_every_format_shows_the_same_figures(name: str, read: Callable[[str], list[str]]) -> None:
    """Rows, figures and their order are the same wherever the table is shown."""
    table = named(NAMES)
    readers = table.readers()
    expected = [numbers(" ".join(readers.texts(row))) for section in readers.sections for row in section.rows]
    assert [numbers(shown) for shown in read(rendered(name, table))] == expected


def test_decimal_points_stand_below_each_other() -> None:
    """In the terminal and in Markdown's source a column's points are in one line, whatever is bold or marked."""
    for name in ("terminal", "markdown"):
        points = {line.index(".") for line in in_lines(rendered(name, named(NAMES))) if "." in line}
        assert len(points) == 1, name


@pytest.mark.parametrize(("cell", "shown"), [(-0.04, "0.0"), (-0.06, "-0.1"), (-0.0, "0.0"), (3, "3.0"), (None, "")])
def test_nothing_is_shown_as_less_than_nothing(cell: float | None, shown: str) -> None:
    """What rounds to zero has no sign."""
    assert Column("position", "position", 1).shown(cell) == shown


def test_json_gives_the_table_back() -> None:
    """Nothing of the table is lost in JSON."""
    assert parse(rendered("json")) == TABLE


def test_json_holds_what_is_no_number() -> None:
    """A number that JSON does not know reads as it is shown."""
    table = Table("t", (Column("a", "a", 1), Column("b", "b", 1)), (Section("", (Row((math.nan, -math.inf)),)),))
    assert parse(rendered("json", table)).sections[0].rows[0].cells == ("nan", "-inf")


@pytest.mark.parametrize(
    ("text", "said"), [('{"schema": 2}', "newer"), ("{}", "no table"), ("[]", "no table"), ("x", "no table")]
)
def test_json_that_is_no_table_is_refused(text: str, said: str) -> None:
    """What another program or a newer sumbench wrote is said in one line."""
    with pytest.raises(UsageError, match=said):
        parse(text)


def test_html_names_what_each_header_is_for() -> None:
    """Every header has its scope; a section's heading spans the table; nothing can run or be loaded."""
    figure = html(rendered("html"))
    scopes = [header.get("scope") for header in figure.iter("th")]
    shown = len(TABLE.readers().columns)
    assert {scope: scopes.count(scope) for scope in scopes} == {"col": shown, "row": len(ROWS), "rowgroup": 2}
    assert [header.get("colspan") for header in figure.iter("th") if header.get("scope") == "rowgroup"] == [
        str(shown)
    ] * 2
    assert not {"script", "link", "img"} & {element.tag for element in figure.iter()}
    assert [note.text for note in figure.iter("li")] == list(TABLE.notes)
    assert next(figure.iter("caption")).text == TABLE.title


def test_further_tables_follow_as_people_read_them() -> None:
    """A row for programs alone is in csv and json; what stands below the table is shown in every format for readers."""
    shown = {name: rendered(name) for name in ("terminal", "markdown", "latex", "html")}
    for name, text in shown.items():
        assert "nobody" not in text, name
        assert text.index("without references") > text.index("corpus: hub:"), name
        assert "measured as if they were summaries" in text, name
    assert "nobody" in rendered("csv")
    assert rendered("html").count("<style>") == 1


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_table_without_rows_or_notes_can_be_shown(name: str) -> None:
    """An empty table is its header."""
    assert "ROUGE-2" in rendered(name, replace(TABLE, sections=(), notes=())) or name == "csv"
    rendered(name, replace(TABLE, sections=(Section("nobody", ()),), notes=()))


def test_the_terminal_has_signs_of_its_encoding_only() -> None:
    """Dashes, daggers and times become ASCII where stdout has no others; letters lose their accents."""
    row = replace(ROWS[0], cells=("Bartók 要 †", *ROWS[0].cells[1:]))
    text = rendered("terminal", replace(TABLE, sections=(Section("", (row,)),)), "ascii")
    assert text.isascii()
    for shown in ("Bartok ? +", "9.5-22.0", "F1 x 100"):
        assert shown in text


def test_signs_that_an_encoding_lacks_keep_their_meaning() -> None:
    """Arrows, Greek letters of coefficients and primes of letters are no question marks."""
    shown = in_encoding(Table("Kendall's τ-b, ρ, α; ↑ or ↓; a′", (), ()), "cp1252").title
    assert shown == "Kendall's tau-b, rho, alpha; ^ or v; a'"


def test_no_header_of_a_csv_file_is_a_formula() -> None:
    """A column that is named by a corpus, such as a value of its metadata, has an apostrophe before it."""
    table = Table("t", (Column("system", "system"), Column("=1+1", "=1+1", 2)), (Section("", (Row(("a", 1.0)),)),))
    assert rendered("csv", table).splitlines()[0] == "section,system,'=1+1"


def test_latex_has_every_sign_of_our_tables() -> None:
    """A Greek letter or an arrow that it was not told of would stop pdfLaTeX."""
    assert escaped("".join(_SIGNS)).isascii()
    assert escaped("Kendall's τ-b") == r"Kendall's $\tau$-b"


def test_a_row_of_latex_may_begin_with_a_bracket_or_a_star() -> None:
    """TeX would take these for an option of the end of the row before."""
    rows = tuple(Row((name, 1.0)) for name in ("[ours]", "*", "theirs"))
    text = rendered("latex", Table("t", (Column("s", "[s]"), Column("v", "v", 1)), (Section("", rows),)))
    lines = [line.split("&")[0].strip() for line in text.splitlines() if "&" in line]
    assert lines == ["{}[s]", "{}[ours]", "{}*", "theirs"]


def on_terminal(columns: int) -> str:
    """Return what a real terminal of so many columns is sent, without the colours."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key not in {"COLUMNS", "LINES", "NO_COLOR"}}
    process = subprocess.Popen(
        [sys.executable, "-c", PRINT],
        stdin=slave,
        stdout=slave,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
        env=environment | {"TERM": "xterm-256color", "PYTHONUTF8": "1"},
    )
    os.close(slave)
    sent = b""
    # Linux ends the reading of a terminal that was closed with an error.
    try:
        while chunk := os.read(master, 4096):
            sent += chunk
    except OSError:
        pass
    os.close(master)
    assert process.wait() == 0
    return sent.decode()


def test_a_terminal_is_never_written_over_its_edge() -> None:
    """On 60 columns names and notes are wrapped, the columns left out are named, and the best is bold."""
    sent = on_terminal(60)
    assert "\x1b[1m21.12\x1b[0m a" in sent
    lines = [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", sent).splitlines()]
    assert max(map(len, lines)) <= 60
    text = " ".join(" ".join(lines).split())
    assert "left out, as the terminal is too narrow: change, failed (--format csv has every column)" in text
    assert "  documents; what it did not read is counted in tokens, and" in lines


def test_a_wide_terminal_shows_every_column() -> None:
    """Where there is room nothing is left out."""
    sent = on_terminal(140)
    assert "failed" in sent
    assert "left out" not in sent


@pytest.mark.skipif(ENGINE is None, reason="no TeX engine (tectonic, pdflatex, xelatex)")
def test_latex_compiles(tmp_path: Path) -> None:
    """The table can be taken into a document of the packages that it names, and nothing sticks out."""
    assert ENGINE
    finder = shutil.which("kpsewhich")
    if finder and "tectonic" not in ENGINE and subprocess.run([finder, "siunitx.sty"], check=False).returncode:
        pytest.skip("this TeX has no siunitx (Debian: texlive-science)")
    (tmp_path / "table.tex").write_text(rendered("latex"), "utf-8")
    (tmp_path / "document.tex").write_text(DOCUMENT, "utf-8")
    options = [] if "tectonic" in ENGINE else ["-interaction=nonstopmode", "-halt-on-error"]
    made = subprocess.run(
        [ENGINE, *options, "document.tex"], cwd=tmp_path, capture_output=True, text=True, check=False, errors="replace"
    )
    assert made.returncode == 0, made.stdout
    assert (tmp_path / "document.pdf").read_bytes().startswith(b"%PDF")
    assert "Overfull" not in made.stdout + made.stderr
