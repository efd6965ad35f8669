"""The metric `support`: what of a summary's numbers, dates, amounts and names its source does not contain."""

from collections.abc import Collection
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any
from typing import ClassVar

from sumbench.languages import ENGLISH
from sumbench.languages import base
from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.metrics.property_metric import Measure
from sumbench.metrics.property_metric import PropertyMetric
from sumbench.metrics.protocol import WITHOUT_REFERENCES
from sumbench.metrics.protocol import Needs
from sumbench.metrics.summary_metric import Measured
from sumbench.metrics.support.findings import Unsupported
from sumbench.metrics.support.findings import findings
from sumbench.metrics.support.numerals import SPELLED
from sumbench.metrics.support.source import source_index
from sumbench.metrics.words import Words
from sumbench.records import Document


@dataclass(frozen=True, kw_only=True)
class SupportMetric(PropertyMetric):
    """Numbers, dates, percentages, amounts, units and names of a summary that its source does not contain.

    A summary is unsupported that has one or more of them; the table says what share of the summaries is. Details name
    each with its place, its kind (number, date, percent, amount, unit or name), a reason, and the nearest thing in the
    source. Numbers are compared by what they are worth: ninety is 90, 1.5 million is 1,500,000, 3 May is 03/05, a half
    is 50 %, 1.5 km is 1,500 m; a number of the source may be rounded. Nothing is added up. A number that stands in the
    source with another unit, or as a percentage, is a mismatch (unit). What cannot be judged counts as supported:
    counts up to twelve of things that the source does not count, names in languages that capitalise other words too
    (German) or none, small numbers where the language's spelled-out numbers are not read (they are in English,
    Danish, Dutch, French, German, Italian, Portuguese and Spanish). A sentence copied from the source is supported.
    """

    name: str = "support"
    needs: ClassVar[Needs] = Needs(references=False, source=True)
    declared: ClassVar[tuple[Value, ...]] = (
        Value(
            "unsupported",
            "unsupported",
            "%",
            scale=100.0,
            decimals=1,
            direction=Direction.LOWER,
            table=WITHOUT_REFERENCES,
        ),
        *(
            Value(name, title, "a summary", direction=direction, main=False, table=WITHOUT_REFERENCES)
            for name, title, direction in (
                ("unsupported_items", "unsupported items", Direction.LOWER),
                ("unsupported_numbers", "unsupported numbers", Direction.LOWER),
                ("unsupported_names", "unsupported names", Direction.LOWER),
                ("judged_numbers", "numbers looked up", Direction.NEITHER),
                ("judged_names", "names looked up", Direction.NEITHER),
            )
        ),
    )

    def signatures(self, languages: Collection[str]) -> dict[str, str]:
        """Return for each value the line that says how it is computed, the library of number words included."""
        spelled = {base(language) for language in languages if language} & (SPELLED - {ENGLISH})
        library = [f"text2num-{version('text2num')}"] if spelled else []
        return {value.name: "|".join((value.name, *library, f"v:{self.revision}")) for value in self.declared}

    def reader_notes(self, *, several_references: bool) -> tuple[str, ...]:  # noqa: ARG002 - the same for all
        """Return what the value means, and what it does not."""
        what = "summaries with a number, date, amount, unit or name that the document does not contain"
        return (f"unsupported: {what}; what is wrong in other words is not seen",)

    def prepare(self, document: Document, words: Words) -> Measure:  # noqa: ARG002 - it reads texts its own way
        """Return what looks up every number and name of a summary in a document."""
        language = base(document.language) if document.language else ENGLISH
        source = source_index(document.text, document.title, language)

        def measure(text: str) -> Measured:
            found = findings(text, source, language)
            names = sum(each.kind == "name" for each in found.unsupported)
            numbers = len(found.unsupported) - names
            values = {
                "unsupported": float(bool(found.unsupported)),
                "unsupported_items": float(names + numbers),
                "unsupported_numbers": float(numbers),
                "unsupported_names": float(names),
                "judged_numbers": float(found.numbers),
                "judged_names": float(found.names),
            }
            if not found.unsupported:
                return Measured(values)
            spans = list(_spans(found.unsupported, text, document.text))
            return Measured(values, {"unsupported": {"spans": spans}})

        return measure


def _spans(found: tuple[Unsupported, ...], text: str, source: str) -> Iterator[dict[str, Any]]:
    for each in found:
        span: dict[str, Any] = {
            "start": each.start,
            "end": each.end,
            "text": text[each.start : each.end],
            "kind": each.kind,
            "reason": each.reason,
            "sentence": text.count("\n", 0, each.start) + 1,
        }
        if each.source:
            start, end = each.source
            span["source"] = {"start": start, "end": end, "text": source[start:end]}
        yield span
