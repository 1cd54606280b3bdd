"""Time by layer from PyTorch's own profiler. Means over queries.

Eager: each operation belongs to the module that called it, by host time on a CPU and by kernel time on a GPU. If no
module is called any more (compiled, or a recorded graph), the kernels themselves are the layers. Operators have ONNX's
names, so two engines can be compared side by side; an unknown name stays as it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.profiler import ProfilerActivity, profile, record_function

from enginebench_worker.backend import LayerProfile, NotSupported
from enginebench_worker.wire.domain import Device, LayerTime

_ONNX_NAMES = {
    "linear": "MatMul",
    "addmm": "MatMul",
    "mm": "MatMul",
    "bmm": "MatMul",
    "baddbmm": "MatMul",
    "matmul": "MatMul",
    "conv1d": "Conv",
    "conv2d": "Conv",
    "convolution": "Conv",
    "layer_norm": "LayerNormalization",
    "batch_norm": "BatchNormalization",
    "group_norm": "GroupNormalization",
    "gelu": "Gelu",
    "relu": "Relu",
    "relu_": "Relu",
    "silu": "Silu",
    "silu_": "Silu",
    "sigmoid": "Sigmoid",
    "softmax": "Softmax",
    "scaled_dot_product_attention": "Attention",
    "max_pool2d": "MaxPool",
    "avg_pool2d": "AveragePool",
    "adaptive_avg_pool2d": "GlobalAveragePool",
    "upsample_nearest2d": "Resize",
    "upsample_bicubic2d": "Resize",
    "add": "Add",
    "add_": "Add",
    "mul": "Mul",
    "mul_": "Mul",
    "sub": "Sub",
    "div": "Div",
    "cat": "Concat",
    "concat": "Concat",
    "embedding": "Gather",
    "index": "Gather",
    "split": "Split",
    "chunk": "Split",
    "reshape": "Reshape",
    "flatten": "Flatten",
    "transpose": "Transpose",
    "permute": "Transpose",
    "to": "Cast",
}
_KINDS_OF_KERNEL = (
    ("cpp_fused", "Fused"),
    ("triton_", "Fused"),
    ("softmax", "Softmax"),
    ("layer_norm", "LayerNormalization"),
    ("layernorm", "LayerNormalization"),
    ("flash", "Attention"),
    ("fmha", "Attention"),
    ("attention", "Attention"),
    ("conv", "Conv"),
    ("fprop", "Conv"),
    ("gemm", "MatMul"),
    ("nvjet", "MatMul"),
    ("linear", "MatMul"),
    ("memcpy", "Memcpy"),
    ("memset", "Memset"),
    ("pool", "Pool"),
    ("elementwise", "Elementwise"),
    ("reduce", "Reduce"),
)


def operator_name(name: str) -> str:
    if name.startswith("aten::"):
        short = name.removeprefix("aten::")
        return _ONNX_NAMES.get(short, short)
    lowered = name.lower()
    return next((kind for word, kind in _KINDS_OF_KERNEL if word in lowered), name.split("<")[0].split("(")[0][:80])


Query = Callable[[NDArray[np.float32]], object]
Key = tuple[str, str]
"""Name of the layer, and its operator."""

_RANGE = "enginebench layer "
_OPERATION = re.compile(r"^\w+::\w|cpp_fused")
"""Names of operations; the profiler also reports ranges and the runtime's own calls."""
_BOOKKEEPING = frozenset({"aten::detach", "aten::lift_fresh", "aten::resolve_conj", "aten::resolve_neg"})
_QUERIES_AT_ONCE = 20
"""A profile is held in memory as a whole, so it is taken in pieces."""


def profile_modules(
    module: torch.nn.Module, query: Query, batches: Sequence[NDArray[np.float32]], queries: int, device: Device
) -> LayerProfile:
    with _modules_named(module):
        times = _profiled(query, batches, queries, device, time_by_module)
    clock = "host time" if device == "cpu" else "kernel time"
    method = f"PyTorch's profiler, {clock} of each operation by the module that called it"
    return _layer_profile(method, times, queries, device)


def profile_kernels(query: Query, batches: Sequence[NDArray[np.float32]], queries: int, device: Device) -> LayerProfile:
    count = time_by_kernel if device == "cuda" else time_by_module
    clock = "kernel time" if device == "cuda" else "host time"
    method = f"PyTorch's profiler, {clock} of each kernel, those of one name added up"
    return _layer_profile(method, _profiled(query, batches, queries, device, count), queries, device)


def _profiled(
    query: Query,
    batches: Sequence[NDArray[np.float32]],
    queries: int,
    device: Device,
    count: Callable[[Any, Counter[Key], Device], None],
) -> Counter[Key]:
    activities = [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if device == "cuda" else [])]
    times: Counter[Key] = Counter()
    query(batches[0])
    for start in range(0, queries, _QUERIES_AT_ONCE):
        with profile(activities=activities) as taken:
            for index in range(start, min(start + _QUERIES_AT_ONCE, queries)):
                query(batches[index % len(batches)])
        for event in taken.events():
            count(event, times, device)
    return times


def _layer_profile(method: str, times: Counter[Key], queries: int, device: Device) -> LayerProfile:
    if not times:
        raise NotSupported(
            "PyTorch's profiler reported no times: on a GPU it needs permission to read performance counters."
        )
    layers = tuple(LayerTime(name, operator, total / 1e3 / queries) for (name, operator), total in times.items())
    return LayerProfile(method, layers, "device" if device == "cuda" else "host")


def time_by_module(event: Any, times: Counter[Key], device: Device) -> None:
    """Counts the outermost operation, with everything it calls. Outside of modules, a GPU's conversions are copies."""
    if not _is_operation(event) or _is_operation(event.cpu_parent) or event.name in _BOOKKEEPING:
        return
    microseconds = event.device_time_total if device == "cuda" else event.cpu_time_total
    if microseconds > 0:
        module = _module_of(event)
        name = module or re.sub(r"^graph_\d+_|^\w+::", "", event.name)
        is_copy = device == "cuda" and not module and event.name == "aten::to"
        times[name, "Memcpy" if is_copy else operator_name(event.name)] += microseconds


def time_by_kernel(event: Any, times: Counter[Key], _device: Device) -> None:
    is_range = event.is_user_annotation or event.name.startswith(("##", "Torch-Compiled"))
    if event.device_type == torch.autograd.DeviceType.CUDA and not is_range:
        microseconds = event.time_range.elapsed_us()
        if microseconds > 0:
            times[event.name, operator_name(event.name)] += microseconds


def _is_operation(event: Any) -> bool:
    is_on_host = event is not None and event.device_type == torch.autograd.DeviceType.CPU
    return is_on_host and _OPERATION.search(event.name) is not None


def _module_of(event: Any) -> str:
    parent = event.cpu_parent
    while parent is not None and not parent.name.startswith(_RANGE):
        parent = parent.cpu_parent
    return "" if parent is None else parent.name.removeprefix(_RANGE)


@contextmanager
def _modules_named(module: torch.nn.Module) -> Iterator[None]:
    """Inside it, each module's call is a profiler range of that module's name."""
    opened: list[Any] = []

    def enter(name: str) -> None:
        opened.append(record_function(_RANGE + name))
        opened[-1].__enter__()

    def leave() -> None:
        opened.pop().__exit__(None, None, None)

    with ExitStack() as hooks:
        for name, each in module.named_modules():
            before = each.register_forward_pre_hook(lambda _module, _inputs, name=name: enter(name))
            after = each.register_forward_hook(lambda _module, _inputs, _output: leave())
            hooks.callback(before.remove)
            hooks.callback(after.remove)
        yield
