"""A shard of a corpus: every n-th document by the rank of its id, so that several machines share the work."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from typing import Self

from sumbench.corpus.corpus import Corpus
from sumbench.corpus.stored import StoredDocuments
from sumbench.errors import CorpusError
from sumbench.errors import UsageError

_WRITTEN = re.compile(r"(\d{1,9})/(\d{1,9})")


@dataclass(frozen=True)
class Shard:
    """The shard `number` (from 1) of `of` shards; it is written 3/8."""

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a shard as it is written; raise UsageError for what is none."""
        found = _WRITTEN.fullmatch(text)
        if not found or not 1 <= int(found[1]) <= int(found[2]):
            raise UsageError(f"--shard {text}: give which shard of how many: 1/8 to 8/8")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def positions(self, ids: Sequence[str]) -> list[int]:
        """Return the places (from 0, ascending) of the shard's documents among documents with these ids.

        The document whose id is the r-th (from 0) in the order of code points belongs to the shard r mod n + 1: in
        whatever order a corpus comes, a document is in the same shard.
        """
        ranked = sorted(range(len(ids)), key=ids.__getitem__)
        return sorted(ranked[self.number - 1 :: self.of])


@dataclass(frozen=True)
class ShardCorpus:
    """A shard of a `whole` corpus: its documents as a corpus, and their places (from 0) in the whole."""

    shard: Shard
    whole: Corpus
    corpus: Corpus
    positions: tuple[int, ...]


def shard_of(corpus: Corpus, shard: Shard) -> ShardCorpus:
    """Return a shard of a corpus; raise CorpusError where there are more shards than documents.

    Languages, notes and guesses are those that the whole corpus gave its documents.
    """
    positions = shard.positions([document.id for document in corpus.documents])
    if not positions:
        number = len(corpus.documents)
        raise CorpusError(f"--shard {shard}: {corpus.name} has {number} documents: give {number} shards or fewer")
    whole = corpus.documents
    in_file = whole.at(positions) if isinstance(whole, StoredDocuments) else None
    documents = in_file or tuple(whole[position] for position in positions)
    known = corpus.guesses
    guesses = {document.id: known[document.id] for document in documents if document.id in known} if known else {}
    return ShardCorpus(shard, corpus, replace(corpus, documents=documents, guesses=guesses), tuple(positions))
