"""Peak memory of this process, on the CPU and the GPU."""

import re
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_PEAK = re.compile(r"^VmHWM:\s*(\d+) kB$", re.MULTILINE)


def reset() -> bool:
    """Let the peak begin at what is used now; tell whether this system can do that (Linux can)."""
    try:
        _CLEAR.write_text("5")
    except OSError:
        return False
    return True


def memory() -> int | None:
    """Return the greatest resident memory (bytes) since the last reset or the process' start; None: unknown."""
    try:
        found = _PEAK.search(_STATUS.read_text())
    except OSError:
        found = None
    if found is not None:
        return 1024 * int(found[1])
    try:
        import resource
    except ImportError:
        return None
    # Linux counts in kilobytes, macOS in bytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def gpu_memory() -> int | None:
    """Return the greatest GPU memory (bytes) that torch had in use, None where there is none."""
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return None
    return int(torch.cuda.max_memory_allocated())
