"""PyTorch's two exporters to ONNX behind one call. Each writes one file or raises `ExportRefused`.

Neither is right for every network: TorchScript's traces what ran and may bake in what should stay open, dynamo's
captures a program and knows operators that the other lacks. So nothing here judges a graph: export_check.py does."""

from __future__ import annotations

import builtins
import contextlib
import importlib.util
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from enginebench_worker.wire.domain import ModelManifest
from enginebench_worker.wire.model_source import ExporterName

NEWEST_TORCHSCRIPT_OPSET = 20
_LONGEST_REASON = 300
_TRANSFORMERS_SWITCH = "TRANSFORMERS_DISABLE_TORCH_CHECK"


class ExportRefused(Exception):
    """The message completes `the exporter was refused: …`."""


def write_onnx(
    name: ExporterName, module: torch.nn.Module, model: ModelManifest, example: torch.Tensor, opset: int, file: Path
) -> None:
    """`example` holds at least two images: one would be baked in as the only batch."""
    if name == "torchscript" and opset > NEWEST_TORCHSCRIPT_OPSET:
        raise ExportRefused(f"it writes no opset above {NEWEST_TORCHSCRIPT_OPSET}")
    if name == "dynamo" and importlib.util.find_spec("onnxscript") is None:
        raise ExportRefused("this environment does not hold onnxscript, which it needs")
    write = {"torchscript": _write_by_torchscript, "dynamo": _write_by_dynamo}[name]
    with warnings.catch_warnings(), torch.inference_mode(), _exportable(module), _readable_flags():
        warnings.simplefilter("ignore")
        try:
            write(module, model, example, opset, file)
        except Exception as error:  # the exporters and the traced model raise their own types
            raise ExportRefused(f"it failed: {_cause_of(error)}") from error


def _write_by_torchscript(
    module: torch.nn.Module, model: ModelManifest, example: torch.Tensor, opset: int, file: Path
) -> None:
    batch = {0: "batch"}
    sizes = {2: "height", 3: "width"} if model.input.dynamic_size else {}
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


def _write_by_dynamo(
    module: torch.nn.Module, model: ModelManifest, example: torch.Tensor, opset: int, file: Path
) -> None:
    sizes = dict.fromkeys((2, 3), torch.export.Dim.DYNAMIC) if model.input.dynamic_size else {}
    torch.onnx.export(
        module,
        (example,),
        str(file),
        dynamo=True,
        external_data=False,
        opset_version=opset,
        input_names=[model.input.name],
        output_names=list(model.outputs),
        dynamic_shapes=({0: torch.export.Dim("batch", min=1, max=4096), **sizes},),
        verbose=False,
    )


@contextlib.contextmanager
def _exportable(module: torch.nn.Module) -> Iterator[None]:
    """Two habits of model code stop or spoil an export, and both can be switched off from outside: Transformers' checks
    of values (its own switch), and `len(tensor)`, which is a plain number even where the batch should stay open."""
    before = os.environ.get(_TRANSFORMERS_SWITCH)
    os.environ[_TRANSFORMERS_SWITCH] = "1"
    sources = [source for source in _sources_of(module) if "len" not in vars(source)]
    for source in sources:
        vars(source)["len"] = _open_length
    try:
        yield
    finally:
        for source in sources:
            del vars(source)["len"]
        if before is None:
            del os.environ[_TRANSFORMERS_SWITCH]
        else:
            os.environ[_TRANSFORMERS_SWITCH] = before


@contextlib.contextmanager
def _readable_flags() -> Iterator[None]:
    """`torch.export` reads cuDNN's older TF32 flag, which PyTorch refuses while the newer settings say something else.
    Nothing runs on a GPU meanwhile."""
    settings = (torch.backends.cudnn.conv, torch.backends.cudnn.rnn)
    before = [each.fp32_precision for each in settings]
    for each in settings:
        each.fp32_precision = "tf32"
    try:
        yield
    finally:
        for each, precision in zip(settings, before, strict=True):
            each.fp32_precision = precision


def _sources_of(module: torch.nn.Module) -> list[Any]:
    names = {type(part).__module__ for part in module.modules()}
    return [sys.modules[name] for name in sorted(names) if name in sys.modules and name.split(".")[0] != "torch"]


def _open_length(value: Any) -> Any:
    return value.shape[0] if isinstance(value, torch.Tensor) and value.ndim > 0 else builtins.len(value)


def _cause_of(error: BaseException) -> str:
    """The innermost cause, in one line: what wraps it gives general advice."""
    while error.__cause__ is not None:
        error = error.__cause__
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    return text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 1] + "…"
