"""Words of scripts without blanks between them, found by a dictionary: the packages of the extra `words`."""

from collections.abc import Callable
from collections.abc import Iterator
from functools import cache
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING
from typing import Any
from typing import Final
from typing import NamedTuple

from sumbench.rouge.cache import BoundedCache
from sumbench.rouge.errors import RougeError

if TYPE_CHECKING:
    from sumbench.rouge.segments import Cutter

_LONGEST_RUN: Final = 512
"""A run of letters without punctuation is cut there: the dictionaries' time may grow with its square."""
_KEPT: Final = 1 << 12


class _Dictionary(NamedTuple):
    """Whose words it finds, the packages it needs, the letters it reads, and what loads the function that cuts."""

    language: str
    packages: tuple[str, ...]
    letters: str
    load: Callable[[], Callable[[str], list[str]]]


def cutter(name: str) -> "Cutter":
    """Return the dictionary of that name, ready to cut.

    Raises:
        RougeError: If its package is not installed.
    """
    from sumbench.rouge.segments import Cutter

    known = BoundedCache(_loaded(name), _KEPT)
    return Cutter(_runs(CUTTERS[name].letters), partial(_cut, known))


@cache
def versioned(name: str) -> str:
    """Return the dictionary's name with what its words depend on: `rjieba-0.2.2`, `icu-78.3`."""
    if name == "icu":
        import icu4py

        return f"icu-{icu4py.icu_version}"
    return "-".join(f"{package}-{version(package)}" for package in CUTTERS[name].packages)


@cache
def _loaded(name: str) -> Callable[[str], list[str]]:
    dictionary = CUTTERS[name]
    try:
        return dictionary.load()
    except ImportError as error:
        needs = " and ".join(dictionary.packages)
        msg = f"words of {dictionary.language} need the package {needs}: pip install 'sumbench[words]'"
        raise RougeError(msg) from error


@cache
def _runs(letters: str) -> Any:  # noqa: ANN401 - regex ships no types
    import regex

    # 〇 is a number by its category.
    return regex.compile(rf"(?:[[\p{{L}}\p{{Nl}}]&&[{letters}]][\p{{M}}\u0e33\u0eb3\u200c\u200d]*+)++", flags=regex.V1)


def _cut(known: BoundedCache[list[str]], run: str) -> list[str]:
    return known[run] if len(run) <= _LONGEST_RUN else [word for part in _parts(run) for word in known[part]]


def _parts(run: str) -> Iterator[str]:
    """Cut a long run into parts, none of which begins with a mark."""
    import regex

    part = rf"(?s).{{1,{_LONGEST_RUN}}}+[\p{{M}}\u0e33\u0eb3\u200c\u200d]*+"
    yield from (found[0] for found in regex.finditer(part, run))


def _rjieba() -> Callable[[str], list[str]]:
    import rjieba

    cut: Callable[[str], list[str]] = rjieba.cut
    return cut


def _unidic() -> Callable[[str], list[str]]:
    import unidic_lite
    from fugashi import GenericTagger

    # The settings of the machine's own MeCab, if there is any, are not read.
    tagger = GenericTagger(f'-O wakati -r "{unidic_lite.DICDIR}/dicrc" -d "{unidic_lite.DICDIR}"')
    return lambda run: tagger.parse(run).split()


def _icu() -> Callable[[str], list[str]]:
    from icu4py.breakers import WordBreaker

    # It chooses the dictionary by the script; "und" has no rules of a language.
    return lambda run: list(WordBreaker(run, "und"))


_SPACELESS: Final = r"\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Han}"

CUTTERS: Final = {
    "rjieba": _Dictionary("Chinese", ("rjieba",), r"\p{Han}", _rjieba),
    "unidic-lite": _Dictionary("Japanese", ("unidic-lite", "fugashi"), r"\p{Han}\p{scx=Hira}\p{scx=Kana}", _unidic),
    "icu": _Dictionary("Thai, Lao, Khmer, Burmese and traditional Chinese", ("icu4py",), _SPACELESS, _icu),
}
"""The dictionaries by the names that tokenizers have."""
