"""Measures what the metric `support` catches and what it flags wrongly: `python -m tests.metrics.measure_support DATA`.

DATA is a folder with summedits_*.jsonl (documents with summaries that are consistent or were edited to be wrong) and
with corpora of documents and references; without it only the project's own references are measured. Prints Markdown.
"""

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from typing import NamedTuple

import numpy as np

from sumbench.metrics.support.findings import LookUp
from sumbench.metrics.support.findings import Unsupported
from sumbench.metrics.support.findings import findings
from sumbench.metrics.support.names import names
from sumbench.metrics.support.quantities import quantities
from sumbench.metrics.support.source import source_index
from sumbench.metrics.support.tokens import tokenize
from sumbench.seeds import stream

REFERENCES = Path(__file__).parents[2] / "references"
SUMMEDITS = ("summedits_scitldr", "summedits_samsum")
CORPORA = (
    *("scitldr_a_test618", "dialogsum_test500", "qmsum_test_short", "opinosis51", "summeval100", "newsroom_human60"),
)
RESAMPLES = 10_000
SEED = 1
DIGITS = re.compile(r"\d")


class Pair(NamedTuple):
    """A document, a summary, and of SummEdits whether it is consistent and how it was edited."""

    name: str
    document: str
    summary: str
    consistent: bool = True
    edits: tuple[str, ...] = ()


def look_up(pair: Pair, summary: str | None = None) -> LookUp:
    """Return what the metric finds in a pair, or in another summary of its document."""
    return findings(pair.summary if summary is None else summary, source_index(pair.document, "", "en"), "en")


def lines(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file."""
    with file.open(encoding="utf-8") as content:
        yield from map(json.loads, content)


def shipped() -> list[Pair]:
    """Return the project's own articles with each of their references."""
    return [
        Pair(folder.name, (folder / "article.txt").read_text("utf-8"), file.read_text("utf-8"))
        for folder in sorted(REFERENCES.glob("*-*"))
        for file in sorted(folder.glob("reference-*.txt"))
    ]


def edited(file: Path) -> list[Pair]:
    """Return the pairs of a file of SummEdits; those of one document have one name."""
    return [
        Pair(
            each["id"].rsplit("_", 1)[0],
            each["document"],
            each["summary"],
            bool(each["consistent"]),
            tuple(each["edit_types"]),
        )
        for each in lines(file)
    ]


def table(header: str, rows: Iterable[Iterable[object]]) -> None:
    """Print a Markdown table; the header's columns are separated by bars."""
    columns = header.count("|") + 1
    shown = [f"| {header} |", "|---" + "|---:" * (columns - 1) + "|"]
    shown += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    sys.stdout.write("\n".join(shown) + "\n\n")


def percent(part: float, whole: float) -> str:
    """Return a share in percent, with what it is a share of."""
    return f"{100 * part / whole:.1f} % of {whole:.0f}" if whole else "none"


def balanced_accuracy(pairs: list[Pair]) -> list[object]:
    """Return the row of a file: sensitivity, specificity, and their mean with its interval over documents."""
    counts: defaultdict[str, np.ndarray[Any, np.dtype[np.float64]]] = defaultdict(lambda: np.zeros(4))
    for pair in pairs:
        flagged = bool(look_up(pair).unsupported)
        counts[pair.name] += [
            not pair.consistent and flagged,
            not pair.consistent,
            pair.consistent and not flagged,
            pair.consistent,
        ]
    whole = np.array(list(counts.values()))
    drawn = stream(SEED, "measure support").multinomial(len(whole), np.full(len(whole), 1 / len(whole)), RESAMPLES)
    sums = drawn @ whole
    usable = sums[(sums[:, 1] > 0) & (sums[:, 3] > 0)]
    low, high = np.percentile(50 * (usable[:, 0] / usable[:, 1] + usable[:, 2] / usable[:, 3]), [2.5, 97.5])
    caught, wrong, passed, right = whole.sum(axis=0)
    accuracy = 50 * (caught / wrong + passed / right)
    interval = f"{accuracy:.1f} [{low:.1f}, {high:.1f}]"
    return [len(whole), percent(caught, wrong), percent(passed, right), interval]


def by_edit(pairs: list[Pair]) -> Iterator[list[object]]:
    """Yield for each kind of edit how many of the summaries with it are flagged."""
    seen: defaultdict[str, list[bool]] = defaultdict(list)
    for pair in pairs:
        for kind in pair.edits if not pair.consistent else ():
            seen[kind].append(bool(look_up(pair).unsupported))
    for kind, flagged in sorted(seen.items()):
        yield [kind.replace("_", " "), percent(sum(flagged), len(flagged))]


def false_alarms(name: str, pairs: list[Pair]) -> list[object]:
    """Return the row of a corpus: how many of the references' numbers and names, and of the references, are flagged."""
    results = [look_up(pair) for pair in pairs]
    wrong = [finding for result in results for finding in result.unsupported]
    named = sum(finding.kind == "name" for finding in wrong)
    return [
        name,
        len(pairs),
        percent(len(wrong), sum(result.numbers + result.names for result in results)),
        percent(len(wrong) - named, sum(result.numbers for result in results)),
        percent(named, sum(result.names for result in results)),
        percent(sum(bool(result.unsupported) for result in results), len(results)),
    ]


def planted(pairs: list[Pair]) -> Iterator[tuple[str, Pair, str, range]]:
    """Yield references with one error each: its kind, the pair, the text, and where the error stands."""
    draws = stream(SEED, "planted errors")
    strangers = sorted({(pair.name, name) for pair in pairs for name in known_names(pair)})
    for pair in pairs:
        text = pair.summary
        for mention in quantities(text, "en").mentions:
            said = text[mention.start : mention.end]
            place = DIGITS.search(said)
            if not mention.judged or not place:
                continue
            kind = "date" if mention.dates else mention.kind
            at = mention.start + place.start()
            digit = str((int(text[at]) + int(draws.integers(1, 9))) % 9 + 1)
            if digit != text[at]:
                yield f"digit of a {kind} changed", pair, text[:at] + digit + text[at + 1 :], range(at, at + 1)
            if "per cent" in said:
                changed = said.replace("per cent", "percentage points")
                where = range(mention.start, mention.start + len(changed))
                yield "per cent to points", pair, text[: mention.start] + changed + text[mention.end :], where
        for name in names(text, tokenize(text), "en"):
            known = {token.folded for token in tokenize(pair.document)}
            others = [
                said
                for owner, said in strangers
                if owner != pair.name and known.isdisjoint(token.folded for token in tokenize(said))
            ]
            other = others[int(draws.integers(len(others)))]
            where = range(name.start, name.start + len(other))
            yield "name of another article", pair, text[: name.start] + other + text[name.end :], where


def known_names(pair: Pair) -> Iterator[str]:
    """Yield the names in a reference that its article supports."""
    for name in names(pair.summary, tokenize(pair.summary), "en"):
        word = pair.summary[name.start : name.end]
        if word in pair.document and not name.uncertain:
            yield word


def caught(found: tuple[Unsupported, ...], place: range) -> bool:
    """Tell whether what was planted at some offsets is found there, whatever else is."""
    return any(finding.start < place.stop and place.start < finding.end for finding in found)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?", help="folder with the files")
    folder: Path | None = parser.parse_args().data
    own = shipped()
    rows = [false_alarms("references/ (this project)", own)]
    for name in CORPORA if folder else ():
        pairs = [
            Pair(each["id"], each["document"], text)
            for each in lines(Path(folder or "") / f"{name}.jsonl")
            for text in each["references"]
        ]
        rows.append(false_alarms(name, pairs))
    sys.stdout.write("What of people's own summaries is flagged:\n\n")
    table("corpus | references | numbers and names flagged | numbers | names | references flagged", rows)
    seen: defaultdict[str, list[bool]] = defaultdict(list)
    for kind, pair, text, place in planted(own):
        seen[kind].append(caught(look_up(pair, text).unsupported, place))
    sys.stdout.write("One error planted in a reference of this project:\n\n")
    table("error | caught", ([kind, percent(sum(hits), len(hits))] for kind, hits in sorted(seen.items())))
    for name in SUMMEDITS if folder else ():
        pairs = edited(Path(folder or "") / f"{name}.jsonl")
        sys.stdout.write(f"{name}, edited summaries against consistent ones, 95 % interval over documents:\n\n")
        header = "documents | edited ones flagged | consistent ones passed | balanced accuracy"
        table(header, [balanced_accuracy(pairs)])
        table("edit | flagged", by_edit(pairs))


if __name__ == "__main__":
    main()
