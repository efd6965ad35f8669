"""Statistics of a corpus' references that BERTScore may use: inverse document frequencies and a baseline."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from sumbench import seeds
from sumbench.corpus import open_corpus
from sumbench.errors import MetricError

MOST_TEXTS = 500
"""How many references take part in a baseline at most."""

SHIFTS = 20
"""With how many others each of them is compared."""


@dataclass(frozen=True)
class Background:
    """The references of the corpus `name`: by document, in order."""

    name: str
    references: tuple[tuple[str, ...], ...]

    @classmethod
    def read(cls, metric: str, name: str) -> "Background":
        """Read a corpus, named as for a run; raise CorpusError or UsageError, MetricError for one without references.

        Only what has references counts: documents may be without text.
        """
        found = tuple(document.references for document in open_corpus(name).documents if document.references)
        if not found:
            raise MetricError(f"{metric}: {name}: has no references")
        return cls(name, found)

    @property
    def sha256(self) -> str:
        """The SHA-256 of all references, in order."""
        return hashlib.sha256(json.dumps(self.references).encode()).hexdigest()

    @property
    def texts(self) -> list[str]:
        """All references."""
        return [text for some in self.references for text in some]

    def pairs(self, metric: str) -> list[tuple[str, str]]:
        """Return random pairs of first references of different documents, the same each time.

        Of 500 documents at most each is compared with 20 others at most. Raises MetricError for a single document.
        """
        random = seeds.stream(0, "bertscore", "baseline")
        order = random.permutation(len(self.references))[:MOST_TEXTS]
        texts = [self.references[index][0] for index in order]
        if len(texts) < 2:  # noqa: PLR2004 - a pair
            raise MetricError(f"{metric}: {self.name}: has one document alone, and a baseline needs several")
        shifts = range(1, min(SHIFTS, len(texts) - 1) + 1)
        return [(text, texts[(at + shift) % len(texts)]) for shift in shifts for at, text in enumerate(texts)]


def inverse_frequencies(texts: Sequence[Sequence[int]]) -> tuple[Mapping[int, float], float]:
    """Return the weight of each token id of `texts`, and that of a token in none of them.

    It is log((M + 1) / (n + 1)) for a token in n of M texts: the inverse document frequency with one added to both
    (Zhang et al., BERTScore, 2020, section 3, and the program bert-score).
    """
    counts = Counter(token for text in texts for token in set(text))
    number = len(texts)
    return {token: log((number + 1) / (count + 1)) for token, count in counts.items()}, log(number + 1)
