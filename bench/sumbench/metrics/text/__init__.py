"""Properties of a summary's text: repetition, readability, diversity, an end that is missing, another language."""

from sumbench.metrics.text.text import TextMetric

__all__ = ["TextMetric"]
