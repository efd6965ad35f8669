"""Which modules a worker must import, by file, before it can unpickle a system of the user's own."""

from sumbench.systems import System


def plugin_modules(system: System) -> tuple[tuple[str, str], ...]:  # noqa: ARG001 - no system comes from a file yet
    """Return name and file of each module that a system's class comes from and that Python would not find by name."""
    return ()
