"""Peak memory of this process in bytes, from its start, loading included. Unknown is None with the reason. Does not
read GPU memory."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from enginebench_worker.wire.domain import Bytes

_STATUS = Path("/proc/self/status")


def process_peak() -> Bytes:
    if _STATUS.exists():
        found = re.search(r"^VmHWM:\s+(\d+) kB$", _STATUS.read_text(encoding="ascii", errors="replace"), re.MULTILINE)
        if found:
            return Bytes(int(found[1]) * 1024)
    try:
        import resource
    except ImportError:
        return Bytes(None, "this system does not report a process's peak memory")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Bytes(peak if sys.platform == "darwin" else peak * 1024)
