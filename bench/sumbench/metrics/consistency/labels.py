"""Finds out which class of a classifier means what, by the names in its configuration or as the user says."""

import re
from collections.abc import Callable
from collections.abc import Mapping
from typing import Final
from typing import NamedTuple

from sumbench.errors import MetricError

_UNNAMED: Final = re.compile(r"(?:label|class)?[\s_-]*\d+", re.IGNORECASE)
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_NEGATIONS: Final = frozenset(("not", "non", "no", "un", "without"))
_SUPPORTED: Final = frozenset(
    (
        *("supported", "support", "supports", "entailment", "entailed", "consistent", "faithful", "factual"),
        *("grounded", "correct", "true", "yes", "attributable", "verified"),
    )
)
_UNSUPPORTED: Final = frozenset(
    (
        *("unsupported", "inconsistent", "unfaithful", "ungrounded", "nonfactual", "incorrect", "false"),
        *("hallucinated", "hallucination", "contradiction", "refuted", "refutes", "baseless", "hal"),
    )
)

Names = Mapping[int, str]
"""The names of a classifier's classes, `id2label` in its configuration."""


def find_entailment(name: str, names: Names, said: str) -> int:
    """Return the class of entailment; `said` is its name or number by the user, empty where its name is to tell.

    Raises MetricError where neither names one class.
    """
    return _find(name, names, said, _ENTAILMENT)


def find_contradiction(name: str, names: Names, said: str) -> int | None:
    """Return the class of contradiction, None for a classifier without any (entailment or not)."""
    if not said and not any(map(_is_contradiction, names.values())):
        return None
    return _find(name, names, said, _CONTRADICTION)


def find_supported(name: str, names: Names, said: str) -> int:
    """Return the class of supported claims; the second of two without names, as MiniCheck's checkpoints have it.

    Raises MetricError where nothing names one class.
    """
    return 1 if not said and _are_two_unnamed(names) else _find(name, names, said, _SUPPORT)


def find_hallucinated(name: str, names: Names, said: str) -> int:
    """Return the class of hallucinated tokens; the second of two without names, as LettuceDetect's checkpoints have it.

    Raises MetricError where nothing names one class.
    """
    return 1 if not said and _are_two_unnamed(names) else _find(name, names, said, _HALLUCINATION)


class _Wanted(NamedTuple):
    """A class that is looked for: what it is, the option that names it, and what tells its name."""

    what: str
    option: str
    fits: Callable[[str], bool]


def _are_two_unnamed(names: Names) -> bool:
    return len(names) == 2 and all(_UNNAMED.fullmatch(name.strip()) for name in names.values())  # noqa: PLR2004


def _find(name: str, names: Names, said: str, wanted: _Wanted) -> int:
    if said:
        given = said.strip().lower()
        found = [index for index, each in names.items() if given in {each.strip().lower(), str(index)}]
    else:
        found = [index for index, each in names.items() if wanted.fits(each)]
    if len(found) == 1:
        return found[0]
    shown = ", ".join(f"{index} {each!r}" for index, each in sorted(names.items()))
    if said:
        raise MetricError(f"{name}: {wanted.option}={said} is none of the model's classes: {shown}")
    which = "more than one is" if found else "none says that it is"
    raise MetricError(
        f"{name}: the model's classes are {shown}: {which} {wanted.what}: give {wanted.option}=NAME or its number, as "
        f"the model's card says, and try it with sumbench metrics check"
    )


def _letters(name: str) -> list[str]:
    return _LETTERS.findall(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower().replace("_", " "))


def _is_entailment(name: str) -> bool:
    words = _letters(name)
    return any(word.startswith("entail") for word in words) and _NEGATIONS.isdisjoint(words)


def _is_contradiction(name: str) -> bool:
    words = _letters(name)
    return any(word.startswith("contradict") for word in words) and _NEGATIONS.isdisjoint(words)


def _is_supported(name: str) -> bool:
    words = _letters(name)
    return not _SUPPORTED.isdisjoint(words) and _NEGATIONS.isdisjoint(words) and _UNSUPPORTED.isdisjoint(words)


def _is_unsupported(name: str) -> bool:
    words = _letters(name)
    negated = not _NEGATIONS.isdisjoint(words)
    return (not negated and not _UNSUPPORTED.isdisjoint(words)) or (negated and not _SUPPORTED.isdisjoint(words))


_ENTAILMENT: Final = _Wanted("entailment", "entailment_label", _is_entailment)
_CONTRADICTION: Final = _Wanted("contradiction", "contradiction_label", _is_contradiction)
_SUPPORT: Final = _Wanted("supported", "supported_label", _is_supported)
_HALLUCINATION: Final = _Wanted("hallucinated", "hallucinated_label", _is_unsupported)
