"""OpenVINO as this worker uses it: on the CPU, without telemetry.

OpenVINO and NNCF report conversions over the network if openvino-telemetry can be imported, so here it cannot."""

from __future__ import annotations

import re
import sys
from typing import Any

from enginebench_worker.installed import version_of

DEVICE = "CPU"
TYPE_NAMES = {
    "f64": "fp64",
    "f32": "fp32",
    "f16": "fp16",
    "bf16": "bf16",
    "i8": "int8",
    "u8": "int8",
    "i32": "int32",
    "i64": "int64",
    "boolean": "bool",
}
_TELEMETRY = "openvino_telemetry"


def open_openvino() -> Any:
    _without_telemetry()
    import openvino

    return openvino


def open_nncf() -> Any:
    _without_telemetry()
    import nncf

    return nncf


def tools(quantized: bool) -> dict[str, str]:
    names = {"OpenVINO": "openvino", **({"NNCF": "nncf"} if quantized else {})}
    return {name: version_of(distribution) or "not known" for name, distribution in names.items()}


def in_its_words(error: BaseException) -> str:
    """The last sentence of OpenVINO's message, which is the cause; the lines before name its own source files."""
    lines = [line.strip() for line in str(error).splitlines()]
    said = [line for line in lines if line and not re.match(r"(Exception from|Check '.*' failed at) ", line)]
    return said[-1] if said else str(error)


def _without_telemetry() -> None:
    sys.modules.setdefault(_TELEMETRY, None)  # type: ignore[arg-type]
