"""How a library's threads wait for their next piece of work: they spin, as the libraries ship, or they sleep.

Spinning saves waking a thread for each operator, which is a third of a small model's time. While another worker
measures, nothing may spin. ONNX Runtime would spin for about 50 ms after a query, so its time is limited: 1 ms is much
longer than the gap between two queries and was as fast as no limit. OpenMP libraries read their settings from the
environment once, when they are loaded. `wait_until_quiet` then checks, so that no library has to be believed."""

from __future__ import annotations

import os
import sys
import time

from enginebench_worker.boolean_option import boolean_option
from enginebench_worker.wire.domain import WorkerCase

OPTION = "spinning"
OPTION_SCHEMA: dict[str, object] = {
    "type": "boolean",
    "default": True,
    "title": "Threads spin while they wait for work",
}
SPIN_LIMIT_US = 1000

_CHECK_MS = 2.0
_BUSY_SHARE = 0.1
_LONGEST_WAIT_MS = 250.0


def spins(case: WorkerCase) -> bool:
    return boolean_option(case, OPTION, default=True)


def set_openmp_waiting(spinning: bool) -> None:
    """Call it before a library with OpenMP is loaded. GNU's OpenMP spins for a few ms by default, Intel's for 200."""
    if spinning:
        os.environ.pop("OMP_WAIT_POLICY", None)
    else:
        os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    os.environ["KMP_BLOCKTIME"] = str(SPIN_LIMIT_US // 1000) if spinning else "0"


def openmp_waiting() -> str:
    """The setting that OpenMP libraries of this process were loaded with."""
    return "OpenMP threads sleep" if os.environ.get("OMP_WAIT_POLICY") == "PASSIVE" else "OpenMP threads spin"


def wait_until_quiet() -> bool:
    """Returns once the threads of this process use less than a tenth of a core, or after 250 ms. True if quiet."""
    deadline = time.perf_counter() + _LONGEST_WAIT_MS / 1e3
    while True:
        began, used_before = time.perf_counter(), time.process_time()
        time.sleep(_CHECK_MS / 1e3)
        now = time.perf_counter()
        if time.process_time() - used_before < _BUSY_SHARE * (now - began):
            return True
        if now > deadline:
            print(f"threads were still busy {_LONGEST_WAIT_MS:.0f} ms after a block", file=sys.stderr, flush=True)
            return False
