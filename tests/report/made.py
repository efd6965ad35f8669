"""Runs with everything a page may have to show: hostile texts, failures, marked places, cut input, other scripts."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sumbench.jobs.report import page_run
from sumbench.manifest import CorpusEntry
from sumbench.manifest import MetricEntry
from sumbench.manifest import SystemEntry
from sumbench.metrics.rouge.values import values
from sumbench.records import Detail
from sumbench.records import Document
from sumbench.records import Score
from sumbench.records import Summary
from sumbench.report import PageRun
from sumbench.run_record import Run
from sumbench.runs.store import RunFolder
from sumbench.scores import Scores
from tests.runs.made import MANIFEST
from tests.runs.made import TELEMETRY
from tests.runs.made import write_scores
from tests.runs.made import write_summaries

HOSTILE = (
    "<script>document.title = 'run'</script></script><!-- <img src=x onerror=\"document.title = 'run'\"> "
    "javascript:document.title='run' \u202eturned\u202c \x00 \u2028 ]]> </style> {{ 7 * 7 }} &lt; 'single' \"double\" "
)
"""What must be shown as text wherever it stands."""

SYSTEMS = ("alpha", "beta", "lead", "random")
ARTICLE = (
    "The council of Kesterel met on Monday evening. It rained all day in the valley, and the river rose.\n"
    "The council voted for the new bridge by nine to four. Work on the bridge begins in May.\n"
    "A baker gave bread to everyone who stood outside. The bridge will cost two million crowns."
)
REFERENCES = (
    "The council of Kesterel voted for a bridge.\nWork begins in May.",
    "Nine to four: the bridge is to be built.\nIt costs two million crowns.",
)
ALPHA = "The council voted for the new bridge by nine to four.\nIt will cost 😀 three million crowns."
BETA = "It rained all day in the valley.\nThe council of Kesterel met on Monday."


def documents(number: int, hostile: str = "") -> tuple[Document, ...]:
    """So many documents; the last ones are Arabic, Chinese, and hostile where that is asked for."""
    others = [
        Document(f"d{at:02}", ARTICLE, REFERENCES, f"A bridge, part {at}", "en", {"genre": "news" if at % 2 else "law"})
        for at in range(number)
    ]
    others.append(
        Document(
            "ar", "اجتمع المجلس يوم الاثنين. صوّت المجلس للجسر.", ("صوّت المجلس للجسر.",), "جسر", "ar", {"genre": "news"}
        )
    )
    others.append(
        Document("zh", "市议会星期一开会。市议会投票支持新桥。", ("市议会支持新桥。",), "桥", "zh", {"genre": "law"})
    )
    if hostile:
        others.append(
            Document(
                hostile, hostile + ARTICLE, (hostile, hostile), hostile, "en", {"genre": hostile, hostile: hostile}
            )
        )
    return tuple(others)


def _summaries(some: tuple[Document, ...], systems: tuple[str, ...], hostile: str) -> Iterator[Summary]:
    for number, document in enumerate(some):
        for place, system in enumerate(systems):
            text = (ALPHA, BETA, document.text.partition(". ")[0] + ".", BETA)[place % 4] + hostile
            error = hostile or "it broke" if (system, number) == (systems[-1 if len(systems) == 1 else 1], 1) else None
            yield Summary(
                document.id,
                system,
                "" if error else text,
                100,
                40 if place == 1 else 100,
                20,
                0.5 * (place + 1),
                error,
                failure="error" if error else None,
                raw=f"<think>hm {hostile}</think>{text}" if (place, number) == (0, 0) else None,
            )


def made(number: int = 12, hostile: str = "", systems: tuple[str, ...] = SYSTEMS) -> Run:
    """A run of so many English documents and two others, with a value for every summary that there is."""
    some = documents(number, hostile)
    summaries = tuple(_summaries(some, systems, hostile))
    names = [value.name for value in values(["rouge1", "rouge2"])]
    scores = [
        Score(
            each.document,
            each.system,
            name,
            0.1 + 0.05 * ((at * 7 + len(name)) % 11) + 0.02 * (each.system == systems[0]),
        )
        for at, each in enumerate(summaries)
        for name in names
        if each.error is None
    ]
    start = ALPHA.index("three")
    span = {
        "start": start,
        "end": start + 5,
        "text": "three",
        "kind": "number",
        "reason": f"the source says two{hostile}",
    }
    source = ARTICLE.index("two million")
    span["source"] = {"start": source, "end": source + 3, "text": "two"}
    details = (
        Detail("d00", systems[0], "rouge2", {"spans": [span, {"start": 5}, [0, 3]], "said": f"checked{hostile}"}),
    )
    entries = tuple(
        SystemEntry(
            system,
            "floor" if system in {"lead", "random"} else "ranked",
            (),
            {"options": {"note": hostile}},
            None,
            None,
            TELEMETRY,
            prompt=f"Summarize: {{document}}{hostile}" if system == systems[0] else None,
        )
        for system in systems
    )
    signatures = {name: f"{name}|f1|{hostile}" for name in names}
    manifest = replace(
        MANIFEST,
        corpus=CorpusEntry(f"bridges{hostile}", "ab" * 32, len(some), 2 * len(some), (f"a note{hostile}",)),
        systems=entries,
        metrics=(MetricEntry("rouge", values(["rouge1", "rouge2"]), signatures),),
        ranked_by="rouge2",
        request={"suite": "default", "corpus": "my corpus", "systems": ["alpha", "beta,as=x y"], "limit": 3},
    )
    return Run(manifest, summaries, Scores.of(scores), some, details)


def page(number: int = 12, hostile: str = "", systems: tuple[str, ...] = SYSTEMS, name: str = "made") -> PageRun:
    """The same run as a page shows it."""
    return page_run(name, made(number, hostile, systems))


def written(folder: Path, number: int = 3) -> Path:
    """Write such a run to a folder, and return it."""
    run, files = made(number), RunFolder(folder)
    with files.claimed():
        files.write_documents(run.documents, texts=True)
        write_summaries(files, run.summaries)
        write_scores(files, run.scores)
        files.write_details(run.details)
        files.write_manifest(run.manifest)
    return folder
