"""Every call that the worker makes into TensorRT and cuda-bindings fits the signatures of every supported release, read
from the official wheels, without a list of exceptions."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from bindings_signatures import bindings, versions
from call_checker import Checker, Sources

WORKER = Path(__file__).resolve().parents[3] / "electron" / "python" / "enginebench_worker"
FOLDERS = ("tensorrt_engine",)
FILES = [file for folder in FOLDERS for file in sorted((WORKER / folder).glob("*.py"))]
PAIRS = [(tensorrt, cuda) for tensorrt in versions("tensorrt") for cuda in versions("cuda")]


def check(source: str, tensorrt: str = "11.4.0.106") -> list[str]:
    file = Path("written.py")
    sources = Sources([])
    sources.trees[file] = ast.parse(source)
    checker = Checker(bindings("tensorrt", tensorrt), bindings("cuda", "13.5.0"), sources)
    checker.check(file)
    return checker.faults


@pytest.mark.parametrize(("tensorrt", "cuda"), PAIRS)
def test_every_call_of_the_worker_fits_the_official_signatures(tensorrt: str, cuda: str) -> None:
    checker = Checker(bindings("tensorrt", tensorrt), bindings("cuda", cuda), Sources(WORKER.rglob("*.py")))
    for file in FILES:
        checker.check(file)
    assert checker.faults == []
    assert checker.checked > 150


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("def f(context: trt.IExecutionContext): context.set_input_shape('a')", "does not fit"),
        ("def f(context: trt.IExecutionContext): context.set_input_shape('a', (1,), 2)", "does not fit"),
        ("def f(context: trt.IExecutionContext): context.set_input_shape(tensor='a', shape=(1,))", "does not fit"),
        ("def f(engine: trt.ICudaEngine): engine.get_tensor_profile_values('a', 0)", "does not fit"),
        ("def f(engine: trt.ICudaEngine): engine.device_memory_size", "is not in the bindings"),
        ("def f(trt, logger): trt.Runtime(logger).engine_host_code_permitted = True", "cannot be set"),
        ("def f(network: trt.INetworkDefinition): network.num_layers = 3", "cannot be set"),
        ("def f(trt): trt.BuilderFlag.FP16", "is not in the bindings"),
        ("def f(trt, logger):\n  b = trt.Builder(logger)\n  b.create_builder_config(1)", "does not fit"),
        ("def f(trt):\n  class P(trt.IProfiler):\n    def report_layer_time(self, name): ...", "IProfiler calls"),
        ("def f(trt):\n  class A(trt.IOutputAllocator):\n    def allocate(self, name): ...", "IOutputAllocator calls"),
        ("def f(unknown): unknown.set_tensor_address('a', 1)", "of unknown type"),
        ("def f(cuda): cuda.cudaMalloc()", "does not fit"),
        ("def f(cuda, call): call(cuda.cudaMemcpyAsync, 1, 2, 3)", "does not fit"),
        ("def f(cuda): cuda.cudaMallocHostile(1)", "is not in the bindings"),
    ],
)
def test_a_wrong_use_is_found(source: str, fault: str) -> None:
    found = check(source)
    assert len(found) == 1 and fault in found[0], found


def test_what_a_version_lacks_is_found_only_there() -> None:
    source = "def f(engine: trt.ICudaEngine): return engine.device_memory_size"
    assert (check(source, "10.16.1.11"), len(check(source, "11.0.0.114"))) == ([], 1)


def test_right_uses_are_not_faults() -> None:
    source = (
        "def f(trt, cuda, engine: trt.ICudaEngine, call, logger):\n"
        "  context = engine.create_execution_context()\n"
        "  context.set_input_shape('a', (1, 2))\n"
        "  for name in [engine.get_tensor_name(index) for index in range(engine.num_io_tensors)]:\n"
        "    engine.get_tensor_profile_values(0, name)\n"
        "  call(cuda.cudaMemcpyAsync, 1, 2, 3, 4, 5)\n"
        "  trt.init_libnvinfer_plugins(logger, '')\n"
        "  trt.Runtime(logger).engine_host_code_allowed = True\n"
    )
    assert check(source) == []
