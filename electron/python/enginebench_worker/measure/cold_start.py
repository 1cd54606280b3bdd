"""How long a fresh process takes to its first answer, part by part.

Imports nothing heavy itself, so a library's import time is its own. Proves nothing about the case, and makes no checks
that would warm it. The images are mapped before the case is loaded; reading them is not part of any time."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable
from typing import TypeVar

from enginebench_worker.backend import Backend, LoadedCase
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.spinning import set_openmp_waiting, spins
from enginebench_worker.wire import commands, messages

Result = TypeVar("Result")

_PAGE_CACHE = "system page cache: not emptied, so files read before may be in it"


def start_cold(
    command: commands.ColdStart, backend: Backend, execution: Execution
) -> tuple[LoadedCase, messages.ColdStarted]:
    """Returns the loaded case, which the caller closes, and the times of each part in ms."""
    case = command.case
    modules = backend.library_modules
    if any(name in sys.modules for name in modules):
        message = "This worker was used before, so its start is not cold."
        raise BenchError("bad-usage", "cold-start", message, "Start a fresh worker for every cold start.")
    backend.require_input_shape(case)
    backend.require_available()
    backend.require_known_options(case)
    set_openmp_waiting(spins(case))
    execution.step(f"importing {backend.label}")
    _, import_ms = _timed(lambda: [importlib.import_module(name) for name in modules])
    execution.step("opening the device")
    opened, context_ms = _timed(lambda: backend.start_device(case.device))
    caches = (*backend.caches(case), _PAGE_CACHE)

    from enginebench_worker.measure.batches import load_batches

    batches = load_batches(case).batches
    execution.step(f"loading {case.model.name}")
    loaded, load_ms = _timed(lambda: backend.load(case))
    try:
        execution.step()
        _, first_ms = _timed(lambda: loaded.query(batches[0]))
        execution.step()
        _, second_ms = _timed(lambda: loaded.query(batches[1 % len(batches)]))
    except BaseException:
        loaded.close()
        raise
    return loaded, messages.ColdStarted(
        command.id,
        import_ms if modules else None,
        context_ms if opened else None,
        load_ms,
        first_ms,
        second_ms,
        caches,
    )


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    begin = time.perf_counter_ns()
    result = work()
    return result, max(1, time.perf_counter_ns() - begin) / 1e6
