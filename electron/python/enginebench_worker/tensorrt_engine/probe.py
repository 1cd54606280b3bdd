"""Asks a separate process what TensorRT can do here, so that describing a backend neither loads NVIDIA's library nor
crashes with it. The process makes a builder, which fails if TensorRT itself finds no driver, and prints one line. It
sees a card that TensorRT has code for, which need not be the first.

An answer is kept for the life of this process. Does not build, parse, or touch a file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from enginebench_worker.errors import BenchError
from enginebench_worker.installed import is_importable
from enginebench_worker.nvidia_driver import card_for, driver_refusal, first_card

PROBE_SECONDS = 60
ANSWER_PREFIX = "enginebench-tensorrt-probe "
_PACKAGE_PARENT = str(Path(__file__).resolve().parents[2])
_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); from enginebench_worker.tensorrt_engine.probe import answer; answer()"
)


@dataclass(frozen=True)
class Probe:
    """`reason` is None exactly if a builder could be made. `kind` and `label` are None if nothing was loaded."""

    version: str | None
    kind: str | None
    label: str | None
    reason: str | None
    remedy: str | None


@cache
def probe_tensorrt() -> Probe:
    if not is_importable("tensorrt"):
        return _nothing("TensorRT is not installed in this environment.", "Set up the TensorRT environment.")
    command = [sys.executable, "-I", "-c", _PROGRAM, _PACKAGE_PARENT]
    repair = "Repair the TensorRT environment."
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PROBE_SECONDS,
            env={**os.environ, **_seeing_a_card()},
        )
    except subprocess.TimeoutExpired:
        return _nothing(f"TensorRT did not load within {PROBE_SECONDS} s.", repair)
    except OSError as error:
        return _nothing(f"The TensorRT check could not start: {error.strerror}.", repair)
    lines = [line for line in done.stdout.splitlines() if line.startswith(ANSWER_PREFIX)]
    if not lines:
        return _nothing(f"Loading TensorRT crashed its process (exit code {done.returncode}).", repair)
    return Probe(**json.loads(lines[-1].removeprefix(ANSWER_PREFIX)))


def _seeing_a_card() -> dict[str, str]:
    """Empty if the first card will do, or has no UUID."""
    card = card_for("tensorrt")
    return {} if card is None or card == first_card() or card.uuid is None else {"CUDA_VISIBLE_DEVICES": card.uuid}


def answer() -> None:
    """Runs in the separate process that may load the library."""
    print(f"{ANSWER_PREFIX}{json.dumps(asdict(_look()))}", flush=True)


def _look() -> Probe:
    from enginebench_worker.tensorrt_engine.library import cuda_major_of_bindings, open_library

    try:
        library = open_library("setup")
    except BenchError as error:
        return _nothing(error.record.message, error.record.remedy)
    trt = library.module
    try:
        builder = trt.Builder(trt.Logger(trt.Logger.INTERNAL_ERROR))
    except Exception as error:  # the bindings raise any exception type if a constructor returned nothing
        builder, words = None, str(error).splitlines()[0]
    else:
        words = ""
    if builder is None:
        too_old = driver_refusal(cuda_major_of_bindings(), library.label)
        unknown = f"{library.label} cannot make a builder here{f': {words}' if words else ''}."
        reason, remedy = too_old or (unknown, "Check that the NVIDIA driver is up to date.")
        return Probe(library.version, library.kind, library.label, reason, remedy)
    return Probe(library.version, library.kind, library.label, None, None)


def _nothing(reason: str, remedy: str) -> Probe:
    return Probe(None, None, None, reason, remedy)
