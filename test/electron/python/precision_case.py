"""digits simplified at opset 20, and what `convert-precision` is asked with, for the tests of conversions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from enginebench_worker.execution import Execution
from enginebench_worker.onnx_graph.simplify import simplify_onnx
from enginebench_worker.torch_engine.export import export_onnx
from enginebench_worker.wire.commands import ConvertPrecision, ExportOnnx, SimplifyOnnx
from enginebench_worker.wire.domain import CalibrationArray, ModelManifest, Weights


def simplified_digits(digits: ModelManifest, digits_folder: Path, tmp_path: Path, execution: Execution) -> Path:
    """digits at opset 20, which every precision takes."""
    exported, out = tmp_path / "exported.onnx", tmp_path / "simplified.onnx"
    weights, inputs = Weights("own", str(digits_folder), 1), str(digits_folder / "test-inputs.npy")
    outputs = str(tmp_path / "outputs")
    export_onnx(ExportOnnx(1, digits, str(digits_folder), weights, 20, inputs, str(exported), outputs), execution)
    simplify_onnx(SimplifyOnnx(1, str(exported), str(out)), execution)
    return out


def asked(source: Path, out: Path, precision: str, **changes: Any) -> ConvertPrecision:
    command = ConvertPrecision(5, str(source), str(out), precision, "fp32", (), (), None)  # type: ignore[arg-type]
    return replace(command, **changes)


def on_digits(folder: Path, method: str = "min-max") -> CalibrationArray:
    return CalibrationArray(str(folder / "calibration-inputs.npy"), method)  # type: ignore[arg-type]
