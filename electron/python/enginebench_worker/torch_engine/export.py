"""FP32 ONNX from the PyTorch module: dynamic batch (and size if the manifest says so), by the first of PyTorch's
exporters whose graph has the opset that was asked for, is valid, and equals the module on real images at several batch
sizes, and at two sizes where sizes are dynamic. Written whole or not at all."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib.metadata
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np
import onnx
import torch
from numpy.typing import NDArray

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.files import sha256_of, written_whole
from enginebench_worker.models import build_module
from enginebench_worker.outputs import run_every_image, write_arrays
from enginebench_worker.torch_engine.export_check import CheckedGraph, Query, ask_module
from enginebench_worker.torch_engine.exporters import ExportRefused, write_onnx
from enginebench_worker.torch_engine.runtime import set_float32_arithmetic
from enginebench_worker.wire.commands import ExportOnnx
from enginebench_worker.wire.domain import BatchOutputs, ModelManifest
from enginebench_worker.wire.messages import Exported
from enginebench_worker.wire.model_source import ComparedSize, ExporterName, ExporterRecord, RefusedExporter

COMPARED_BATCH_SIZES = (1, 3, 8)
#: Pixels of one compared batch. More would need memory and minutes for its activations and show nothing new: a batch
#: that the exporter fixed is found by one image, images that are mixed up by two.
COMPARED_PIXELS = 1_300_000
EXAMPLE_BATCH_SIZE = 2
EXPORTERS: tuple[ExporterName, ...] = get_args(ExporterName)
_TOOLS = ("torch", "onnx", "onnxruntime", "transformers", "ultralytics", "onnxscript")


@dataclass(frozen=True)
class _Exported:
    opset: int
    node_count: int
    build_time_ms: float
    graph: CheckedGraph
    name: ExporterName
    refused: tuple[RefusedExporter, ...]


def export_onnx(command: ExportOnnx, execution: Execution) -> Exported:
    model = command.model
    images = _load(command)
    execution.step("building the PyTorch model", 0.05)
    set_float32_arithmetic("fp32")
    module = build_module(model, command.model_folder, command.weights).module
    execution.step("running the PyTorch model", 0.1)
    queries = _queries(module, model, images, execution)
    target = Path(command.out_file)
    with written_whole(target) as temporary:
        exported = _first_that_equals(module, model, queries, command.opset, temporary, execution)
        execution.step("writing what was compared", 0.9)
        folder = Path(command.outputs_folder)
        of_own_size = [each for each in queries if _size(each) == _size(queries[0])]
        comparisons = tuple(_written(each, exported.graph, model, folder, execution) for each in of_own_size)
        size_bytes = temporary.stat().st_size
    record = ExporterRecord(
        name=exported.name,
        batch_sizes=tuple(len(query.images) for query in of_own_size),
        sizes=tuple(ComparedSize(*size) for size in dict.fromkeys(map(_size, queries))),
        worst_share=exported.graph.worst_share,
        choice_count=exported.graph.choice_count,
        refused=exported.refused,
        reason=model.exporter.reason if model.exporter is not None else None,
    )
    tools = {name: version for name in _TOOLS if (version := _version(name))}
    return Exported(
        command.id,
        sha256_of(target),
        size_bytes,
        exported.build_time_ms,
        exported.opset,
        exported.node_count,
        comparisons,
        record,
        tools,
    )


def _first_that_equals(
    module: torch.nn.Module,
    model: ModelManifest,
    queries: Sequence[Query],
    opset: int,
    file: Path,
    execution: Execution,
) -> _Exported:
    refused: list[RefusedExporter] = []
    example = torch.from_numpy(np.resize(queries[0].images, (EXAMPLE_BATCH_SIZE, *queries[0].images.shape[1:])))
    for place, name in enumerate(exporters_in_order(model)):
        started = time.perf_counter_ns()
        try:
            execution.step(f"exporting to ONNX by {name}", 0.2 + 0.35 * place)
            write_onnx(name, module, model, example, opset, file)
            build_time_ms = (time.perf_counter_ns() - started) / 1e6
            execution.step("checking the graph", 0.4 + 0.35 * place)
            found, node_count = _check(file, opset)
            _return_memory()
            execution.step("comparing with PyTorch", 0.45 + 0.35 * place)
            graph = CheckedGraph(file, model.input.name, model.outputs)
            for query in queries:
                execution.step(f"comparing with PyTorch at batch {len(query.images)}")
                graph.compare(query)
            return _Exported(found, node_count, build_time_ms, graph, name, tuple(refused))
        except ExportRefused as error:
            refused.append(RefusedExporter(name, str(error)))
            file.unlink(missing_ok=True)
    reasons = " ".join(f"{each.name}: {each.reason}." for each in refused)
    raise BenchError(
        "export-failed",
        "export",
        f"{model.name} cannot be exported at opset {opset}. {reasons}",
        "Try another opset; the log has the exporters' output.",
    )


def exporters_in_order(model: ModelManifest) -> tuple[ExporterName, ...]:
    first = EXPORTERS[0] if model.exporter is None else model.exporter.name
    return (first, *(name for name in EXPORTERS if name != first))


def _check(file: Path, opset: int) -> tuple[int, int]:
    try:
        # Also infers and compares all shapes, reading the file on disk.
        onnx.checker.check_model(str(file), full_check=True)
        graph = onnx.load(str(file))
    except Exception as error:  # the checker and shape inference raise unrelated types
        line = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ExportRefused(f"its graph is not valid ONNX: {line[:200]}") from error
    found = next((entry.version for entry in graph.opset_import if entry.domain in ("", "ai.onnx")), None)
    if found != opset:
        raise ExportRefused(f"opset {opset} was requested, and it wrote {found}")
    return found, len(graph.graph.node)


def _queries(
    module: torch.nn.Module, model: ModelManifest, images: NDArray[np.float32], execution: Execution
) -> list[Query]:
    height, width = images.shape[2:]
    wanted = [(size, height, width) for size in compared_batch_sizes(height * width)]
    if model.input.dynamic_size:
        wanted += [(size, *other_size(height, width, model.input.size_multiple)) for size in (1, 2)]
    queries = []
    for batch_size, *size in wanted:
        execution.step(f"running the PyTorch model at batch {batch_size}")
        batch = np.resize(images, (batch_size, *images.shape[1:]))
        queries.append(ask_module(module, _scaled(batch, size)))
    return queries


def other_size(height: int, width: int, multiple: int) -> tuple[int, int]:
    """Another size that the model takes, smaller if there is one, and no square, so that mixed-up sides show."""
    down = max(multiple, height // 2 // multiple * multiple)
    across = max(multiple, width // 2 // multiple * multiple) + multiple
    return (down, across) if (down, across) != (height, width) else (down + multiple, across)


def _scaled(images: NDArray[np.float32], size: Sequence[int]) -> NDArray[np.float32]:
    if images.shape[2:] == tuple(size):
        return images
    scaled = torch.nn.functional.interpolate(torch.from_numpy(images), tuple(size), mode="bilinear")
    return scaled.contiguous().numpy()


def _size(query: Query) -> tuple[int, int]:
    height, width = query.images.shape[2:]
    return height, width


def _written(
    query: Query, graph: CheckedGraph, model: ModelManifest, folder: Path, execution: Execution
) -> BatchOutputs:
    """What the caller judges: the graph's outputs with its own choices."""
    written = []
    batch_size = len(query.images)
    for side, ask in (("reference", lambda _: query.outputs), ("candidate", graph.run)):
        target = folder / f"{side}-{batch_size}"
        target.mkdir(parents=True)
        outputs = run_every_image(ask, query.images, batch_size, list(model.outputs), execution)
        written.append(write_arrays(outputs, target, execution))
    return BatchOutputs(batch_size, *written)


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
