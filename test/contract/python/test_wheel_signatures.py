"""What the worker calls of Torch-TensorRT and of the plugin of TensorRT-RTX is declared by every supported wheel: the
function, and each argument that is given by name; and ONNX Runtime's TensorRT provider has the settings, libraries and
sentences that the worker knows. They take any other name without complaint, or are imported only where
their libraries are, so nothing else would find a name that a release does not have."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bindings_signatures import FOLDER, Bindings, Signature, bindings, versions
from enginebench_worker.onnxruntime_engine import cuda_provider, tensorrt_provider

WORKER = Path(__file__).resolve().parents[3] / "electron" / "python" / "enginebench_worker"
COMPILING = WORKER / "torch_engine" / "torch_tensorrt_case.py"
PLUGIN = WORKER / "tensorrt_rtx_engine" / "provider.py"


def calls_of(source: str, owner: str) -> Iterator[tuple[str, ast.Call]]:
    """`dynamo.Debugger` and its call, for `library.dynamo.Debugger(…)` with owner `library`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            before, _, name = ast.unparse(node.func).partition(".")
            if before == owner:
                yield name, node


def compiling_signature(library: Bindings) -> Signature:
    """`compile` hands what it does not declare on to the compiler of its intermediate form."""
    [outer], [inner] = library.function("compile"), library.function("dynamo.compile")
    return Signature(outer.names, outer.required, outer.types, "object", outer.keywords | inner.known)


def faults(source: str, library: Bindings) -> list[str]:
    found = []
    for name, call in calls_of(source, "library"):
        given = {each.arg for each in call.keywords if each.arg is not None}
        if name == "compile":
            declared: tuple[Signature, ...] | None = (compiling_signature(library),)
        else:
            declared = library.call(name, "__init__") if name in library.classes else None
        if declared is None or not any(each.takes(len(call.args), given) for each in declared):
            found.append(f"{name}: {sorted(given)}")
    return found


@pytest.mark.parametrize("version", versions("torch-tensorrt"))
def test_every_argument_that_torch_tensorrt_is_given_is_declared(version: str) -> None:
    source = COMPILING.read_text(encoding="utf-8")
    assert [name for name, _ in calls_of(source, "library")] == ["dynamo.Debugger", "compile"]
    assert faults(source, bindings("torch-tensorrt", version)) == []
    assert "get_layer_info" in bindings("torch-tensorrt", version).members("TorchTensorRTModule")


@pytest.mark.parametrize(
    "source",
    [
        "library.compile(module, ir='dynamo', arg_inputs=[], tf32=False)",
        "library.compile()",
        "library.dynamo.Debugger(logging_folder='.')",
        "library.dynamo.Inspector()",
    ],
)
def test_an_argument_that_a_release_does_not_declare_is_found(source: str) -> None:
    assert len(faults(source, bindings("torch-tensorrt", "2.13.0"))) == 1


@pytest.mark.parametrize("version", versions("tensorrt-rtx-plugin"))
def test_what_is_asked_of_the_plugin_of_tensorrt_rtx_is_defined_and_takes_nothing(version: str) -> None:
    defined = bindings("tensorrt-rtx-plugin", version)
    asked = [
        (name, len(call.args), call.keywords) for name, call in calls_of(PLUGIN.read_text(encoding="utf-8"), "plugin")
    ]
    assert [name for name, *_ in asked] == ["get_ep_name", "get_library_path"]
    for name, count, keywords in asked:
        assert keywords == []
        assert any(each.takes(count, set()) for each in defined.function(name))


PROVIDER = json.loads((FOLDER / "onnxruntime-tensorrt.json").read_text(encoding="utf-8"))


def test_onnxruntimes_tensorrt_provider_has_each_setting_and_library_that_the_worker_names() -> None:
    source = Path(tensorrt_provider.__file__).read_text(encoding="utf-8")
    named = set(re.findall(r"trt_[a-z0-9_]+_(?:enable|path)", source)) | {
        f"trt_profile_{each}_shapes" for each in ("min", "opt", "max")
    }
    assert len(named) == 9
    assert named - set(PROVIDER["settings"].split()) == set()
    linked = {name for name in PROVIDER["libraries"].split() if "nv" in name}
    assert linked == {*tensorrt_provider._LIBRARIES["linux"], tensorrt_provider._PLUGINS["linux"]}
    of_cuda = {*cuda_provider._OF_ONE_VERSION, *(f"{name}.13" for name in cuda_provider._OF_THE_MAJOR)}
    assert set(PROVIDER["libraries"].split()) - linked <= of_cuda


def test_the_sentences_by_which_the_worker_tells_its_failures_apart_are_the_librarys_own() -> None:
    errors = PROVIDER["errors"].split(" | ")
    assert [each for each in errors if tensorrt_provider._STALE.search(each)] == [
        "TensorRT EP could not deserialize engine from cache:",
        "TensorRT EP failed to deserialize engine for fused node:",
        "TensorRT EP failed to deserialize engine.",
    ]
    built = [each for each in tensorrt_provider._CAUSES if each.code == "build-failed"]
    assert any(re.search(built[0].pattern, each) for each in errors)
