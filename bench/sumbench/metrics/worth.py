"""What metrics were worth where people have rated summaries: measured correlations, which ship as a table."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from sumbench.errors import MetricError
from sumbench.validation import read_toml

CORPORA: Final[Mapping[str, str]] = {
    "summeval": "SummEval: 100 articles of CNN/DailyMail, 16 systems, eleven references, experts (Fabbri et al. 2021)",
    "newsroom": "Newsroom: 60 articles, 7 systems, one reference, crowd workers (Grusky et al. 2018)",
}
"""The sets of ratings, by their names in the table."""

LENGTH: Final = "length"
"""The control that a metric should do better than: the number of words."""


@cache
def measured_worth() -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """Return Kendall's τ-b with people's ratings by value (or control), set of ratings, and quality, from -1 to 1.

    Within documents, mean over them; signs are turned where lower is better.
    """
    return read_toml(Path(__file__).with_suffix(".toml"), MetricError)


def mean_worth(value: str, corpus: str) -> float | None:
    """Return the mean of a value's correlations over a set's qualities, None where none was measured."""
    found = measured_worth().get(value, {}).get(corpus, {})
    return sum(found.values()) / len(found) if found else None
