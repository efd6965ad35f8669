"""Scores whole corpora: all systems' summaries against all references, vectorized, block by block."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from itertools import chain
from typing import Final
from typing import NamedTuple

from sumbench.rouge.blocks import AsciiInterner
from sumbench.rouge.blocks import Interner
from sumbench.rouge.blocks import TextBlock
from sumbench.rouge.counting import BlockCounter
from sumbench.rouge.counting import Layout
from sumbench.rouge.errors import RougeError
from sumbench.rouge.letters import LetterWatch
from sumbench.rouge.results import CorpusCounts
from sumbench.rouge.stems import NO_STEMMER
from sumbench.rouge.stems import PORTER_NLTK
from sumbench.rouge.stems import stem_cache
from sumbench.rouge.texts import Sentences
from sumbench.rouge.texts import check_text
from sumbench.rouge.texts import is_text
from sumbench.rouge.texts import make_analyzer
from sumbench.rouge.tokens import ASCII
from sumbench.rouge.tokens import Tokenizer
from sumbench.rouge.tokens import WordTokenizer
from sumbench.rouge.variants import check_rouge_types

_BLOCK_CHARACTERS: Final = 1 << 18


class DocumentTexts(NamedTuple):
    """The texts of one document: its references, and one summary of each system, always in the same order."""

    references: Sequence[str]
    summaries: Sequence[str]


class CorpusScorer:
    """Scores all systems' summaries of many documents, each text tokenized and stemmed once.

    Its counts are those of `RougeScorer`, so its scores are rouge_score's in every bit.

    Args:
        rouge_types: Names from rouge1 to rouge9, rougeL and rougeLsum.
        use_stemmer: Stem English words as rouge_score does. Of no effect with `tokenizer` or `analyze`.
        split_summaries: For rougeLsum, find the sentences with NLTK's Punkt; otherwise a line is a sentence.
        tokenizer: A tokenizer for other languages (`language_tokenizer`), or any object with `tokenize(text)`.
        analyze: In place of all of the above, a function from a text to its sentences, each its finished tokens.
        agreement: Score the references against one another, too.
        warn: As `RougeScorer` does, warn of a text that loses letters.

    Raises:
        RougeError: If a rouge type is unknown.
    """

    def __init__(  # noqa: PLR0913 - the first four are rouge_score's
        self,
        rouge_types: Sequence[str],
        use_stemmer: bool = False,  # noqa: FBT001, FBT002 - rouge_score's signature
        split_summaries: bool = False,  # noqa: FBT001, FBT002 - rouge_score's signature
        tokenizer: Tokenizer | None = None,
        *,
        analyze: Callable[[str], Sentences] | None = None,
        agreement: bool = False,
        warn: bool = True,
    ) -> None:
        """Prepare the way from texts to blocks of tokens."""
        self.rouge_types = check_rouge_types(rouge_types)
        self.agreement = agreement
        if tokenizer is None:
            tokenizer = WordTokenizer(ASCII, PORTER_NLTK if use_stemmer else NO_STEMMER)
        ascii_words = analyze is None and isinstance(tokenizer, WordTokenizer) and tokenizer.words == ASCII
        self._watch = LetterWatch(active=warn and ascii_words)
        self._blocks = _block_maker(tokenizer, split_summaries=split_summaries, analyze=analyze)

    def score(self, references: Sequence[Sequence[str]], systems: Mapping[str, Sequence[str]]) -> CorpusCounts:
        """Return the counts of a corpus.

        Args:
            references: Each document's references.
            systems: Each system's summaries, one a document, in the documents' order.

        Returns:
            Counts whose axis of systems is in the order of `systems`.

        Raises:
            RougeError: If there is no document, a system has more or fewer summaries than there are documents, a
                document has no reference, or a text is no string or no Unicode text.
        """
        for name, summaries in systems.items():
            if isinstance(summaries, str) or len(summaries) != len(references):
                found = "one string" if isinstance(summaries, str) else f"{len(summaries)} summaries"
                msg = f"system {name!r} has {found} for {len(references)} documents"
                raise RougeError(msg)
        documents = (
            DocumentTexts(texts, [summaries[index] for summaries in systems.values()])
            for index, texts in enumerate(references)
        )
        return CorpusCounts.concatenate(list(self.stream(documents)))

    def stream(self, documents: Iterable[DocumentTexts]) -> Iterator[CorpusCounts]:
        """Yield the counts of a stream of documents, block by block; memory does not grow with their number.

        Raises:
            RougeError: When a document is reached that has no reference, or not as many summaries as the first one,
                or a text that is no string or no Unicode text.
        """
        block: list[DocumentTexts] = []
        size = systems = 0
        for number, document in enumerate(documents, 1):
            if number == 1:
                systems = len(document.summaries)
            size += _check(document, number, systems)
            self._watch.look(chain(document.references, document.summaries))
            block.append(document)
            if size > _BLOCK_CHARACTERS:
                yield self._count(block)
                block, size = [], 0
        if block:
            yield self._count(block)

    def _count(self, documents: Sequence[DocumentTexts]) -> CorpusCounts:
        layout = Layout.of([(len(document.references), len(document.summaries)) for document in documents])
        flat, lines = self._blocks([text for document in documents for part in document for text in part])
        counter = BlockCounter(flat, lines, layout)
        return CorpusCounts(
            {name: counter.counts(name, layout.systems) for name in self.rouge_types},
            {name: counter.counts(name, layout.rivals) for name in self.rouge_types} if self.agreement else {},
            layout.present,
        )


def _block_maker(
    tokenizer: Tokenizer, *, split_summaries: bool, analyze: Callable[[str], Sentences] | None
) -> Callable[[list[str]], tuple[TextBlock, TextBlock]]:
    """Return the function from texts to their block for flat variants and that for sentence-wise ones."""
    interner = Interner()
    if analyze is not None:

        def of_sentences(texts: list[str]) -> tuple[TextBlock, TextBlock]:
            block = interner.block(map(analyze, texts))
            return block, block

        return of_sentences
    if isinstance(tokenizer, WordTokenizer) and not split_summaries and tokenizer.words == ASCII:
        words = AsciiInterner(stem_cache(tokenizer.stemmer))

        def of_words(texts: list[str]) -> tuple[TextBlock, TextBlock]:
            block = words.block(texts)
            return block, block

        return of_words
    analyze_text = make_analyzer(tokenizer, split_summaries=split_summaries)

    def of_texts(texts: list[str]) -> tuple[TextBlock, TextBlock]:
        analyzed = [analyze_text(text) for text in texts]
        lines = interner.block(text.sentences for text in analyzed)
        return interner.block([text.tokens] for text in analyzed), lines

    return of_texts


def _check(document: DocumentTexts, number: int, systems: int) -> int:
    """Return the number of characters of a document's texts if they can be scored."""
    if isinstance(document.references, str) or not document.references:
        found = "one string for a list of references" if document.references else "no reference"
        msg = f"document {number} has {found}"
        raise RougeError(msg)
    if len(document.summaries) != systems:
        msg = f"document {number} has {len(document.summaries)} summaries, document 1 has {systems}"
        raise RougeError(msg)
    size = 0
    for kind, texts in (("reference", document.references), ("summary", document.summaries)):
        for nth, text in enumerate(texts, 1):
            if not is_text(text):
                check_text(text, f"{kind} {nth} of document {number}")
            size += len(text)
    return size
