"""An IR from an ONNX file: converted, quantized where INT8 is asked for, written, opened again and run once.

The work is done aside, so that a cancel is seen within a second or so whatever the library is doing. `model.xml` and
`model.bin` appear whole or not at all, the .bin first: an .xml without its weights would be a damaged engine."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from enginebench_worker.domain import BuildPhase, BuildRequest, Bytes, EngineFacts, LogEntry
from enginebench_worker.errors import BenchError, Cancelled
from enginebench_worker.execution import Execution
from enginebench_worker.files import written_whole
from enginebench_worker.installed import version_of
from enginebench_worker.openvino_engine.library import DEVICE, in_its_words, open_openvino, tools
from enginebench_worker.openvino_engine.model_types import (
    ComputedTypes,
    computed_types,
    is_quantized,
    shares_of,
    stored_bytes,
)
from enginebench_worker.openvino_engine.precision_judgement import judge_file
from enginebench_worker.openvino_engine.quantization import quantize
from enginebench_worker.tensorrt.build_log import BuildLog
from enginebench_worker.tensorrt.memory_limit import MemoryLimit
from enginebench_worker.tensorrt.watched import WatchedWork, is_abandoned

_STEPS = {"Converting": 0.1, "Calibrating": 0.2, "Writing": 0.85, "Checking": 0.9}
"""Where each step begins, as a share of the whole; calibrating is most of it."""


def build_ir(request: BuildRequest, execution: Execution) -> EngineFacts:
    if is_abandoned():
        message = "This process still holds a build that was cancelled."
        raise BenchError("bad-usage", "build", message, "Start a fresh worker for every build.")
    log = BuildLog(Path(request.log_file))
    try:
        with log.capturing():
            execution.step("loading OpenVINO")
            return _Build(request, execution, log).run()
    finally:
        log.close()


@dataclass(frozen=True)
class _Checked:
    stored: Counter[str]
    computed: ComputedTypes
    weight_bytes: int


class _Build:
    def __init__(self, request: BuildRequest, execution: Execution, log: BuildLog) -> None:
        self._request, self._execution, self._log = request, execution, log
        self._openvino = open_openvino()
        self._stop = threading.Event()
        self._limit = MemoryLimit()
        self._now = BuildPhase("Converting", 0, 0, None)
        self._told: BuildPhase | None = None
        self._settings: dict[str, Any] = {}

    def run(self) -> EngineFacts:
        target = Path(self._request.out_file)
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=f".{target.stem}-", dir=target.parent, ignore_cleanup_errors=True
        ) as folder:
            draft = Path(folder) / target.name
            try:
                checked = WatchedWork(lambda: self._make(draft), self._stop).run(self._tick)
                for file in (draft.with_suffix(".bin"), draft):
                    with written_whole(target.with_name(file.name)) as temporary:
                        file.replace(temporary)
            finally:
                self._report_rest()
        return self._facts(checked)

    def _make(self, draft: Path) -> _Checked:
        model = self._convert()
        quantizing = self._request.precision == "int8" and not is_quantized(model)
        if quantizing:
            self._begin("Calibrating")
            model, self._settings = quantize(model, self._request, self._stop, self._count)
        self._settings["quantizedHere"] = quantizing
        self._begin("Writing")
        self._openvino.save_model(model, draft, compress_to_fp16=self._request.precision == "fp16")
        self._begin("Checking")
        return self._check(draft)

    def _convert(self) -> Any:
        file = Path(self._request.onnx_file)
        if not file.is_file():
            message = f"There is no file {file.name}."
            raise BenchError("missing-artifact", "build", message, "Export the model to ONNX first.")
        try:
            model = self._openvino.convert_model(file)
        except Exception as error:  # each frontend of OpenVINO raises classes of its own, without a common base
            message = f"OpenVINO cannot convert {file.name}: {in_its_words(error)}"
            raise BenchError("build-failed", "build", message, "The log has its words.", error) from error
        names = {name for port in (*model.inputs, *model.outputs) for name in port.get_names()}
        missing = [name for name in (self._request.model.input.name, *self._request.model.outputs) if name not in names]
        if missing:
            message = f"{file.name} has no input or output named {', '.join(missing)}."
            raise BenchError("input-mismatch", "build", message, "Check the names in the model's manifest.")
        batch = model.input(self._request.model.input.name).get_partial_shape()[0]
        asked = self._request.batch
        if batch.is_static and {asked.min, asked.max} != {len(batch)}:
            message = f"{file.name} takes batches of {len(batch)} alone, but {asked.min} to {asked.max} was asked for."
            raise BenchError("bad-profile", "build", message, "Export it with a dynamic batch, or ask for that one.")
        return model

    def _check(self, draft: Path) -> _Checked:
        wanted = self._request.model.input
        shape = (self._request.batch.min, wanted.channels, wanted.height, wanted.width)
        model = self._openvino.Core().read_model(draft)
        stored = stored_bytes(model)
        model.reshape({wanted.name: shape})
        hint = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": self._request.threads}
        compiled = self._openvino.Core().compile_model(model, DEVICE, hint)
        compiled.create_infer_request().infer({wanted.name: np.zeros(shape, np.float32)})
        return _Checked(stored, computed_types(compiled), draft.with_suffix(".bin").stat().st_size)

    def _facts(self, checked: _Checked) -> EngineFacts:
        nncf = version_of("nncf")
        return EngineFacts(
            kind="openvino-ir",
            precision_proof=judge_file(self._request.precision, checked.computed, checked.stored),
            layer_precision=checked.computed.shares,
            weight_precision=shares_of(checked.stored),
            activation_bytes=Bytes(None, "OpenVINO allocates as it runs"),
            weight_bytes=Bytes(checked.weight_bytes),
            options={**self._settings, "threads": self._request.threads, "peakMemoryBytes": self._limit.peak_bytes},
            tools={**tools(), **({"NNCF": nncf} if self._settings["quantizedHere"] and nncf is not None else {})},
            machine=None,
        )

    def _begin(self, name: str) -> None:
        if self._stop.is_set():
            raise Cancelled
        self._now = BuildPhase(name, 0, 0, None)
        self._log.write("info", name)

    def _count(self, done: int, total: int) -> None:
        self._now = BuildPhase("Calibrating", 0, done, total)

    def _tick(self) -> None:
        if self._execution.cancelled:
            raise Cancelled
        self._limit.check()
        self._report(self._log.take_entries())

    def _report(self, entries: tuple[LogEntry, ...]) -> None:
        phase = self._now
        if not entries and phase == self._told:
            return
        self._told = phase
        begins, ends = _STEPS[phase.name], next((at for at in _STEPS.values() if at > _STEPS[phase.name]), 1.0)
        fraction = begins + (ends - begins) * (phase.done / phase.total if phase.total else 0)
        counted = f" {phase.done} of {phase.total}" if phase.total else ""
        self._execution.build_step(f"{phase.name}{counted}", fraction, (phase,), entries)

    def _report_rest(self) -> None:
        """Also after a failure, whose own error matters more than what goes wrong here."""
        with contextlib.suppress(Cancelled, OSError):
            self._report(self._log.take_entries(last=True))
