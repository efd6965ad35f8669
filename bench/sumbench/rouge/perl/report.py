"""Formats results as ROUGE-1.5.5 prints them."""

import re
from collections.abc import Iterator
from functools import cmp_to_key

from sumbench.rouge.perl.bootstrap import PerlInterval
from sumbench.rouge.perl.evaluation import Result
from sumbench.rouge.perl.options import Options
from sumbench.rouge.perl.options import number
from sumbench.rouge.perl.scorer import Evaluation

_RULE = "-" * 45
_DOTS = "." * 45


def report(evaluation: Evaluation, options: Options) -> str:
    """Return what ROUGE-1.5.5 prints for `evaluation`: averages with intervals and, with `-d`, every instance.

    Instances are listed by the numbers their identifiers begin with, as in the original; those with equal numbers,
    which it lists in random order, in byte order.
    """
    lines = [
        line
        for system, results in evaluation.items()
        for result in results.values()
        for line in _lines(system, result, options)
    ]
    return "".join(f"{line}\n" for line in lines)


def _lines(system: str, result: Result, options: Options) -> Iterator[str]:
    name = f"{system} {result.metric}"
    yield _RULE
    for letter, interval in zip("RPF", result.averages, strict=True):
        yield f"{name} Average_{letter}: {_written(interval, options)}"
    if options.per_evaluation:
        yield _DOTS
        rows = dict(zip(result.identifiers, _rows(result, options), strict=True))
        for identifier in sorted(rows, key=cmp_to_key(_compare)):
            recall, precision, f_measure = rows[identifier]
            yield f"{name} Eval {identifier}.{system} R:{recall} P:{precision} F:{f_measure}"


def _written(interval: PerlInterval, options: Options) -> str:
    average, low, high = (f"{value:.5f}" for value in interval)
    return f"{average} ({number(options.confidence)}%-conf.int. {low} - {high})"


def _rows(result: Result, options: Options) -> list[list[str]]:
    """Format the scores of each instance or, where tokens are averaged, its counts (integers for an integer weight)."""
    if options.by_token:
        whole = float(options.weight or 1).is_integer()
        return [[str(int(count)) if whole else f"{count:.15g}" for count in row] for row in result.counts.tolist()]
    return [[f"{value:.5f}" for value in row] for row in result.scores.tolist()]


def _compare(one: str, other: str) -> int:
    numbers = [re.match("[0-9]+", identifier) for identifier in (one, other)]
    first, second = (int(found[0]) if found else None for found in numbers)
    if first is None or second is None:
        return (one > other) - (one < other)
    return (first > second) - (first < second)
