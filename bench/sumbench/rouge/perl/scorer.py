"""The scorer of the preset `perl`: ROUGE-1.5.5 for single texts and for whole evaluations."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sumbench.rouge.errors import RougeError
from sumbench.rouge.letters import LetterWatch
from sumbench.rouge.perl.counts import PerlCounts
from sumbench.rouge.perl.counts import PerlScore
from sumbench.rouge.perl.counts import Variant
from sumbench.rouge.perl.counts import combine
from sumbench.rouge.perl.counts import score
from sumbench.rouge.perl.evaluation import Instance
from sumbench.rouge.perl.evaluation import Result
from sumbench.rouge.perl.evaluation import Tally
from sumbench.rouge.perl.lcs import Lcs
from sumbench.rouge.perl.ngrams import Ngrams
from sumbench.rouge.perl.ngrams import SkipBigrams
from sumbench.rouge.perl.options import Options
from sumbench.rouge.perl.options import parse_options
from sumbench.rouge.perl.text import Reader
from sumbench.rouge.perl.weighted import WeightedLcs


@dataclass(frozen=True)
class Prepared:
    """A text, read and counted once for every variant; belongs to the scorer that made it."""

    profiles: Sequence[Any]


Evaluation = dict[str, dict[str, Result]]


class PerlRouge:
    """ROUGE as release 1.5.5 of the original computes it, equal in all printed decimals."""

    def __init__(self, options: Options | str, *, warn: bool = True) -> None:
        """Set up the variants that `options` (or the original's option string) ask for.

        With `warn` the first text that loses more than a tenth of its letters is warned of (`LostLettersWarning`): the
        original's words are runs of a-z and 0-9. Raises RougeError for options that are not supported or mean nothing.
        """
        self.options = parse_options(options) if isinstance(options, str) else options
        self._variants = _variants(self.options)
        self._reader = Reader(self.options)
        self._watch = LetterWatch(active=warn)

    @property
    def metrics(self) -> tuple[str, ...]:
        """The names of the variants, in the order in which the original prints them."""
        return tuple(variant.name for variant in self._variants)

    def sentences(self, text: str) -> list[list[str]]:
        """Return the tokens of `text` sentence by sentence: cut, without stop words, stemmed, as the options say.

        Joined they are the tokens of ROUGE-N, except under a byte limit (`-b`). Raises RougeError if `text` is not a
        string or holds a lone surrogate.
        """
        return self._reader.read(text).sentences

    def prepare(self, text: str) -> Prepared:
        """Read and count `text` once, to be scored many times, on either side.

        Raises RougeError if `text` is not a string or holds a lone surrogate.
        """
        tokens = self._reader.read(text)
        self._watch.look((text,))
        return Prepared([variant.profile(tokens) for variant in self._variants])

    def counts(self, system: str | Prepared, references: Sequence[str | Prepared]) -> dict[str, tuple[PerlCounts, ...]]:
        """Return, for each variant, the counts of the `system` text against each of the `references`.

        Raises RougeError if there is no reference or a text cannot be read.
        """
        one = self._prepared(system).profiles
        others = [self._prepared(text).profiles for text in _checked(references)]
        return {
            variant.name: tuple(variant.count(one[i], other[i]) for other in others)
            for i, variant in enumerate(self._variants)
        }

    def score(self, system: str | Prepared, references: Sequence[str | Prepared]) -> dict[str, PerlScore]:
        """Return, for each variant, recall, precision and F of the `system` text, from 0 to 1.

        Raises RougeError if there is no reference or a text cannot be read.
        """
        return self._scores(self._combined(self.counts(system, references)))

    def evaluate(self, instances: Iterable[Instance]) -> Evaluation:
        """Score every system of every instance and average over the instances; results by system, then by variant.

        The instances are read once, one at a time, and only their figures are kept. A system that is missing from an
        instance is averaged over those it is in.

        Raises RougeError, naming the instance, for one without references or systems, for a text that cannot be read
        and for an identifier that comes twice; and if there is no instance.
        """
        tallies: dict[str, Tally] = {}
        for instance in instances:
            try:
                self._add(instance, tallies)
            except RougeError as error:
                raise RougeError(f"instance {instance.identifier!r}: {error}") from None
        if not tallies:
            raise RougeError("there are no instances to score")
        return {system: tallies[system].results() for system in sorted(tallies)}

    def _add(self, instance: Instance, tallies: dict[str, Tally]) -> None:
        references = [self._prepared(text) for text in _checked(instance.references)]
        if not instance.systems:
            raise RougeError("there is no system text")
        for system, text in instance.systems.items():
            combined = self._combined(self.counts(text, references))
            tally = tallies.setdefault(system, Tally(system, self.options))
            tally.add(instance.identifier, self._scores(combined), combined)

    def _prepared(self, text: str | Prepared) -> Prepared:
        return text if isinstance(text, Prepared) else self.prepare(text)

    def _combined(self, counts: Mapping[str, Sequence[PerlCounts]]) -> dict[str, PerlCounts]:
        return {metric: combine(pairs, self.options.formula) for metric, pairs in counts.items()}

    def _scores(self, combined: Mapping[str, PerlCounts]) -> dict[str, PerlScore]:
        return {variant.name: score(combined[variant.name], variant, self.options.alpha) for variant in self._variants}


def _variants(options: Options) -> list[Variant]:
    """Return the variants that `options` ask for, in the order in which the original prints them."""
    variants: list[Variant] = [Ngrams(length) for length in range(1, options.max_ngram + 1)]
    if options.lcs:
        variants.append(Lcs())
    if options.weight is not None:
        variants.append(WeightedLcs(options.weight))
    if options.gap is not None:
        if not options.unigrams:
            variants.append(SkipBigrams(options.gap, unigrams=False))
        if options.unigrams or options.both_skips:
            variants.append(SkipBigrams(options.gap, unigrams=True))
    return variants


def _checked(references: Sequence[str | Prepared]) -> Sequence[str | Prepared]:
    if isinstance(references, str):
        raise RougeError("the references must be a list of texts, not one text")
    if not references:
        raise RougeError("there is no reference")
    return references
