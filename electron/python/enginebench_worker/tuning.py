"""`tuned`: a candidate with the settings that an expert of its framework would choose for one query at a time.

Each backend that has such settings declares the option and what it changes; a case without it runs as the library
ships. The label of a tuned case says so wherever it shows. Settings that change values beyond rounding do not belong
here: parity judges a tuned case like any other."""

from __future__ import annotations

from enginebench_worker.boolean_option import boolean_option
from enginebench_worker.wire.backend_rows import TUNED_SETTINGS
from enginebench_worker.wire.domain import WorkerCase

OPTION = "tuned"


def option_schema(backend: str) -> dict[str, object]:
    return {"type": "boolean", "default": False, "title": f"Tuned: {TUNED_SETTINGS[backend]}"}


def is_tuned(case: WorkerCase) -> bool:
    return boolean_option(case, OPTION, default=False)
