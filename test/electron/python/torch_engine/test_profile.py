from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from enginebench_worker.backends.torch_eager import TorchEager
from enginebench_worker.torch_engine.profile import operator_name, time_by_kernel, time_by_module
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.domain import WorkerCase
from torch.autograd import DeviceType
from worker_case import digits_case


def test_each_operation_goes_to_the_module_that_called_it(digits_record: dict[str, Any], digits_folder: Path) -> None:
    case = from_json(WorkerCase, digits_case(digits_record, digits_folder, "torch-eager", "fp32"))
    images = np.load(digits_folder / "test-inputs.npy", allow_pickle=False)
    profile = TorchEager().load(case).profile_layers([images[:8], images[8:16]], 3)
    assert profile.method == "PyTorch's profiler, host time of each operation by the module that called it"
    found = {(layer.name.split(".")[-1], layer.operator) for layer in profile.layers}
    assert {
        ("first_convolution", "Conv"),
        ("second_convolution", "Conv"),
        ("pool", "MaxPool"),
        ("hidden", "MatMul"),
        ("classifier", "MatMul"),
    } <= found
    assert all(layer.time_ms > 0 for layer in profile.layers)


def test_nothing_of_a_profile_stays_on_the_module(digits_record: dict[str, Any], digits_folder: Path) -> None:
    case = from_json(WorkerCase, digits_case(digits_record, digits_folder, "torch-eager", "fp32"))
    loaded = TorchEager().load(case)
    batch = np.load(digits_folder / "test-inputs.npy", allow_pickle=False)[:8]
    before = loaded.query(batch)[0]
    loaded.profile_layers([batch], 1)
    modules = list(loaded._module.modules())  # type: ignore[attr-defined]
    assert [len(each._forward_hooks) + len(each._forward_pre_hooks) for each in modules] == [0] * len(modules)
    assert np.array_equal(loaded.query(batch)[0], before)


@pytest.mark.parametrize(
    ("name", "operator"),
    [
        ("aten::conv2d", "Conv"),
        ("aten::scaled_dot_product_attention", "Attention"),
        ("aten::roll", "roll"),
        ("graph_0_cpp_fused_convolution_relu_0", "Fused"),
        ("triton_poi_fused_add_0", "Fused"),
        ("void at::native::vectorized_elementwise_kernel<4, float>", "Elementwise"),
        ("sm90_xmma_gemm_f16f16_f16f32", "MatMul"),
        ("nvjet_sm90_hsh_64x40_64x16_4x2_h_bz_bias_TNT", "MatMul"),
        ("Memcpy HtoD (Pageable -> Device)", "Memcpy"),
        ("some_kernel<float>(int)", "some_kernel"),
    ],
)
def test_operations_and_kernels_go_by_the_names_that_onnx_has_for_them(name: str, operator: str) -> None:
    assert operator_name(name) == operator


def event(name: str, device: DeviceType, microseconds: float, **more: Any) -> SimpleNamespace:
    told = {"is_user_annotation": False, "cpu_parent": None, "device_time_total": 0, "cpu_time_total": microseconds}
    span = SimpleNamespace(elapsed_us=lambda: microseconds)
    return SimpleNamespace(name=name, device_type=device, time_range=span, **{**told, **more})


def test_of_a_recorded_graph_the_kernels_are_the_layers_and_ranges_are_none() -> None:
    times: Counter[tuple[str, str]] = Counter()
    for each in (
        event("sm90_xmma_gemm_f16f16", DeviceType.CUDA, 40),
        event("sm90_xmma_gemm_f16f16", DeviceType.CUDA, 60),
        event("Memcpy HtoD (Pageable -> Device)", DeviceType.CUDA, 5),
        event("## Call CompiledFxGraph ##", DeviceType.CUDA, 105),
        event("enginebench layer network", DeviceType.CUDA, 105, is_user_annotation=True),
        event("cudaGraphLaunch", DeviceType.CPU, 7),
    ):
        time_by_kernel(each, times, "cuda")
    assert times == {
        ("sm90_xmma_gemm_f16f16", "MatMul"): 100,
        ("Memcpy HtoD (Pageable -> Device)", "Memcpy"): 5,
    }


def test_on_a_gpu_an_operation_counts_by_what_its_kernels_took() -> None:
    times: Counter[tuple[str, str]] = Counter()
    layer = event("enginebench layer network.hidden", DeviceType.CPU, 900, is_user_annotation=True)
    linear = event("aten::linear", DeviceType.CPU, 800, device_time_total=30, cpu_parent=layer)
    for each in (
        layer,
        linear,
        event("aten::addmm", DeviceType.CPU, 700, device_time_total=30, cpu_parent=linear),
        event("aten::view", DeviceType.CPU, 600, cpu_parent=layer),
    ):
        time_by_module(each, times, "cuda")
    assert times == {("network.hidden", "MatMul"): 30}


def test_on_a_gpu_a_conversion_outside_of_the_modules_is_the_copy_to_or_from_it() -> None:
    times: Counter[tuple[str, str]] = Counter()
    layer = event("enginebench layer network", DeviceType.CPU, 900, is_user_annotation=True)
    for each in (
        event("aten::to", DeviceType.CPU, 80, device_time_total=50),
        event("aten::to", DeviceType.CPU, 80, device_time_total=4, cpu_parent=layer),
    ):
        time_by_module(each, times, "cuda")
    assert times == {("to", "Memcpy"): 50, ("network", "Cast"): 4}
    times.clear()
    time_by_module(event("aten::to", DeviceType.CPU, 80), times, "cpu")
    assert times == {("to", "Cast"): 80}
