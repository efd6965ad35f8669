"""Short documents for benchmarks, made of sentences of the articles that ship."""

import random
from collections.abc import Iterator

from sumbench.corpus import open_corpus
from sumbench.records import Document


def short_documents(number: int) -> Iterator[Document]:
    """Yield so many documents of six sentences, each with a further one as its reference."""
    sentences = [
        sentence.replace("\n", " ")
        for document in open_corpus("references").documents
        for sentence in document.text.split(". ")
        if len(sentence) > 20
    ]
    draw = random.Random(1)  # noqa: S311 - any sentences will do
    for at in range(number):
        yield Document(str(at), ". ".join(draw.sample(sentences, 6)), (draw.choice(sentences),))
