"""FP32 ONNX from the PyTorch module: dynamic batch (and size if the manifest says so), opset checked after the export,
validated, compared with PyTorch on real images at several batch sizes, and written whole or not at all."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib.metadata
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.files import sha256_of, written_whole
from enginebench_worker.models import build_module
from enginebench_worker.outputs import run_every_image, write_arrays
from enginebench_worker.torch_engine.runtime import set_float32_arithmetic
from enginebench_worker.wire.commands import ExportOnnx
from enginebench_worker.wire.domain import BatchOutputs, ModelManifest
from enginebench_worker.wire.messages import Exported

COMPARED_BATCH_SIZES = (1, 3, 8)
#: Pixels of one compared batch. More would need memory and minutes for its activations and show nothing new: a batch
#: that the exporter fixed is found by one image, images that are mixed up by two.
COMPARED_PIXELS = 1_300_000
EXAMPLE_BATCH_SIZE = 2
_TOOLS = ("torch", "onnx", "onnxruntime", "transformers", "ultralytics")
_OTHER_OPSET = "Try another opset; the log has the exporter's output."


def export_onnx(command: ExportOnnx, execution: Execution) -> Exported:
    model = command.model
    images = _load(command)
    execution.step("building the PyTorch model", 0.05)
    set_float32_arithmetic("fp32")
    module = build_module(model, command.model_folder, command.weights).module
    target = Path(command.out_file)
    started = time.perf_counter_ns()
    with written_whole(target) as temporary:
        execution.step("exporting to ONNX", 0.15)
        _export(module, model, images, command.opset, temporary)
        build_time_ms = (time.perf_counter_ns() - started) / 1e6
        execution.step("checking the graph", 0.5)
        opset, node_count = _check(temporary, model, command.opset)
        _return_memory()
        execution.step("comparing with PyTorch", 0.6)
        comparisons = _run_both(module, model, images, temporary, Path(command.outputs_folder), execution)
        size = temporary.stat().st_size
    tools = {name: version for name in _TOOLS if (version := _version(name))}
    return Exported(command.id, sha256_of(target), size, build_time_ms, opset, node_count, comparisons, tools)


def _export(module: torch.nn.Module, model: ModelManifest, images: NDArray[np.float32], opset: int, file: Path) -> None:
    batch = {0: "batch"}
    example = torch.from_numpy(np.resize(images, (EXAMPLE_BATCH_SIZE, *images.shape[1:])))
    sizes = {2: "height", 3: "width"} if model.input.dynamic_size else {}
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        try:
            torch.onnx.export(
                module,
                (example,),
                str(file),
                dynamo=False,
                opset_version=opset,
                input_names=[model.input.name],
                output_names=list(model.outputs),
                dynamic_axes={model.input.name: batch | sizes} | dict.fromkeys(model.outputs, batch),
                do_constant_folding=True,
            )
        except Exception as error:  # the exporter and the traced model raise their own types
            message = f"{model.name} cannot be exported at opset {opset}."
            raise BenchError("export-failed", "export", message, _OTHER_OPSET, error) from error


def _check(file: Path, model: ModelManifest, opset: int) -> tuple[int, int]:
    try:
        # Also infers and compares all shapes, reading the file on disk.
        onnx.checker.check_model(str(file), full_check=True)
        graph = onnx.load(str(file))
    except Exception as error:  # the checker and shape inference raise unrelated types
        message = f"The exported graph of {model.name} is not valid ONNX."
        raise BenchError("export-failed", "export", message, _OTHER_OPSET, error) from error
    found = next((entry.version for entry in graph.opset_import if entry.domain in ("", "ai.onnx")), None)
    if found != opset:
        message = f"Opset {opset} was requested, but the exporter wrote {found}."
        raise BenchError("export-failed", "export", message, "Request the opset that it wrote.")
    return found, len(graph.graph.node)


def _run_both(
    module: torch.nn.Module,
    model: ModelManifest,
    images: NDArray[np.float32],
    file: Path,
    folder: Path,
    execution: Execution,
) -> tuple[BatchOutputs, ...]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # Memory is freed after each query: nothing is timed here.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    names = list(model.outputs)

    @torch.inference_mode()
    def reference(batch: NDArray[np.float32]) -> Sequence[NDArray[np.float32]]:
        return [output.numpy() for output in module(torch.from_numpy(batch))]

    def candidate(batch: NDArray[np.float32]) -> Sequence[NDArray[np.float32]]:
        return session.run(names, {model.input.name: batch})

    comparisons = []
    for index, batch_size in enumerate(compared_batch_sizes(images.shape[2] * images.shape[3])):
        execution.step(f"comparing with PyTorch at batch {batch_size}", 0.6 + 0.1 * index)
        batch = np.resize(images, (batch_size, *images.shape[1:]))
        written = []
        for side, query in (("reference", reference), ("candidate", candidate)):
            target = folder / f"{side}-{batch_size}"
            target.mkdir(parents=True)
            outputs = run_every_image(query, batch, batch_size, names, execution)
            written.append(write_arrays(outputs, target, execution))
        comparisons.append(BatchOutputs(batch_size, *written))
    return tuple(comparisons)


def compared_batch_sizes(pixels_of_an_image: int) -> tuple[int, ...]:
    fitting = tuple(size for size in COMPARED_BATCH_SIZES if size * pixels_of_an_image <= COMPARED_PIXELS)
    return fitting if len(fitting) > 1 else (1, 2)


def _load(command: ExportOnnx) -> NDArray[np.float32]:
    remedy = "Prepare the inputs again."
    try:
        images = np.load(command.input_file, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        message = "The images to compare with cannot be read."
        raise BenchError("input-mismatch", "export", message, remedy, error) from error
    wanted = command.model.input
    fits = images.ndim == 4 and len(images) and images.shape[1] == wanted.channels
    if not fits or not (wanted.dynamic_size or images.shape[2:] == (wanted.height, wanted.width)):
        message = f"The images to compare with are {list(images.shape)}, which {command.model.name} does not accept."
        raise BenchError("input-mismatch", "export", message, remedy)
    return np.array(images[: max(COMPARED_BATCH_SIZES)], dtype=np.float32)


def _return_memory() -> None:
    """Returns what the exporter freed to the system, if its C library can do that."""
    gc.collect()
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None
