"""ONNX models from and to files. Written bytes depend only on the model; a model over 2 GiB cannot be one file.

Weights in files next to a model must be complete, plain files inside the model's own folder, not links. Raises
`bad-model-file` for a file that cannot be read as a model, is missing or is too short, and `unsafe-model-file` for a
path outside the folder or a link."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import onnx
from google.protobuf.message import DecodeError

from enginebench_worker.errors import BenchError, Cancelled, Stage
from enginebench_worker.onnx_graph.tensors import stored_tensors

_BESIDE = "Keep the weights in a plain file next to the model, or save the model with its weights inside."


def check_external_data(model: onnx.ModelProto, folder: Path, stage: Stage) -> None:
    for where, tensor in stored_tensors(model):
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            _check(where, {entry.key: entry.value for entry in tensor.external_data}, folder, stage)


def _check(where: str, entries: dict[str, str], folder: Path, stage: Stage) -> None:
    location = entries.get("location", "")
    path = PurePosixPath(location.replace("\\", "/"))
    if not location or path.is_absolute() or ".." in path.parts or (path.parts and ":" in path.parts[0]):
        message = f'The weights of {where} are at "{location}", which is outside the model\'s folder.'
        raise BenchError("unsafe-model-file", stage, message, _BESIDE)
    place = folder
    for part in path.parts:
        place = place / part
        if place.is_symlink():
            message = f'The weights of {where} are reached through a link ("{location}").'
            raise BenchError("unsafe-model-file", stage, message, _BESIDE)
    if not place.is_file():
        message = f'The weights of {where} are missing: file "{location}" was not found next to the model.'
        raise BenchError("bad-model-file", stage, message, "Put the file back next to the model, under the same name.")
    _check_extent(where, entries, place, stage)


def _check_extent(where: str, entries: dict[str, str], place: Path, stage: Stage) -> None:
    size = place.stat().st_size
    remedy = "Save the model again with its weights."
    try:
        offset, length = int(entries.get("offset", 0)), int(entries.get("length", 0))
    except ValueError as error:
        message = f'The offset or length of the weights of {where} in "{place.name}" is not a number.'
        raise BenchError("bad-model-file", stage, message, remedy, error) from error
    if offset < 0 or length < 0 or offset + length > size:
        message = f'The weights of {where} extend past the end of "{place.name}" ({size} bytes).'
        raise BenchError("bad-model-file", stage, message, remedy)


LARGEST_FILE_BYTES = (1 << 31) - (1 << 20)
_EXPORT_AGAIN = "Export the model to ONNX again, or copy it again if the copy was cut short."


def parse_model(file: Path, stage: Stage) -> onnx.ModelProto:
    """Without the weights that are stored in other files."""
    if not file.is_file():
        message = f'File "{file.name}" was not found.'
        raise BenchError("bad-model-file", stage, message, "Check the path.")
    size = file.stat().st_size
    if size == 0:
        raise BenchError("bad-model-file", stage, f'"{file.name}" is empty.', _EXPORT_AGAIN)
    if size > LARGEST_FILE_BYTES:
        message = f'"{file.name}" has {size / 1e9:.1f} GB; one ONNX file holds at most 2 GiB.'
        raise BenchError("bad-model-file", stage, message, "Save its weights in a separate file next to it.")
    try:
        model = onnx.load(str(file), load_external_data=False)
    except (DecodeError, ValueError, RuntimeError) as error:
        message = f'"{file.name}" is truncated or is not an ONNX file.'
        raise BenchError("bad-model-file", stage, message, _EXPORT_AGAIN, error) from error
    if not model.graph.node or not model.graph.output:
        lacks = "no operators" if not model.graph.node else "no outputs"
        raise BenchError("bad-model-file", stage, f'The graph in "{file.name}" has {lacks}.', _EXPORT_AGAIN)
    return model


def load_model(file: Path, stage: Stage) -> onnx.ModelProto:
    """With all weights, wherever they are stored."""
    model = parse_model(file, stage)
    check_external_data(model, file.parent, stage)
    total = file.stat().st_size + sum(_external_bytes(tensor) for _, tensor in stored_tensors(model))
    if total > LARGEST_FILE_BYTES:
        message = f"The model has {total / 1e9:.1f} GB of weights, but a converted file holds at most 2 GiB."
        raise BenchError("conversion-failed", stage, message, "Convert a smaller model, or split this one.")
    onnx.load_external_data_for_model(model, str(file.parent))
    return model


def save_model(model: onnx.ModelProto, file: Path) -> None:
    file.write_bytes(model.SerializeToString(deterministic=True))


def opset_of(model: onnx.ModelProto) -> int | None:
    return next((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), None)


@contextmanager
def library_failures(stage: Stage, message: str, remedy: str) -> Iterator[None]:
    """Any exception of a converter becomes `conversion-failed` with its message. Stops, full disks and packages that
    are not installed pass: nothing is wrong with the graph."""
    try:
        yield
    except (BenchError, Cancelled, MemoryError, OSError, ModuleNotFoundError):
        raise
    except Exception as error:  # converters raise their own types, assertions included
        raise BenchError("conversion-failed", stage, message, remedy, error) from error


def _external_bytes(tensor: onnx.TensorProto) -> int:
    if tensor.data_location != onnx.TensorProto.EXTERNAL:
        return 0
    return next((int(entry.value) for entry in tensor.external_data if entry.key == "length"), 0)
