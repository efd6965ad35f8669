"""Options are read from text as the fields' types say."""

from dataclasses import dataclass
from dataclasses import field
from enum import Enum
from enum import StrEnum
from pathlib import Path
from typing import Any
from typing import Literal
from typing import Optional

import pytest

from sumbench.errors import UsageError
from sumbench.options import misfit
from sumbench.options import needed
from sumbench.options import plain
from sumbench.options import read_option
from sumbench.options import reader
from sumbench.options import written
from sumbench.systems import REGISTRY
from sumbench.systems import System
from sumbench.systems import options


class Case(StrEnum):
    """Named as they are written."""

    UPPER = "upper"
    LOWER = "lower"


class Size(Enum):
    """Named otherwise than they are written."""

    SMALL = 1
    LARGE = 2


@dataclass(frozen=True)
class Options:
    """One option of each type that text can be read as."""

    whole: int = 1
    number: float = 1.0
    text: str = ""
    flag: bool = False
    maybe: int | None = None
    perhaps: Optional[str] = None  # noqa: UP045 - people write it
    either: Literal["auto"] | int = "auto"
    choice: Literal["a", 2, True] = "a"
    case: Case = Case.UPPER
    size: Size = Size.SMALL
    path: Path = Path()
    many: tuple[int, ...] = ()
    pair: tuple[str, int] = ("a", 1)
    cases: tuple[Case, ...] = field(default_factory=tuple)
    late: "int | None" = None


@pytest.mark.parametrize(
    ("option", "text", "value"),
    [
        ("whole", "3", 3),
        ("number", "0.5", 0.5),
        ("text", "a=b c", "a=b c"),
        ("flag", "true", True),
        ("maybe", "none", None),
        ("maybe", "7", 7),
        ("perhaps", "none", None),
        ("perhaps", "7", "7"),
        ("either", "auto", "auto"),
        ("either", "7", 7),
        ("choice", "2", 2),
        ("choice", "true", True),
        ("case", "lower", Case.LOWER),
        ("size", "2", Size.LARGE),
        ("size", "LARGE", Size.LARGE),
        ("path", "a/b.txt", Path("a/b.txt")),
        ("many", "1+2+3", (1, 2, 3)),
        ("many", "", ()),
        ("pair", "b+2", ("b", 2)),
        ("cases", "upper+lower", (Case.UPPER, Case.LOWER)),
        ("late", "none", None),
    ],
)
def test_a_text_becomes_a_value_of_the_fields_type(option: str, text: str, value: object) -> None:
    """What is read has the type that is annotated, and is written as it was read."""
    found = read_option("x", Options, option, text)
    assert (found, type(found)) == (value, type(value))
    assert read_option("x", Options, option, written(found)) == value


@pytest.mark.parametrize(
    ("option", "text", "wanted"),
    [
        ("whole", "1.5", "a whole number"),
        ("number", "many", "a number"),
        ("number", "nan", "a number"),
        ("number", "1e999", "a number"),
        ("flag", "yes", "true or false"),
        ("maybe", "", "none or a whole number"),
        ("either", "automatic", "auto or a whole number"),
        ("choice", "b", "a, 2 or true"),
        ("case", "Upper", "upper or lower"),
        ("size", "3", "1 or 2"),
        ("many", "1+", "a whole number, or several with + between them"),
        ("pair", "a", "a text and a whole number with + between them"),
    ],
)
def test_a_wrong_text_is_said_in_one_line(option: str, text: str, wanted: str) -> None:
    """The line names option, text and what is wanted."""
    with pytest.raises(UsageError, match=r"^system x: ") as caught:
        read_option("system x", Options, option, text)
    assert str(caught.value) == f"system x: {option}={text} is not {wanted}"


@pytest.mark.parametrize("kind", [dict, list[int], set[str], int | dict[str, int], tuple[object, ...], Any])
def test_a_type_that_no_text_can_be_read_as_is_refused(kind: object) -> None:
    """The line names the field."""

    class Odd:
        odd: object

    Odd.__annotations__["odd"] = kind
    with pytest.raises(UsageError, match=r"the option odd has the type .*, which no text can be read as"):
        reader(Odd, "odd")


def test_a_default_factory_is_a_default() -> None:
    """Only options without any default must be given."""
    assert needed(Options) == []


def test_values_are_plain_in_a_fingerprint(tmp_path: Path) -> None:
    """Of a path to a file it holds what is in the file."""
    assert plain((Case.UPPER, Size.LARGE, None, Path("nowhere"))) == ["upper", 2, None, "nowhere"]
    (tmp_path / "a").write_text("one")
    before = plain(tmp_path / "a")
    (tmp_path / "a").write_text("two")
    assert plain(tmp_path / "a") != before


@pytest.mark.parametrize("name", list(REGISTRY))
def test_the_systems_that_come_along_fit_as_plugins_must(name: str) -> None:
    """Each is a frozen dataclass with options that can be read from text."""
    assert misfit(REGISTRY[name], System) == ""
    assert all(reader(REGISTRY[name], option).wanted for option in options(REGISTRY[name]))
