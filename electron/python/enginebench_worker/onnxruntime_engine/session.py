"""How a session of ONNX Runtime is set up, in one place, so that what proves and what is measured are the same.

One provider a session, and none that it could fall back to; idle threads do not spin. The profile of a query is the
proof of its precision, so every session that is to be proved writes one."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from enginebench_worker.domain import Device, Precision, WorkerCase
from enginebench_worker.errors import BenchError

PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
SPINNING = "session.intra_op.allow_spinning"
LEVELS = {
    "disabled": "ORT_DISABLE_ALL",
    "basic": "ORT_ENABLE_BASIC",
    "extended": "ORT_ENABLE_EXTENDED",
    "all": "ORT_ENABLE_ALL",
}
OPTIONS_SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {
        "graphOptimization": {
            "type": "string",
            "enum": ["disabled", "basic", "extended", "all"],
            "default": "all",
            "title": "Graph optimization",
        }
    },
    "additionalProperties": False,
}


def optimization_of(case: WorkerCase) -> str:
    """Raises bad-usage for an option that there is not: one that was ignored would be a label without its claim."""
    unknown = sorted(set(case.options) - {"graphOptimization"})
    level = case.options.get("graphOptimization", "all")
    if unknown or not isinstance(level, str) or level not in LEVELS:
        said = f"ONNX Runtime has no option {unknown[0]}." if unknown else f"There is no graph optimization {level!r}."
        raise BenchError("bad-usage", "load", said, f"Set graphOptimization to one of {', '.join(LEVELS)}.")
    return level


def session_options(onnxruntime: Any, device: Device, threads: int, optimization: str) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = getattr(onnxruntime.GraphOptimizationLevel, LEVELS[optimization])
    options.log_severity_level = 3
    options.add_session_config_entry(SPINNING, "0")
    if device == "cuda":
        options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
    return options


def profiled(options: Any) -> Any:
    """The same options, which also write a profile; `read_profile` removes it."""
    options.enable_profiling = True
    with tempfile.NamedTemporaryFile(prefix="enginebench-profile-", suffix="") as unique:
        options.profile_file_prefix = unique.name
    return options


def open_session(onnxruntime: Any, file: Path, options: Any, device: Device, precision: Precision) -> Any:
    provider = PROVIDERS[device]
    if provider not in onnxruntime.get_available_providers():
        message = f"This build of ONNX Runtime has no {provider}."
        raise BenchError("backend-unavailable", "load", message, "Install onnxruntime-gpu, or use the CPU.")
    settings = {"use_tf32": "1" if precision == "tf32" else "0"} if device == "cuda" else {}
    try:
        session = onnxruntime.InferenceSession(str(file), options, providers=[(provider, settings)])
        session.disable_fallback()
    except Exception as error:  # each of ONNX Runtime's load errors is a class of its own without a common base
        message = f"ONNX Runtime cannot load {file.name}."
        raise BenchError("bad-model-file", "load", message, "Check the file, or export it again.", error) from error
    if session.get_providers()[0] != provider:
        message = f"ONNX Runtime fell back to {session.get_providers()[0]}."
        raise BenchError("backend-unavailable", "load", message, "Check the GPU driver, or use the CPU.")
    return session


def match_input(session: Any, case: WorkerCase) -> tuple[str, str]:
    """The input's name and NumPy type."""
    inputs = session.get_inputs()
    names = [entry.name for entry in inputs]
    expected = case.model.input.name
    wanted = [case.batch_size, *case.input.shape[1:]]
    entry = inputs[0] if len(inputs) == 1 else None
    types = {"tensor(float)": "float32", "tensor(float16)": "float16"}
    fits = entry is not None and entry.name == expected and entry.type in types and len(entry.shape) == 4
    if not fits or entry is None:
        found = ", ".join(f"{each.name}: {each.type} {each.shape}" for each in inputs)
        message = f"The ONNX file takes ({found}), where one image input {expected!r} was expected."
        raise BenchError("input-mismatch", "load", message, "Check the model's manifest, or use another file.")
    if any(isinstance(size, int) and size != want for size, want in zip(entry.shape, wanted, strict=True)):
        message = f"The ONNX file takes {expected} of shape {entry.shape}, but the case asks for {wanted}."
        raise BenchError("input-mismatch", "load", message, "Use that batch and size, or export with dynamic sizes.")
    missing = [name for name in case.model.outputs if name not in {each.name for each in session.get_outputs()}]
    if missing:
        message = f"The ONNX file has no output named {', '.join(missing)}."
        raise BenchError("input-mismatch", "load", message, "Check the outputs that the model's manifest names.")
    return names[0], types[entry.type]
