"""A module compiled by Torch-TensorRT through `torch.export`: one static shape, built in this process and not stored.

What it cannot convert it leaves to PyTorch. That is not an error, but then the precision is not proved: the engine's
layers report their types, the remaining parts do not. TF32 is off in the engine and in PyTorch."""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from enginebench_worker.files import temporary_root
from enginebench_worker.tensorrt_engine.inspected_layer import read_layers
from enginebench_worker.tensorrt_engine.inspector import InspectedEngine
from enginebench_worker.tensorrt_engine.precision import judge_opened_engine
from enginebench_worker.torch_engine.runtime import ShapedCase
from enginebench_worker.wire.domain import BuildRecord, Bytes, PrecisionProof

_LEFT_TO_PYTORCH = "_run_on_gpu"


class TorchTensorRtCase(ShapedCase):
    engine_declared = Bytes(None, "Torch-TensorRT does not report its engine's memory")
    refusal = (
        "Torch-TensorRT cannot compile this model.",
        "Convert the model to ONNX and use tensorrt, or use torch-compile; the log has the compiler's output.",
    )

    def __init__(self, *built: Any) -> None:
        self._library = importlib.import_module("torch_tensorrt")
        self._tensorrt_version = str(importlib.import_module("tensorrt").__version__)
        super().__init__(*built)
        self.versions |= {"torch-tensorrt": str(self._library.__version__), "tensorrt": self._tensorrt_version}

    def _make_ready(self, shape: tuple[int, ...]) -> None:
        self._compiled = self._compile(self._library, torch.zeros(shape, device=self._device, dtype=self._dtype))

    def prove_precision(self, batch: NDArray[np.float32]) -> PrecisionProof:
        self.query(batch)
        engines = [part for part in self._compiled.modules() if hasattr(part, "get_layer_info")]
        left_over = [name for name, _ in self._compiled.named_children() if name.startswith(_LEFT_TO_PYTORCH)]
        layers = tuple(layer for engine in engines for layer in read_layers(engine.get_layer_info()))
        proof = judge_opened_engine(self._precision, InspectedEngine(layers), BuildRecord(None, tf32=False))
        parts = f"engines: {len(engines)}, parts left to PyTorch: {len(left_over)}"
        evidence = (*proof.evidence, parts)
        if engines and not left_over:
            return replace(proof, evidence=evidence)
        label = f"not proved to be {self._precision}: part of the model ran in PyTorch"
        return replace(proof, holds=False, label=label, evidence=evidence)

    def _run(self, images: torch.Tensor) -> Sequence[torch.Tensor]:
        outputs = self._compiled(images)
        return (outputs,) if isinstance(outputs, torch.Tensor) else outputs

    def _compile(self, library: Any, example: torch.Tensor) -> Any:
        """The debugger makes the engine report the types of its layers; its folder is temporary."""
        with tempfile.TemporaryDirectory(prefix="enginebench-torch-tensorrt-", dir=temporary_root()) as folder:
            watching = library.dynamo.Debugger(log_level="error", engine_builder_monitor=False, logging_dir=folder)
            with watching:
                return library.compile(
                    self._module,
                    ir="dynamo",
                    arg_inputs=[example],
                    disable_tf32=True,
                    min_block_size=1,
                    truncate_double=True,
                    cache_built_engines=False,
                    reuse_cached_engines=False,
                    timing_cache_path=str(Path(folder) / "timings"),
                )
