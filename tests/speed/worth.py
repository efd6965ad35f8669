"""What each metric is worth: its correlations with people on rated files, as a Markdown table.

    python -m tests.speed.worth FILE.jsonl [FILE.jsonl …] [--metrics A;B] [--coefficient kendall]

FILE has outputs with ratings beside them (column `human`), as `sumbench correlate` reads it. By default every
metric is taken that needs neither a device nor a service. A metric that cannot be loaded, or that scores nothing, is
said on stderr and left out.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import sumbench
from sumbench.errors import BenchError
from sumbench.metrics import REGISTRY
from sumbench.metrics import build_metrics
from sumbench.stats.correlation.analysis import Correlations
from sumbench.stats.correlation.controls import CONTROLS
from sumbench.stats.correlation.verdict import shown


def free_metrics() -> Iterator[str]:
    """Yield the metrics that need neither a device nor a service, nor an option without a default."""
    for name in REGISTRY:
        try:
            (metric,) = build_metrics([name])
        except BenchError as error:
            sys.stderr.write(f"{name}: left out: {error}\n")
            continue
        if metric.needs.device or metric.needs.service:
            sys.stderr.write(f"{name}: left out: needs a device or a service: name it with --metrics\n")
        else:
            yield name


def measured(file: Path, metrics: list[str], coefficient: str) -> dict[str, dict[str, str]]:
    """Return by the title of each value its correlations by quality, as they are shown."""
    found: dict[str, dict[str, str]] = {}
    for spec in metrics:
        try:
            result = sumbench.correlate(file, metrics=[spec], coefficient=coefficient)
        except BenchError as error:
            sys.stderr.write(f"{file.name}: {spec}: left out: {error}\n")
            continue
        correlations = result.correlations
        assert correlations is not None
        titles = {value.name: value.title for metric in build_metrics([spec]) for value in metric.values()}
        for name in (*correlations.metrics, *(each for each in correlations.controls if each not in CONTROLS)):
            found[titles[name]] = _row(correlations, name)
        for name in correlations.controls:
            if name in CONTROLS:
                found[f"*{name}*"] = _row(correlations, name)
    # Controls, which every metric is shown with, come last.
    return dict(sorted(found.items(), key=lambda item: item[0].startswith("*")))


def _row(correlations: Correlations, name: str) -> dict[str, str]:
    row = {}
    for quality in correlations.qualities:
        one = quality.by_metric[name]
        interval = f" ({shown(one.interval.low)} to {shown(one.interval.high)})" if one.interval else ""
        row[quality.quality] = f"{shown(one.value)}{interval}"
    return row


def table(files: list[Path], metrics: list[str], coefficient: str) -> str:
    """Return the table: a row a value, a column a file and quality."""
    by_file = {file.stem: measured(file, metrics, coefficient) for file in files}
    columns = [
        (stem, quality)
        for stem, rows in by_file.items()
        for quality in dict.fromkeys(q for row in rows.values() for q in row)
    ]
    titles = dict.fromkeys(title for rows in by_file.values() for title in rows)
    titles = dict.fromkeys(sorted(titles, key=lambda title: title.startswith("*")))
    lines = ["| metric | " + " | ".join(f"{stem}: {quality}" for stem, quality in columns) + " |"]
    lines.append("| --- |" + " ---: |" * len(columns))
    for title in titles:
        cells = [by_file[stem].get(title, {}).get(quality, "") for stem, quality in columns]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--metrics", metavar="A;B", help="specs, between semicolons")
    parser.add_argument("--coefficient", default="kendall")
    arguments = parser.parse_args()
    metrics = arguments.metrics.split(";") if arguments.metrics else list(free_metrics())
    sys.stdout.write(table(arguments.files, metrics, arguments.coefficient))


if __name__ == "__main__":
    main()
