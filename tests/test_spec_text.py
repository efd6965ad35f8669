"""The text of specs: paths and columns that hold commas, plus signs, blanks, quotes and equals signs."""

from pathlib import Path

import pytest

from sumbench.corpus.spec import Spec
from sumbench.corpus.spec import parse_spec
from sumbench.corpus.spec import with_columns
from sumbench.errors import UsageError
from sumbench.plugins import join_options
from sumbench.plugins import split_options
from sumbench.plugins import split_specs
from sumbench.spec_text import items
from sumbench.spec_text import joined_items
from sumbench.systems import build_systems

ODD = [
    "my, data",
    "a,b=c",
    "x,sentences=split",
    "a+b",
    'say "no"',
    '"',
    '"a","b"',
    "C:\\data, 2020\\news",
    " x ",
    "ü,ß",
]
NAMES = [*ODD, "[a], b", "hub:./my, data", "-", "=", ",", "+", "a,,b"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("column", ODD)
def test_a_spec_means_the_same_wherever_it_is_read(tmp_path: Path, name: str, column: str) -> None:
    """Written down and read again, a name and its columns are what they were, whether or not the path exists."""
    text = with_columns(str(Spec(name)), column, [column, "gold"], column)
    assert parse_spec(text) == Spec(
        name, {"document": column, "reference": joined_items((column, "gold")), "id": column}
    )
    roles = parse_spec(text).reader().columns
    assert (roles.document, roles.references, roles.id) == (column, (column, "gold"), column)
    assert parse_spec(str(Spec(str(tmp_path / "no" / name)))).name == str(tmp_path / "no" / name)


@pytest.mark.parametrize(
    "path", ["my, data/news, 2020.jsonl", "a,b=c.jsonl", "x.jsonl,sentences=split", "[a], b.csv", "a+b,c"]
)
def test_a_path_that_exists_needs_no_quotes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """The longest beginning that is a path is the name; options stand behind it; the spec written down is quoted."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text("x")
    assert parse_spec(path) == Spec(path)
    found = parse_spec(f"{path},document=body")
    assert found == Spec(path, {"document": "body"})
    (tmp_path / path).unlink()
    assert parse_spec(str(found)) == found


def test_a_pattern_may_hold_commas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a pattern it is enough that one file matches."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data,2020").mkdir()
    (tmp_path / "data,2020" / "1.jsonl").write_text("x")
    assert parse_spec("data,2020/*.jsonl,split=x") == Spec("data,2020/*.jsonl", {"split": "x"})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "my, data/news.jsonl",
            "there is no such file, and ' data/news.jsonl' is no key=value: what has a comma",
        ),
        ("a,b=c.jsonl", "there is no such file, and unknown option of a corpus 'b'"),
        ("xsum,splt=test", "corpus 'xsum,splt=test': unknown option of a corpus 'splt': did you mean 'split'"),
        ('"my, data.jsonl",splt=test', "unknown option of a corpus 'splt'"),
        ("x,document=my, body", "' body' is no key=value: what has a comma goes in double quotes"),
    ],
)
def test_what_is_no_option_is_said_in_one_line(text: str, says: str) -> None:
    """A mistyped path with commas is called a missing file, a mistyped option an option."""
    with pytest.raises(UsageError) as caught:
        parse_spec(text)
    assert says in str(caught.value)


@pytest.mark.parametrize("texts", [["a"], ["a,b", "c+d"], ['"', '"a"', ""], ["+", ",", "=", '""'], ODD])
def test_items_between_plus_signs_may_hold_them(texts: list[str]) -> None:
    """Texts that were joined come apart as they were."""
    assert items(joined_items(texts)) == texts


def test_systems_take_paths_with_commas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a list of systems a value is the longest path that exists; once split off, it no longer needs the file."""
    monkeypatch.chdir(tmp_path)
    for name in ("out, v=2.txt", "prompt,1.txt"):
        (tmp_path / name).write_text("[user]\n{document}\n")
    (tmp_path / "with,odd=1").mkdir()
    specs = split_specs(
        "lead,sentences=2, outputs,path=out, v=2.txt,as=mine,causal,model=./with,odd=1,prompt=prompt,1.txt,textrank,"
        'outputs,path="gone, too.txt",system="bart,long=chunk"'
    )
    assert [split_options(spec)[0] for spec in specs] == ["lead", "outputs", "causal", "textrank", "outputs"]
    (tmp_path / "out, v=2.txt").unlink()
    (tmp_path / "with,odd=1").rmdir()
    _, mine, model, _, other = build_systems(specs)
    assert (mine.name, getattr(mine, "path", "")) == ("mine", "out, v=2.txt")
    assert (getattr(model, "model", ""), str(getattr(model, "prompt", ""))) == ("./with,odd=1", "prompt,1.txt")
    assert (getattr(other, "path", ""), getattr(other, "system", "")) == ("gone, too.txt", "bart,long=chunk")
    assert other.name == "bart,long=chunk"


def test_one_system_takes_the_same_texts_as_a_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A suite's systems, and those of the Python API, are read by the same rule; a label may hold commas, too."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a,b.txt").write_text("x")
    (made,) = build_systems(['outputs,path=a,b.txt,as="one, two"'])
    assert (made.name, getattr(made, "path", "")) == ("one, two", "a,b.txt")
    assert split_options(join_options("outputs", ['path="a,b.txt"', "id=x"])) == (
        "outputs",
        ['path="a,b.txt"', "id=x"],
    )
