"""Weights kept in files beside a model: only plain files inside the model's own folder, whole, and no links.

Throws `unsafe-model-file` for a place outside the folder or a link, `bad-model-file` for what is missing or short."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import onnx

from enginebench_worker.errors import BenchError, Stage
from enginebench_worker.onnx_graph.tensors import stored_tensors

_BESIDE = "Keep the weights in a plain file beside the model, or save the model with its weights inside."


def check_external_data(model: onnx.ModelProto, folder: Path, stage: Stage) -> None:
    for where, tensor in stored_tensors(model):
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            _check(where, {entry.key: entry.value for entry in tensor.external_data}, folder, stage)


def _check(where: str, entries: dict[str, str], folder: Path, stage: Stage) -> None:
    location = entries.get("location", "")
    path = PurePosixPath(location.replace("\\", "/"))
    if not location or path.is_absolute() or ".." in path.parts or (path.parts and ":" in path.parts[0]):
        message = f"The weights of {where} are said to be at «{location}», which is outside the model's folder."
        raise BenchError("unsafe-model-file", stage, message, _BESIDE)
    place = folder
    for part in path.parts:
        place = place / part
        if place.is_symlink():
            message = f"The weights of {where} are reached through a link («{location}»)."
            raise BenchError("unsafe-model-file", stage, message, _BESIDE)
    if not place.is_file():
        message = f"The weights of {where} are missing: there is no file «{location}» beside the model."
        raise BenchError("bad-model-file", stage, message, "Put the file back beside the model, under the same name.")
    _check_extent(where, entries, place, stage)


def _check_extent(where: str, entries: dict[str, str], place: Path, stage: Stage) -> None:
    size = place.stat().st_size
    remedy = "Save the model again with its weights."
    try:
        offset, length = int(entries.get("offset", 0)), int(entries.get("length", 0))
    except ValueError as error:
        message = f"The place of the weights of {where} in «{place.name}» is no number."
        raise BenchError("bad-model-file", stage, message, remedy, error) from error
    if offset < 0 or length < 0 or offset + length > size:
        message = f"The weights of {where} reach past the end of «{place.name}» ({size} bytes)."
        raise BenchError("bad-model-file", stage, message, remedy)
