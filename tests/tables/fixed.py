"""One table that has everything a table can have, and the files of its formats.

`python -m tests.tables.fixed` writes the files anew; look at what changed before you commit it.
"""

import io
from contextlib import redirect_stdout
from pathlib import Path

from sumbench.tables import FORMATS
from sumbench.tables.model import Column
from sumbench.tables.model import Origin
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table

GOLDEN = Path(__file__).parent / "golden"
FILES = {
    "terminal": "table.txt",
    "markdown": "table.md",
    "csv": "table.csv",
    "latex": "table.tex",
    "html": "table.html",
    "json": "table.json",
}

COLUMNS = (
    Column("system", "system"),
    Column("rouge2", "ROUGE-2", 2),
    Column("interval", "95 % interval"),
    Column("position", "position", 0),
    Column("rouge2_low", "low", 2, detail=True),
    Column("rouge2_letters", "letters", detail=True),
    Column("rougeL", "ROUGE-L", 2),
    Column("change", "change", 1),
    Column("failed", "failed", 0),
)

RANKED = (
    Row(
        ("bart_large & more †", 21.123456789, "9.5–22.0", 104, 9.5, "a", 30.5, -1.25, None),
        frozenset({1, 6}),
        {1: "a", 6: "ab"},
    ),
    Row(("<b>lsa</b>", 9.87654321, "8.0–11.5", 37, 8.0, "b", 28.0, 12.0, None), frozenset({6}), {1: "b", 6: "b"}),
    Row(("100% $x^2$ {~\\`*|\"'", 5.0, None, 0, 4.0, "bcd", 7.25, None, 2), frozenset(), {1: "bcd", 6: "c"}),
    Row(("broken", None, None, None, None, None, None, None, 12)),
)

LONG = (
    "† read less than all of the input: bart_large & more, 3 documents; what it did not read is counted in tokens, "
    "and the sum is shown in the column of what was seen, so that a reader can judge a score by it"
)

TABLE = Table(
    "x_sum | #1: 1,800 documents",
    COLUMNS,
    (
        Section("", RANKED),
        Section("floors", (Row(("random", 2.0, "1.0–3.0", 0, 1.0, "e", 4.0, 0.0, None), frozenset(), {1: "e"}),)),
        Section("ceilings", (Row(("reference agreement", 20.5, "19.0–21.9", 100, 19.0, None, 33.1, None, None)),)),
        Section("for programs", (Row(("nobody", None, None, None, 1.5, None, None, None, None), detail=True),)),
    ),
    (
        "scores are mean F1 × 100 over the documents",
        LONG,
        "--format names <one> of [several](formats), among them `csv`, *json* and __html__",
        "signature: rouge2|f1|stem:porter-nltk|refs:jackknife|sent:newline|tok:ascii|agg:mean|v:1.0.0",
        "signature: rougeL|f1|stem:porter-nltk|refs:jackknife|sent:none|tok:ascii|agg:mean|v:1.0.0",
        "corpus: hub:x_sum, sha256 0123456789abcdef",
    ),
    Origin(
        "hub:x_sum",
        "0123456789abcdef" * 4,
        {
            "rouge2": "rouge2|f1|stem:porter-nltk|refs:jackknife|sent:newline|tok:ascii|agg:mean|v:1.0.0",
            "rougeL": "rougeL|f1|stem:porter-nltk|refs:jackknife|sent:none|tok:ascii|agg:mean|v:1.0.0",
        },
        {"rouge2": "rouge", "rougeL": "rouge"},
    ),
    further=(
        Table(
            "x_sum | #1: without references",
            (Column("system", "system"), Column("cut_off", "cut off", 1), Column("coverage", "coverage", 1)),
            (
                Section(
                    "", (Row(("bart_large & more", 0.25, 81.5), frozenset({1}), {1: "a"}), Row(("<b>lsa</b>", 7, 90)))
                ),
                Section("written by people", (Row(("references", None, 66.66)),)),
            ),
            ("references: measured as if they were summaries",),
        ),
    ),
)


def rendered(name: str, table: Table = TABLE, encoding: str = "utf-8") -> str:
    """Return the table in a format, as it is when stdout is a file in an encoding."""
    with redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding)):
        return str(FORMATS[name](table))


def write() -> None:
    """Write the file of every format."""
    GOLDEN.mkdir(exist_ok=True)
    for name, file in FILES.items():
        (GOLDEN / file).write_text(rendered(name), "utf-8", newline="")


if __name__ == "__main__":
    write()
