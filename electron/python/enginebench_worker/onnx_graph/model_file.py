"""ONNX models from and to files. Written bytes depend on the model alone; a model over 2 GiB cannot be one file.

Throws `bad-model-file` for what cannot be read as a model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError

from enginebench_worker.errors import BenchError, Cancelled, Stage
from enginebench_worker.onnx_graph.external_data import check_external_data
from enginebench_worker.onnx_graph.tensors import stored_tensors

LARGEST_FILE_BYTES = (1 << 31) - (1 << 20)
_EXPORT_AGAIN = "Export the model to ONNX again, or copy it again if the copy was cut short."


def parse_model(file: Path, stage: Stage) -> onnx.ModelProto:
    """Without the weights that are kept in other files."""
    if not file.is_file():
        message = f"There is no file «{file.name}»."
        raise BenchError("bad-model-file", stage, message, "Check the path.")
    size = file.stat().st_size
    if size == 0:
        raise BenchError("bad-model-file", stage, f"«{file.name}» is empty.", _EXPORT_AGAIN)
    if size > LARGEST_FILE_BYTES:
        message = f"«{file.name}» has {size / 1e9:.1f} GB; one ONNX file holds 2 GiB at most."
        raise BenchError("bad-model-file", stage, message, "Save its weights in a file beside it.")
    try:
        model = onnx.load(str(file), load_external_data=False)
    except (DecodeError, ValueError, RuntimeError) as error:
        message = f"«{file.name}» is cut short, or is not ONNX."
        raise BenchError("bad-model-file", stage, message, _EXPORT_AGAIN, error) from error
    if not model.graph.node or not model.graph.output:
        lacks = "no operators" if not model.graph.node else "no outputs"
        raise BenchError("bad-model-file", stage, f"The graph in «{file.name}» has {lacks}.", _EXPORT_AGAIN)
    return model


def load_model(file: Path, stage: Stage) -> onnx.ModelProto:
    """With all weights, wherever they are kept."""
    model = parse_model(file, stage)
    check_external_data(model, file.parent, stage)
    total = file.stat().st_size + sum(_external_bytes(tensor) for _, tensor in stored_tensors(model))
    if total > LARGEST_FILE_BYTES:
        message = f"The model has {total / 1e9:.1f} GB of weights, and conversions make one file of 2 GiB at most."
        raise BenchError("conversion-failed", stage, message, "Convert a smaller model, or split this one.")
    onnx.load_external_data_for_model(model, str(file.parent))
    return model


def save_model(model: onnx.ModelProto, file: Path) -> None:
    file.write_bytes(model.SerializeToString(deterministic=True))


def opset_of(model: onnx.ModelProto) -> int | None:
    return next((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), None)


@contextmanager
def library_failures(stage: Stage, message: str, remedy: str) -> Iterator[None]:
    """Whatever a converter raises becomes `conversion-failed` with its words; stops and full disks pass."""
    try:
        yield
    except (BenchError, Cancelled, MemoryError, OSError):
        raise
    except Exception as error:  # converters raise types of their own, assertions included
        raise BenchError("conversion-failed", stage, message, remedy, error) from error


def _external_bytes(tensor: onnx.TensorProto) -> int:
    if tensor.data_location != onnx.TensorProto.EXTERNAL:
        return 0
    return next((int(entry.value) for entry in tensor.external_data if entry.key == "length"), 0)
