"""Catches a backend that answers before its work is done, whose latencies would only cover the request.

At load: an output that still changes after its query returned. After a block: a device that is still busy with it. The
probe uses a batch that was not used before, so a stale answer cannot pass for the right one."""

from __future__ import annotations

import time

from enginebench_worker.backend import Batch, LoadedCase
from enginebench_worker.errors import BenchError, Stage

SHORTEST_WAIT_MS = 50.0
LARGEST_DRAIN_SHARE = 0.05
SMALLEST_DRAIN_MS = 1.0


def check_answer_is_complete(loaded: LoadedCase, unseen: Batch) -> None:
    """Waits once as long as the query took, and at least `SHORTEST_WAIT_MS`. No query used `unseen` before."""
    begin = time.perf_counter_ns()
    outputs = loaded.query(unseen)
    end = time.perf_counter_ns()
    at_once = [output.tobytes() for output in outputs]
    loaded.synchronize()
    time.sleep(max((end - begin) / 1e9, SHORTEST_WAIT_MS / 1e3))
    if at_once != [output.tobytes() for output in outputs]:
        raise _unsynchronized("load", "its output changed after the query had returned")


def check_device_is_idle(loaded: LoadedCase, block_ms: float) -> None:
    """To be called right after a block's last query."""
    begin = time.perf_counter_ns()
    loaded.synchronize()
    drain_ms = (time.perf_counter_ns() - begin) / 1e6
    if drain_ms > SMALLEST_DRAIN_MS and drain_ms > LARGEST_DRAIN_SHARE * block_ms:
        raise _unsynchronized(
            "measure", f"the device was busy for {drain_ms:.1f} ms after a block of {block_ms:.0f} ms"
        )


def _unsynchronized(stage: Stage, seen: str) -> BenchError:
    message = f"The backend answers before it has finished: {seen}. Its latencies would be too low."
    return BenchError("unsynchronized", stage, message, "Use another backend, and please report this problem.")
