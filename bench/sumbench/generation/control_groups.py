"""Memory that this process' control groups leave it: the limits that containers, Kubernetes and Slurm set."""

from collections.abc import Iterator
from pathlib import Path

_VERSIONS = (
    ("memory.max", "memory.current", "inactive_file"),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)
"""The files with limit and use (bytes), and the entry of memory.stat with what is dropped first, by version (2, 1)."""


def free_in_groups(root: Path = Path("/")) -> int | None:
    """Return how many bytes this process may still take by the limits of its groups; None where none is known.

    `root` is the folder that holds `proc` and `sys`. Cached parts of files count as free as far as they are inactive:
    the kernel drops them when the limit is reached.
    """
    left = [free for group in _groups(root) if (free := _free(group)) is not None]
    return min(left, default=None)


def _groups(root: Path) -> Iterator[Path]:
    """Yield the folders of the groups that this process is in, each with those around it.

    In a container they may lack: then the outermost is the container's own.
    """
    try:
        lines = (root / "proc/self/cgroup").read_text("utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers or "memory" in controllers.split(","):
            group = root / "sys/fs/cgroup" / ("memory" if controllers else "")
            yield group
            for part in filter(None, path.split("/")):
                group /= part
                yield group


def _free(group: Path) -> int | None:
    """Return how many bytes a group may still take, None where it has no limit."""
    for limit, used, dropped in _VERSIONS:
        try:
            most, taken = ((group / name).read_text("utf-8").strip() for name in (limit, used))
            entries = dict(line.split() for line in (group / "memory.stat").read_text("utf-8").splitlines())
            return None if most == "max" else max(0, int(most) - int(taken) + int(entries.get(dropped, 0)))
        except (OSError, ValueError):
            continue
    return None
