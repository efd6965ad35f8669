"""Sample documents for contract checks (two languages, a title, a single sentence), and summaries of documents."""

from collections.abc import Sequence

from sumbench.records import Document
from sumbench.records import Summary
from sumbench.sentences import words

_BRIDGE = """The council met on Monday. It rained all day in the valley.
The council voted for the bridge by nine to four. Work on the bridge begins in May.
A baker gave everyone bread. The bridge will cost two million."""

_HARBOUR = """A ship ran aground near the harbour on Friday night. Nobody was hurt, the coast guard said.
Two tugs pulled it free on Saturday. The captain had taken a buoy for the light of the pier.
Fishermen had asked for a second light for years. The port will put one up in autumn."""

_SCHULE = """Die Schule am See bekommt ein neues Dach. Das alte war im Winter unter dem Schnee gebrochen.
Die Arbeiten dauern bis August. Solange lernen die Kinder im Rathaus. Der Bürgermeister räumt dafür zwei Säle."""

DOCUMENTS = (
    Document("bridge", _BRIDGE, ("The council voted for the bridge.\nWork begins in May.",), title="A bridge"),
    Document("harbour", _HARBOUR, ("A ship ran aground.\nTwo tugs pulled it free.", "A ship was pulled free.")),
    Document("schule", _SCHULE, ("Die Schule bekommt ein neues Dach.",), language="de"),
    Document("short", "One sentence is all there is.", ("One sentence.",)),
)
"""Documents that any system should have something to say about."""


def summaries_of(documents: Sequence[Document]) -> list[Summary]:
    """Return four summaries of each document: its opening, a reference, and two draws of words that it has not."""
    made = []
    for document in documents:
        opening = " ".join(document.text.split()[:9])
        reference = document.references[0] if document.references else opening
        texts = (("opening", opening, 1), ("writer", reference, 1), ("poet", "Rain.\nA purple rain.", 1))
        made += [_summary(document, *each) for each in (*texts, ("poet", f"Grey rain.\n{opening}", 2))]
    return made


def _summary(document: Document, system: str, text: str, draw: int) -> Summary:
    size = words(document.text)
    return Summary(document.id, system, text, size, size, words(text), 0.0, None, draw)
