"""Gives documents their language: as said, else as guessed from their texts, else as their neighbours'."""

from array import array
from collections import Counter
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace

from sumbench.corpus.stored import Settled
from sumbench.corpus.stored import StoredDocuments
from sumbench.languages import Guess
from sumbench.languages import guess
from sumbench.languages import usual
from sumbench.languages.scripts import script
from sumbench.records import Document

Settle = Callable[[Document], Document]
"""Returns a document with a language."""

_LOOKED_AT = 300
"""Characters by which the script of a document is told whose language is said."""


def guess_document(text: str, references: Sequence[str]) -> Guess:
    """Guess a document's language from its text; from text and references together where that is not clear."""
    first = guess(text) if text.strip() else None
    return first if first is not None and first.language else guess("\n".join((text, *references)).strip())


def reading_language(said: str, text: str, references: Sequence[str]) -> str:
    """Return the language by which a document is read: `said`, else a guess from its own texts alone."""
    if said:
        return said
    guessed = guess_document(text, references)
    return guessed.language or usual(guessed.script)


class _Tally:
    """Guesses the language of documents that say none, and counts which are commonest, by script.

    A document whose own texts leave it open is given the commonest language of the corpus that is written in its
    script, said or guessed; where there is none, the language that the script is most often used for. So all documents
    must be added before one is settled.
    """

    def __init__(self) -> None:
        self._commonest: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._numbers: dict[tuple[str, str], int] = {}
        self.guesses: list[Guess | None] = [None]
        self.unclear: Counter[str] = Counter()

    def add(self, document: Document) -> int:
        """Count a document; return the number of its guess in `guesses`, which is 0 where its language is said."""
        if document.language:
            text = document.text or "\n".join(document.references)
            self._commonest[script(text[:_LOOKED_AT])][document.language] += 1
            return 0
        guessed = guess_document(document.text, document.references)
        if guessed.language:
            self._commonest[guessed.script][guessed.language] += 1
        else:
            self.unclear[guessed.script] += 1
        number = self._numbers.setdefault((guessed.language, guessed.script), len(self.guesses))
        if number == len(self.guesses):
            self.guesses.append(guessed)
        return number

    def language(self, guessed: Guess) -> str:
        """Return the language of a document with this guess."""
        return guessed.language or self.commonest(guessed.script)

    def commonest(self, script_: str) -> str:
        """Return the language of the documents in a script that leave it open."""
        found = self._commonest[script_].most_common(1)
        return found[0][0] if found else usual(script_)


class CorpusLanguages:
    """Settles the languages of documents that are read once and kept."""

    def __init__(self) -> None:
        """Begin without documents."""
        self._tally = _Tally()
        self._guesses: dict[str, int] = {}

    def observed(self, documents: Iterable[Document]) -> Iterator[Document]:
        """Yield the documents as they are, once they are counted."""
        for document in documents:
            number = self._tally.add(document)
            if number:
                self._guesses[document.id] = number
            yield document

    def settle(self, documents: Iterable[Document]) -> tuple[Sequence[Document], Mapping[str, bool]]:
        """Return the documents with a language each, and by id whether the guess was clear, where it was guessed.

        Stored ones know themselves which were guessed.
        """
        known = self._tally.guesses
        if isinstance(documents, StoredDocuments):
            kinds = [guessed and Settled(self._tally.language(guessed), bool(guessed.language)) for guessed in known]
            codes = array("H", (self._guesses.get(document.id, 0) for document in documents))
            return documents.settled(codes, kinds), {}
        settled = []
        guesses: dict[str, bool] = {}
        for document in documents:
            guessed = known[self._guesses.get(document.id, 0)]
            if document.language or guessed is None:
                settled.append(document)
                continue
            settled.append(replace(document, language=self._tally.language(guessed)))
            guesses[document.id] = bool(guessed.language)
        return tuple(settled), guesses


def with_languages(documents: Iterable[Document]) -> tuple[Sequence[Document], Mapping[str, bool]]:
    """Settle the languages of a whole corpus: see CorpusLanguages.settle."""
    languages = CorpusLanguages()
    return languages.settle(tuple(languages.observed(documents)))


class StreamLanguages:
    """Settles the languages of documents that are read several times and not kept; it keeps two bytes of each.

    In the first pass a document whose texts leave it open is taken to be in the language that its script is most often
    used for. If that was wrong (`were_as_usual` is false), what was made of it then must be made again.
    """

    def __init__(self) -> None:
        """Begin without documents."""
        self._tally = _Tally()
        self._languages: Counter[str] = Counter()
        self._of_documents = array("H")

    def as_usual(self, document: Document) -> Document:
        """Count a document of the first pass, and return it with a language."""
        number = self._tally.add(document)
        self._of_documents.append(number)
        guessed = self._tally.guesses[number]
        if guessed is None:
            self._languages[document.language] += 1
            return document
        if guessed.language:
            self._languages[guessed.language] += 1
        return replace(document, language=guessed.language or usual(guessed.script))

    def again(self) -> Settle:
        """Return what gives the documents of a further pass, in the same order, their language."""
        numbers = iter(self._of_documents)

        def settled(document: Document) -> Document:
            guessed = self._tally.guesses[next(numbers)]
            return document if guessed is None else replace(document, language=self._tally.language(guessed))

        return settled

    @property
    def were_as_usual(self) -> bool:
        """Whether the first pass has given every document the language that it has."""
        return all(self._tally.commonest(name) == usual(name) for name in self._tally.unclear)

    def counts(self) -> tuple[Counter[str], int, int]:
        """Return the documents of each language, how many of them were guessed, and how many of these are unclear."""
        languages = Counter(self._languages)
        for name, number in self._tally.unclear.items():
            languages[self._tally.commonest(name)] += number
        guessed = sum(1 for number in self._of_documents if number)
        return languages, guessed, self._tally.unclear.total()
