"""The errors sumbench raises on purpose: each says what was wrong, where, and what to do."""


class BenchError(Exception):
    """Something the user can mend; the command line prints it as one line and exits with code 2."""


class UsageError(BenchError):
    """A name, option or combination on the command line (or in a suite) that means nothing."""


class CorpusError(BenchError):
    """An article or a reference that cannot be read or used."""


class SummarizerError(BenchError):
    """A system that cannot be built or loaded, or that failed on a document."""


class WeightsError(BenchError):
    """Model weights that are missing, cannot be fetched, or do not match their checksum."""


class MetricError(BenchError):
    """A metric that cannot score what it was given."""


class RunError(BenchError):
    """A run folder that cannot be written or read."""
