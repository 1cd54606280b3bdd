"""Options of a case that are on or off."""

from __future__ import annotations

from enginebench_worker.errors import BenchError
from enginebench_worker.wire.domain import WorkerCase


def boolean_option(case: WorkerCase, name: str, *, default: bool) -> bool:
    """Raises `bad-usage` if the case holds anything but true or false."""
    value = case.options.get(name, default)
    if not isinstance(value, bool):
        message = f"The option {name} is {value!r}, which is neither true nor false."
        raise BenchError("bad-usage", "load", message, f"Set {name} to true or false.")
    return value
