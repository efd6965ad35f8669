"""N-gram hits of many pairs of texts: numbers equal n-grams of a document by sorting, then counts them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sumbench.rouge.blocks import Integers
from sumbench.rouge.blocks import TextBlock

_RADIX_BITS: Final = 16


@dataclass(frozen=True, slots=True)
class Units:
    """The n-grams of a block's texts, equal ones of one document grouped together.

    Attributes:
        groups: For each token, the number of the group of the n-gram that starts there; -1 where none does. The
            groups of a document have adjacent numbers.
        bags: The same for the entry of the bags below that counts the n-gram.
        number: How many groups there are.
        bag_groups, bag_texts, bag_counts: The texts' bags of n-grams: which group occurs in which text how often,
            ordered by group, then by text.
    """

    groups: Integers
    bags: Integers
    number: int
    bag_groups: Integers
    bag_texts: Integers
    bag_counts: Integers

    def hits(self, slots: Integers) -> Integers:
        """Return the clipped hits of every text against every reference of its document.

        Args:
            slots: For each text, which reference of its document it is, -1 if none.

        Returns:
            An array of shape (texts, references). The references are scored against each other, too.
        """
        texts = len(slots)
        width = int(slots.max(initial=-1)) + 1
        hits = np.zeros((texts, width), dtype=np.int64)
        bag_slots = slots[self.bag_texts]
        for slot in range(width):
            in_reference = np.zeros(self.number, dtype=np.int64)
            mine = bag_slots == slot
            in_reference[self.bag_groups[mine]] = self.bag_counts[mine]
            shared = np.minimum(self.bag_counts, in_reference[self.bag_groups])
            hits[:, slot] = np.bincount(self.bag_texts, weights=shared, minlength=texts)
        return hits

    def of_documents(self, documents: Integers) -> tuple[Integers, Integers]:
        """Return, for each document, its first group and how many groups it has.

        Args:
            documents: For each text, the number of its document; ascending.
        """
        first_bags = np.flatnonzero(_changes(self.bag_groups))
        owners = documents[self.bag_texts[first_bags]]
        sizes = np.bincount(owners, minlength=int(documents.max(initial=-1)) + 1)
        return np.cumsum(sizes) - sizes, sizes


def group_tokens(block: TextBlock, documents: Integers) -> Units:
    """Return the unigrams of a block.

    Args:
        block: The texts.
        documents: For each text, the number of its document; ascending.
    """
    texts = np.repeat(np.arange(len(documents)), block.text_lengths)
    return _group(documents[texts], block.tokens, np.arange(len(texts)), texts)


def lengthen(units: Units, unigrams: Units, order: int, block: TextBlock) -> Units:
    """Return the n-grams of `order` tokens, given those of one token less and the unigrams."""
    texts = np.repeat(np.arange(len(block.text_lengths)), block.text_lengths)
    reach = order - 1
    positions = np.flatnonzero(texts[: max(len(texts) - reach, 0)] == texts[reach:])
    return _group(units.groups[positions], unigrams.groups[positions + reach], positions, texts)


def _group(major: Integers, minor: Integers, positions: Integers, texts: Integers) -> Units:
    """Group units whose two keys are equal, in the keys' order.

    Args:
        major: One key of each unit; units of different documents differ in it, later documents' are greater.
        minor: The other key.
        positions: The token at which each unit starts; ascending.
        texts: The text of each token.
    """
    order = _order(minor, major)
    new_group = _changes(major[order]) | _changes(minor[order])
    numbers = np.cumsum(new_group) - 1
    positions = positions[order]
    unit_texts = texts[positions]
    new_bag = new_group | _changes(unit_texts)
    bag_starts = np.flatnonzero(new_bag)
    groups, bags = np.full((2, len(texts)), -1, dtype=np.int64)
    groups[positions] = numbers
    bags[positions] = np.cumsum(new_bag) - 1
    return Units(
        groups=groups,
        bags=bags,
        number=int(numbers[-1]) + 1 if len(numbers) else 0,
        bag_groups=numbers[bag_starts],
        bag_texts=unit_texts[bag_starts],
        bag_counts=np.diff(bag_starts, append=len(order)),
    )


def _changes(values: Integers) -> NDArray[np.bool_]:
    """Tell where a value differs from the one before it; the first one does."""
    changes = np.ones(len(values), dtype=np.bool_)
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    return changes


def _order(*keys: Integers) -> Integers:
    """Return the positions in the order of the last key, where that is equal of the one before it, and so on.

    Numpy sorts 16-bit numbers by radix, which makes a sort by 16 bits at a time the fastest one it has.
    """
    order = np.arange(len(keys[0]))
    for key in keys:
        for shift in range(0, int(key.max(initial=0)).bit_length(), _RADIX_BITS):
            digits = (key >> shift).astype(np.uint16)
            order = order[np.argsort(digits[order], kind="stable")]
    return order
