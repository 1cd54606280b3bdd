"""Torch-TensorRT against a stand-in: what it is asked, and what is made of its answers. How it computes, and how fast,
takes a GPU and is not shown here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from enginebench_worker.backends import torch_tensorrt as backend
from enginebench_worker.backends.torch_tensorrt import TorchTensorRt
from enginebench_worker.errors import BenchError
from enginebench_worker.torch_engine.runtime import Setup
from enginebench_worker.torch_engine.torch_tensorrt_case import TorchTensorRtCase
from fake_torch_tensorrt import Compiler

IMAGES = np.ones((2, 3, 4, 4), np.float32)
Load = Callable[..., TorchTensorRtCase]


class Doubling(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = torch.nn.Parameter(torch.tensor(2.0))

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return (images.float() * self.scale.float(),)


@pytest.fixture
def compiler() -> Compiler:
    return Compiler()


@pytest.fixture(params=["10.15.1", "11.0.0"])
def load(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, compiler: Compiler) -> Load:
    for name, module in compiler.modules(request.param).items():
        monkeypatch.setitem(sys.modules, name, module)

    def make(precision: str = "fp16") -> TorchTensorRtCase:
        setup = Setup(tuned=False, pinned=False)
        return TorchTensorRtCase(Doubling(), precision, "cpu", {}, setup, IMAGES.shape)  # type: ignore[arg-type]

    return make


def test_with_a_stand_in_it_is_compiled_for_one_shape_with_no_cache_and_without_tf32(
    load: Load, compiler: Compiler
) -> None:
    [doubled] = load("fp16").query(IMAGES)
    np.testing.assert_array_equal(doubled, IMAGES * 2)
    [example] = compiler.settings.pop("arg_inputs")
    cache = Path(compiler.settings.pop("timing_cache_path"))
    assert (tuple(example.shape), example.dtype, cache.parent.exists()) == (IMAGES.shape, torch.float16, False)
    assert compiler.settings == {
        "disable_tf32": True,
        "min_block_size": 1,
        "truncate_double": True,
        "cache_built_engines": False,
        "reuse_cached_engines": False,
    }


@pytest.mark.parametrize(
    ("asked", "computes_in", "holds", "label"),
    [
        ("fp16", "FP16", True, "fp16"),
        ("fp16", "Half", True, "fp16"),
        ("fp32", "Float", True, "fp32"),
        ("fp16", "Float", False, "computed in fp32"),
        ("fp32", "FP16", False, "computed in fp16"),
    ],
)
def test_fault_17_the_precision_is_what_the_layers_of_the_engine_tell(
    load: Load, compiler: Compiler, asked: str, computes_in: str, holds: bool, label: str
) -> None:
    compiler.computes_in = computes_in
    proof = load(asked).prove_precision(IMAGES)
    assert (proof.holds, proof.label) == (holds, label)
    assert {"engines: 1, parts left to PyTorch: 0", "TF32 = false, record of the build"} <= set(proof.evidence)


def test_fault_19_a_part_that_was_left_to_pytorch_leaves_the_precision_unproved(load: Load, compiler: Compiler) -> None:
    compiler.leaves_part_to_pytorch = True
    proof = load().prove_precision(IMAGES)
    assert (proof.holds, proof.label) == (False, "not proved to be fp16: part of the model ran in PyTorch")


def test_what_it_cannot_compile_is_refused_in_words_and_a_faulted_gpu_stays_one(load: Load, compiler: Compiler) -> None:
    compiler.fails = RuntimeError("no converter for aten.nonzero")
    with pytest.raises(BenchError) as caught:
        load()
    record = caught.value.record
    assert (record.code, record.message, record.cause) == (
        "backend-unavailable",
        "Torch-TensorRT cannot compile this model.",
        "no converter for aten.nonzero",
    )
    compiler.fails = RuntimeError("CUDA error: an illegal memory access was encountered")
    with pytest.raises(RuntimeError, match="illegal memory access"):
        load()


@pytest.mark.parametrize(
    ("gpus", "installed", "reason", "remedy"),
    [
        (
            0,
            {"torch": "2.13.0"},
            "No NVIDIA GPU and driver were found.",
            "It needs an NVIDIA GPU. Until then, use torch-eager or onnxruntime.",
        ),
        (1, {}, "PyTorch is not installed in this environment.", "Set up the Python environment."),
        (
            1,
            {"torch": "2.10.0+cu130"},
            "PyTorch 2.10.0+cu130 is installed, but Torch-TensorRT needs PyTorch 2.11 or later.",
            "Install PyTorch 2.11 or later.",
        ),
        (
            1,
            {"torch": "2.13.0+cu130"},
            "Torch-TensorRT is not installed in this environment.",
            "In this environment: pip install torch-tensorrt==2.13.*",
        ),
        (
            1,
            {"torch": "2.13.0+cu130", "torch-tensorrt": "2.11.0"},
            "Torch-TensorRT 2.11.0 does not match PyTorch 2.13.0+cu130.",
            "In this environment: pip install torch-tensorrt==2.13.*",
        ),
        (1, {"torch": "2.13.0+cu130", "torch-tensorrt": "2.13.0"}, None, None),
    ],
)
def test_it_says_why_it_cannot_run_and_what_brings_it(
    monkeypatch: pytest.MonkeyPatch,
    gpus: int,
    installed: dict[str, Any],
    reason: str | None,
    remedy: str | None,
) -> None:
    monkeypatch.setattr(backend, "cuda_device_count", lambda: gpus)
    monkeypatch.setattr(backend, "version_of", installed.get)
    monkeypatch.setattr(backend, "is_importable", lambda name: "torch-tensorrt" in installed)
    status = TorchTensorRt().describe()
    assert (status.reason, status.remedy, status.available) == (reason, remedy, reason is None)
    assert status.precisions == (("fp32", "fp16") if reason is None else ())
