"""Summary-level LCS of many pairs of texts at once: `lcs.summary_lcs_counts`, vectorized."""

from collections.abc import Callable
from collections.abc import Iterator
from itertools import pairwise
from typing import Final
from typing import NamedTuple

import numpy as np

from sumbench.rouge.blocks import Integers
from sumbench.rouge.blocks import Interner
from sumbench.rouge.blocks import TextBlock
from sumbench.rouge.counts import Counts
from sumbench.rouge.lockstep import WORD_BITS
from sumbench.rouge.lockstep import Pairing
from sumbench.rouge.lockstep import Spans
from sumbench.rouge.lockstep import Words
from sumbench.rouge.lockstep import lcs_lengths
from sumbench.rouge.lockstep import lcs_traces
from sumbench.rouge.lockstep import spread
from sumbench.rouge.lockstep import word_counts
from sumbench.rouge.sentences import different
from sumbench.rouge.sentences import full_words
from sumbench.rouge.sentences import sharing
from sumbench.rouge.texts import Sentences
from sumbench.rouge.units import Units
from sumbench.rouge.units import group_tokens

_CHUNK_PAIRS: Final = 1 << 18
_MANY_PAIRS: Final = 1 << 16
"""From so many pairs of sentences of two texts on, it pays to look which of them are the same."""


class LcsCounter:
    """Counts the LCS hits of pairs of texts of one block."""

    def __init__(self, block: TextBlock, unigrams: Units, documents: Integers) -> None:
        """Take a block, its unigrams, and the document of each text."""
        firsts, sizes = unigrams.of_documents(documents)
        self._block = block
        self._unigrams = unigrams
        self._groups = unigrams.groups - np.repeat(firsts[documents], block.text_lengths)
        self._vocabularies = sizes[documents]
        self._documents = documents

    def hits(self, references: Integers, systems: Integers) -> Integers:
        """Return the length of the LCS of each pair of texts, blind to sentences.

        Args:
            references: The number of each pair's reference text.
            systems: The number of each pair's system text.
        """
        texts = Spans(self._block.text_starts[:-1], self._block.text_lengths)
        return lcs_lengths(Pairing(self._groups, self._vocabularies, texts, references, texts.at(systems)))

    def summary_hits(self, references: Integers, systems: Integers) -> Integers:
        """Return the hits of the union LCS of each pair of texts, clipped to the tokens that the system has.

        Args:
            references: The number of each pair's reference text.
            systems: The number of each pair's system text.
        """
        sentences = np.diff(self._block.first_sentences)
        hits = np.zeros(len(references), dtype=np.int64)
        plain = (sentences[references] <= 1) & (sentences[systems] <= 1)
        hits[plain] = self.hits(references[plain], systems[plain])
        several = ~plain & (sentences[references] > 0) & (sentences[systems] > 0)
        if several.any():
            hits[several] = self._hits_of_sentences(references[several], systems[several], sentences)
        return hits

    def _hits_of_sentences(self, references: Integers, systems: Integers, sentences: Integers) -> Integers:
        """Return the clipped hits of pairs of texts that have sentences; one by one those that have very many."""
        hits = np.zeros(len(references), dtype=np.int64)
        many = sentences[references] * sentences[systems] > _MANY_PAIRS
        if not many.all():
            hits[~many] = self._union_hits(references[~many], systems[~many], self._unions)
        for pair in np.flatnonzero(many):
            hits[pair] = self._union_hits(references[[pair]], systems[[pair]], self._unions_of_different)[0]
        return hits

    def _union_hits(
        self, references: Integers, systems: Integers, find: "Callable[[Integers, Integers], _Unions]"
    ) -> Integers:
        """Return the clipped hits of pairs of texts that have sentences, whose unions `find` makes."""
        block = self._block
        sentences = np.diff(block.first_sentences)[references]
        pairs, offsets = spread(sentences)
        unions = find(block.first_sentences[references][pairs] + offsets, systems[pairs])
        matched = np.add.reduceat(np.bitwise_count(unions.words).astype(np.int64), unions.firsts)
        hits = np.add.reduceat(matched, np.cumsum(sentences) - sentences)
        return hits - self._excess(references, systems, unions, np.cumsum(sentences) - sentences)

    def _unions(self, sentences: Integers, systems: Integers) -> "_Unions":
        """Return the union LCS of reference sentences, each with all sentences of a system text."""
        firsts, sizes = self._block.first_sentences, np.diff(self._block.first_sentences)
        widths = word_counts(np.diff(self._block.sentence_starts))[sentences]
        unions = []
        for part in _chunks(sizes[systems]):
            partners: Integers = sizes[systems[part]]
            targets, offsets = spread(partners)
            unions.append(self._joined(sentences[part], partners, firsts[systems[part]][targets] + offsets))
        return _Unions(np.concatenate(unions), np.cumsum(widths) - widths)

    def _unions_of_different(self, sentences: Integers, systems: Integers) -> "_Unions":
        """Return the same for the sentences of one reference text and one system text, each different one once.

        A sentence that the system has too is matched as a whole, and one without a token in common not at all.
        """
        starts, firsts = self._block.sentence_starts, self._block.first_sentences
        widths = word_counts(np.diff(starts))
        theirs = different(self._groups, starts, np.arange(firsts[systems[0]], firsts[systems[0] + 1]))
        mine = different(self._groups, starts, sentences)
        # The words of each different sentence: all positions where the system has it, too.
        width = widths[mine.firsts]
        bases = np.cumsum(width) - width
        whole = np.array([key in theirs.numbers for key in mine.numbers], dtype=np.bool_)
        words = np.where(np.repeat(whole, width), full_words(np.diff(starts)[mine.firsts]), np.uint64(0))
        rest = np.flatnonzero(~whole)
        owners, offsets = spread(width[rest])
        words[bases[rest][owners] + offsets] = self._rest(mine.firsts[rest], theirs.firsts, systems[0])
        # Laid out as the reference has them.
        owners, offsets = spread(widths[sentences])
        laid = widths[sentences]
        return _Unions(words[bases[mine.of_each[owners]] + offsets], np.cumsum(laid) - laid)

    def _rest(self, sentences: Integers, others: Integers, system: int) -> Words:
        """Return the words of the unions of reference sentences with the different sentences (`others`) of a system."""
        pairs = sharing(self._groups, self._block.sentence_starts, sentences, others)
        if pairs is None:
            return self._unions(sentences, np.full(len(sentences), system)).words
        widths = word_counts(np.diff(self._block.sentence_starts))[sentences]
        bases = np.cumsum(widths) - widths
        words = np.zeros(int(widths.sum()), dtype=np.uint64)
        partners = np.bincount(pairs[0], minlength=len(sentences))
        some = np.flatnonzero(partners)
        ends = np.cumsum(partners[some])
        for part in _chunks(partners[some]):
            mine = some[part]
            owners, offsets = spread(widths[mine])
            theirs = pairs[1][ends[part.start] - partners[mine[0]] : ends[part.stop - 1]]
            words[bases[mine][owners] + offsets] = self._joined(sentences[mine], partners[mine], theirs)
        return words

    def _joined(self, sentences: Integers, partners: Integers, others: Integers) -> Words:
        """Return the words of the union LCS of reference sentences, each with so many (`partners`) of the `others`."""
        lengths = np.diff(self._block.sentence_starts)
        spans = Spans(self._block.sentence_starts[:-1], lengths)
        owners = np.repeat(np.arange(len(self._documents)), np.diff(self._block.first_sentences))
        width = word_counts(lengths)[sentences]
        bases = np.cumsum(partners * width) - partners * width
        targets, offsets = spread(partners)
        found = np.zeros(int((partners * width).sum()), dtype=np.uint64)
        pairing = Pairing(
            groups=self._groups,
            vocabularies=self._vocabularies[owners],
            references=spans,
            reference_of=sentences[targets],
            systems=spans.at(others),
        )
        lcs_traces(pairing, found, bases[targets] + offsets, partners[targets])
        words, nth = spread(width)
        union: Words = np.bitwise_or.reduceat(found, bases[words] + nth * partners[words])
        return union

    def _excess(self, references: Integers, systems: Integers, unions: "_Unions", targets: Integers) -> Integers:
        """Return how many matched tokens of each pair exceed what the system has of them.

        Only a token that the reference repeats can be matched more often than the system has it.
        """
        block, bags = self._block, self._unigrams
        repeated = np.flatnonzero(bags.bag_counts[bags.bags] > 1)
        bounds = np.searchsorted(repeated, block.text_starts)
        pairs, offsets = spread(np.diff(bounds)[references])
        positions = repeated[bounds[references][pairs] + offsets]
        sentences = np.searchsorted(block.sentence_starts, positions, side="right") - 1
        nth = sentences - block.first_sentences[references][pairs]
        bits = positions - block.sentence_starts[sentences]
        words = unions.words[unions.firsts[targets[pairs] + nth] + bits // WORD_BITS]
        matched = (words >> (bits % WORD_BITS).astype(np.uint64) & np.uint64(1)).astype(np.bool_)
        keys, counts = np.unique(
            pairs[matched] * len(bags.bag_counts) + bags.bags[positions[matched]], return_counts=True
        )
        pairs, tokens = np.divmod(keys[counts > 1], len(bags.bag_counts))
        texts = len(self._documents)
        wanted = bags.bag_groups[tokens] * texts + systems[pairs]
        budgets = bags.bag_counts[np.searchsorted(bags.bag_groups * texts + bags.bag_texts, wanted)]
        excess = np.maximum(counts[counts > 1] - budgets, 0)
        return np.bincount(pairs, weights=excess, minlength=len(references)).astype(np.int64)


def long_summary_lcs_counts(reference: Sentences, system: Sentences) -> Counts:
    """Return the counts of `lcs.summary_lcs_counts`, in less time if there are very many pairs of sentences."""
    block = Interner().block([reference, system])
    documents = np.zeros(2, dtype=np.int64)
    counter = LcsCounter(block, group_tokens(block, documents), documents)
    hits = counter.summary_hits(np.array([0]), np.array([1]))
    return Counts(int(hits[0]), *block.text_lengths.tolist())


class _Unions(NamedTuple):
    """Matched positions as set bits: the words of all reference sentences in a row, and where each one's start."""

    words: Words
    firsts: Integers


def _chunks(sizes: Integers) -> Iterator[slice]:
    """Yield slices over consecutive elements whose sizes add up to about the chunk size."""
    chunks = np.cumsum(sizes) // _CHUNK_PAIRS
    if not len(sizes):
        return
    bounds = [0, *(np.flatnonzero(np.diff(chunks)) + 1).tolist(), len(sizes)]
    yield from (slice(*bound) for bound in pairwise(bounds))
