"""What `build-engine` carries, for the shipped digits model: as the app sends it, and as the worker decodes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.domain import BuildRequest

OPTIONS = {
    "workspaceGib": 4,
    "optimizationLevel": None,
    "timingCache": True,
    "versionCompatible": False,
    "hardwareCompatible": False,
}


def build_parameters(
    record: dict[str, Any], onnx_file: Path, folder: Path, precision: str = "fp32", **changes: Any
) -> dict[str, Any]:
    """`options` among the changes are added to the defaults."""
    options = {**OPTIONS, **changes.pop("options", {})}
    return {
        "backend": "tensorrt",
        "model": record,
        "onnxFile": str(onnx_file),
        "outFile": str(folder / "engine.plan"),
        "logFile": str(folder / "log.txt"),
        "precision": precision,
        "batch": {"min": 1, "opt": 8, "max": 16},
        "size": None,
        "inputs": None,
        "options": options,
        "timingCacheFile": None,
        "plugin": None,
        "calibration": None,
        "threads": 2,
        **changes,
    }


def build_request(record: dict[str, Any], onnx_file: Path, folder: Path, *words: Any, **changes: Any) -> BuildRequest:
    return from_json(BuildRequest, build_parameters(record, onnx_file, folder, *words, **changes))
