"""ROUGE by the presets and option strings of the command line, and as the original prints it."""

from collections.abc import Sequence

from sumbench.errors import UsageError
from sumbench.metrics.protocol import Metric
from sumbench.metrics.rouge.metric import GOOGLE
from sumbench.metrics.rouge.metric import PERL
from sumbench.metrics.rouge.metric import ROUGE_TYPES
from sumbench.metrics.rouge.metric import RougeMetric
from sumbench.metrics.rouge.original import OriginalRouge


def preset_rouge(preset: str, types: Sequence[str] | None = None, handling: str | None = None) -> Metric:
    """Return the ROUGE that `preset` names: google, perl, or an option string of ROUGE-1.5.5.

    `types` and `handling` are of google and perl; an option string says both itself. Without a handling several
    references are jackknifed, which neither rouge_score nor ROUGE-1.5.5 does. Raises UsageError.
    """
    if preset in {GOOGLE, PERL}:
        return RougeMetric(types=tuple(types or ROUGE_TYPES), handling=handling or "jackknife", preset=preset)
    if not preset.lstrip().startswith("-"):
        raise UsageError(f"--rouge {preset!r}: give google, perl, or options of ROUGE-1.5.5 such as '-n 2 -m -f A'")
    if types or handling:
        raise UsageError("--types and --handling do not go with an option string of ROUGE-1.5.5: it says both itself")
    return OriginalRouge(options=preset)


def original_rouge(preset: str) -> OriginalRouge:
    """Return the ROUGE of an option string, which prints as the original does; raise UsageError for a preset."""
    if preset in {GOOGLE, PERL}:
        raise UsageError("--format original goes with an option string of ROUGE-1.5.5: --rouge '-n 2 -m'")
    return OriginalRouge(options=preset)
