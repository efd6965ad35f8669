"""Short ways to what the metric finds."""

from sumbench.metrics.support.findings import Unsupported
from sumbench.metrics.support.findings import findings
from sumbench.metrics.support.source import source_index


def found(source: str, summary: str, language: str = "en") -> tuple[Unsupported, ...]:
    """Return what is unsupported of a summary."""
    return findings(summary, source_index(source, "", language), language).unsupported


def unsupported(source: str, summary: str, language: str = "en") -> list[str]:
    """Return the texts of what is unsupported."""
    return [summary[each.start : each.end] for each in found(source, summary, language)]


def kinds(source: str, summary: str, language: str = "en") -> list[str]:
    """Return its kinds."""
    return [each.kind for each in found(source, summary, language)]
