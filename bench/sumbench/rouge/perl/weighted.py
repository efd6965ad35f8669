"""ROUGE-W: the union of longest common subsequences, with weights for runs (C.-Y. Lin, ROUGE, 2004, section 4).

A run of k tokens weighs f(k) = k ** weight. Sums of such weights are compared, so everything here keeps the order of
the original's additions.
"""

import math
from collections import Counter
from collections.abc import Iterator
from collections.abc import Sequence
from itertools import accumulate

from sumbench.rouge.errors import RougeError
from sumbench.rouge.perl.counts import PerlCounts
from sumbench.rouge.perl.counts import share
from sumbench.rouge.perl.lcs import LcsSentences
from sumbench.rouge.perl.options import number
from sumbench.rouge.perl.text import Text


class WeightedLcs:
    """ROUGE-W with any weight above 0."""

    def __init__(self, weight: float) -> None:
        """Weigh a run of k tokens k ** `weight`."""
        self.name = f"ROUGE-W-{number(weight)}"
        self._weight = weight
        self._powers: list[float] = []

    def profile(self, text: Text) -> LcsSentences:
        """Return the sentences of `text`."""
        return LcsSentences.of(text)

    def count(self, system: LcsSentences, reference: LcsSentences) -> PerlCounts:
        """Return the weighted counts of a pair.

        The base of recall is the sum of the sentences' weights, weighted once more; a reference without tokens, which
        stops the original, has none. Raises RougeError if a weight is beyond floating point.
        """
        try:
            return self._count(system, reference)
        except OverflowError:
            raise RougeError(f"{self.name}: the weight is too large for texts of this length") from None

    def _count(self, system: LcsSentences, reference: LcsSentences) -> PerlCounts:
        budget = Counter(system.budget & reference.budget)
        base = hits = 0.0
        for sentence in reference.sentences:
            base += self._power(len(sentence))
            union = set().union(*(self._positions(sentence, other) for other in system.sentences))
            run = 0
            for position in sorted(union):
                token = sentence[position]
                if budget[token]:
                    budget[token] -= 1
                    run += 1
                    if position + 1 not in union:
                        hits += self._power(run)
                        run = 0
        return PerlCounts(math.pow(base, self._weight), self._power(system.budget.total()), hits, self.rate(hits, base))

    def rate(self, hits: float, base: float) -> float:
        """Return the share of `base` that was hit, with the weight taken off again."""
        return math.pow(share(hits, base), 1 / self._weight)

    def _power(self, run: int) -> float:
        self._extend(run)
        return self._powers[run]

    def _extend(self, run: int) -> None:
        while len(self._powers) <= run:
            self._powers.append(math.pow(len(self._powers), self._weight))

    def _positions(self, reference: Sequence[str], system: Sequence[str]) -> Iterator[int]:
        """Yield the positions in `reference` on the heaviest common subsequence, last first.

        Where several are the heaviest, the walk back from the ends decides: it pairs equal tokens, and where they
        differ it drops the reference's, unless dropping the system's keeps more weight.
        """
        rows = self._table(reference, system)
        i, j = len(reference), len(system)
        while i and j:
            if reference[i - 1] == system[j - 1]:
                i -= 1
                j -= 1
                yield i
            elif rows[i - 1][j] >= rows[i][j - 1]:
                i -= 1
            else:
                j -= 1

    def _table(self, reference: Sequence[str], system: Sequence[str]) -> list[list[float]]:
        """Return the weights of the heaviest common subsequences of all prefixes, a row for each reference prefix."""
        self._extend(min(len(reference), len(system)))
        columns: dict[str, list[int]] = {}
        for position, token in enumerate(system):
            columns.setdefault(token, []).append(position)
        powers = self._powers
        above = [0.0] * (len(system) + 1)
        rows = [above]
        runs_above: dict[int, int] = {}
        for token in reference:
            row = [0.0]
            runs = {}
            for column in columns.get(token, ()):
                row += _unequal(row[-1], above[len(row) : column + 1])
                run = runs_above.get(column, 0)
                row.append(above[column] + powers[run + 1] - powers[run])
                runs[column + 1] = run + 1
            row += _unequal(row[-1], above[len(row) :])
            rows.append(row)
            above, runs_above = row, runs
        return rows


def _unequal(left: float, above: list[float]) -> list[float]:
    """Return the cells where the tokens differ: each the larger of its neighbours to the left and `above`."""
    return list(accumulate(above, max, initial=left))[1:]
