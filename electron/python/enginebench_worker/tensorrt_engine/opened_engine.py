"""An engine file opened on the GPU it was built for, or refused with the reason in TensorRT's own terms.

An engine is code. The app passes only files that it made and whose hash it has just checked, or that the user adopted
with consent; for both, host code that an engine may carry is allowed, as version-compatible engines need. TensorRT's
standard plugins are initialised, and a library of the user's is loaded if the engine was built, or adopted, with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from enginebench_worker.errors import BenchError
from enginebench_worker.tensorrt_engine.engine_file import mapped_plan, what_it_is_instead
from enginebench_worker.tensorrt_engine.failures import opening_refusal
from enginebench_worker.tensorrt_engine.library import Library
from enginebench_worker.tensorrt_engine.library_log import LibraryLog
from enginebench_worker.tensorrt_engine.plugins import load_plugins
from enginebench_worker.wire.domain import PluginFile

if TYPE_CHECKING:
    import tensorrt as trt  # type: ignore[import-not-found]


@dataclass(frozen=True)
class OpenedEngine:
    engine: trt.ICudaEngine
    runtime: trt.Runtime
    """Must outlive the engine."""
    log: LibraryLog
    file: str
    notes: tuple[str, ...]


def open_engine(
    library: Library, file: Path, plugin: PluginFile | None = None, gpu_memory_bytes: int | None = None
) -> OpenedEngine:
    """`plugin`: what the engine needs besides TensorRT's own. `gpu_memory_bytes`: the whole memory of the GPU; a larger
    plan is refused before TensorRT copies it."""
    if library.kind != "tensorrt-engine":
        message = f"{library.label} can build here but cannot run."
        raise BenchError("backend-unavailable", "load", message, "Set up the TensorRT environment with TensorRT.")
    log = LibraryLog(library.module)
    runtime = _runtime(library, log, file.name)
    load_plugins(library, log.logger, plugin, "load", lambda: log.errors)
    runtime.engine_host_code_allowed = True
    with mapped_plan(file) as plan:
        if gpu_memory_bytes is not None and len(plan.content) > gpu_memory_bytes:
            raise _too_large(file.name, len(plan.content), gpu_memory_bytes)
        engine = runtime.deserialize_cuda_engine(plan.content)
        if engine is None:
            raise _refused(log, library, file.name, plan.content)
        return OpenedEngine(engine, runtime, log, file.name, (*plan.notes, *log.notes()))


def _runtime(library: Library, log: LibraryLog, file: str) -> trt.Runtime:
    """The bindings raise whatever type they like if the library gave none, as with a driver that is too old."""
    try:
        return library.module.Runtime(log.logger)
    except Exception as error:
        raise opening_refusal(log.take_errors() or [str(error)], library.label, file) from error


def _refused(log: LibraryLog, library: Library, file: str, content: memoryview) -> BenchError:
    refusal = opening_refusal(log.take_errors(), library.label, file)
    record = refusal.record
    instead = what_it_is_instead(content) if record.code == "bad-model-file" else None
    if instead is None:
        return refusal
    message = f"The engine {file} is not a TensorRT engine. {instead}"
    return BenchError(record.code, record.stage, message, record.remedy, record.cause)


def _too_large(file: str, size: int, memory: int) -> BenchError:
    message = f"The engine {file} has {size / 1e9:.1f} GB, more than the GPU's whole memory of {memory / 1e9:.1f} GB."
    return BenchError("out-of-memory-gpu", "load", message, "Use a smaller model, or a GPU with more memory.")
