"""What people preferred of the sides of a comparison."""

from dataclasses import replace

from sumbench.corpus.ratings import PREFERENCE_COLUMNS
from sumbench.corpus.ratings import read_judgements
from sumbench.errors import UsageError
from sumbench.jobs.comparison import SidesComparison
from sumbench.stats import Settings
from sumbench.stats.correlation.preferences import first_shown
from sumbench.stats.correlation.preferences import rater_agreement
from sumbench.stats.correlation.preferences import votes
from sumbench.stats.correlation.preferences import win_rates
from sumbench.stats.phrases import count
from sumbench.tables.model import Table
from sumbench.tables.preferences import preference_table


def preferred(file: str, comparison: SidesComparison, settings: Settings) -> Table:
    """Return the table of win rates between the sides of each pair, from the preferences in a file.

    Sides are known by the names of their systems. Raises UsageError for a file without preferences between them, and
    for one that judges documents that are not compared.
    """
    _, given = read_judgements(file)
    if not given:
        raise UsageError(
            f"--ratings {file}: holds ratings: preferences ({', '.join(PREFERENCE_COLUMNS)}) are wanted here"
        )
    met = {frozenset((base.system, new.system)) for base, new in comparison.pairs if base.system != new.system}
    if not met:
        raise UsageError("--ratings: preferences are between two systems of other names: compare RUN:SYSTEM RUN:SYSTEM")
    kept = [each for each in given if frozenset((each.a, each.b)) in met]
    if not kept:
        a, b = given[0].a, given[0].b
        raise UsageError(f"--ratings {file}: judges none of the pairs compared: its first is {a} and {b}")
    known = frozenset(comparison.result.documents)
    if strange := next((each.document for each in kept if each.document not in known), None):
        raise UsageError(f"--ratings {file}: judges document {strange!r}, which is not compared")
    name = comparison.pairs[0][0].run.manifest.corpus.name
    table = preference_table(name, win_rates(votes(kept), settings), rater_agreement(kept), first_shown(kept), settings)
    if len(kept) == len(given):
        return table
    left = count(len(given) - len(kept), "judgement")
    return replace(table, notes=(*table.notes, f"{left} of other pairs of systems left out"))
