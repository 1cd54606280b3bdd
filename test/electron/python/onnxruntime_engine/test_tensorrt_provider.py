"""ONNX Runtime's TensorRT provider against a fake: what it is told, what is made of its answers, and every refusal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import fake_nvidia_driver as driver
import fake_onnxruntime_tensorrt as fake
import numpy as np
import onnxruntime
import pytest
from enginebench_worker.backend import NotSupported
from enginebench_worker.backends import onnxruntime_tensorrt_backend as backend
from enginebench_worker.backends.onnxruntime_tensorrt_backend import OnnxRuntimeTensorRt
from enginebench_worker.errors import BenchError, BenchErrorRecord, describe_failure
from enginebench_worker.onnxruntime_engine import cuda_provider, tensorrt_provider
from enginebench_worker.onnxruntime_engine.tensorrt_case import TensorRtProviderCase
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.commands import Prepare
from enginebench_worker.wire.domain import WorkerCase
from worker_case import digits_case

Load = Callable[..., TensorRtProviderCase]
INSTALLED = {"onnxruntime-gpu": "1.31.1", "tensorrt-cu13-libs": "10.16.1.11"}


def machine(
    monkeypatch: pytest.MonkeyPatch,
    versions: dict[str, str] = INSTALLED,
    card: driver.FakeCard = driver.RTX_4090,
    cuda_version: int = 13000,
) -> None:
    driver.install(monkeypatch, card, cuda_version=cuda_version)
    monkeypatch.setattr(backend, "cuda_device_count", lambda: 1)
    monkeypatch.setattr(backend, "is_importable", lambda name: True)
    for module in (backend, tensorrt_provider):
        monkeypatch.setattr(module, "version_of", versions.get)


@pytest.fixture
def tensorrt(monkeypatch: pytest.MonkeyPatch) -> fake.TensorRt:
    machine(monkeypatch)
    monkeypatch.setattr(cuda_provider, "loads", lambda name: True)
    monkeypatch.setenv("NVIDIA_TF32_OVERRIDE", "1")
    monkeypatch.delenv("ENGINEBENCH_ENGINE_CACHE", raising=False)
    return fake.TensorRt().install(monkeypatch)


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "engines"
    monkeypatch.setenv("ENGINEBENCH_ENGINE_CACHE", str(folder))
    return folder


@pytest.fixture
def load(digits_record: dict[str, Any], digits_folder: Path) -> Load:
    def make(precision: str = "fp32", file: str | None = None, **changes: Any) -> TensorRtProviderCase:
        name = file or ("fp32" if precision == "tf32" else precision)
        words = {"device": "cuda", "onnxFile": str(digits_folder / f"{name}.onnx"), **changes}
        case = digits_case(digits_record, digits_folder, "onnxruntime-tensorrt", precision, **words)
        loaded = OnnxRuntimeTensorRt().load(from_json(WorkerCase, case))
        assert isinstance(loaded, TensorRtProviderCase)
        return loaded

    return make


@pytest.fixture
def images(digits_folder: Path) -> np.ndarray:
    return np.load(digits_folder / "test-inputs.npy", allow_pickle=False)[:8]


def refusal(act: Callable[[], object]) -> BenchErrorRecord:
    with pytest.raises(BenchError) as caught:
        act()
    return caught.value.record


def test_every_name_of_the_fake_exists_in_onnxruntime_itself() -> None:
    for shape, real in ((fake.FakeSession, onnxruntime.InferenceSession), (fake.GraphBinding, onnxruntime.IOBinding)):
        names = {name for name in vars(shape) if not name.startswith("_")}
        assert {name for name in names if not hasattr(real, name)} == set()


@pytest.mark.parametrize(
    ("precision", "override"), [("fp32", "0"), ("tf32", None), ("fp16", "0")], ids=["fp32", "tf32", "fp16"]
)
def test_the_file_decides_the_types_and_tf32_is_switched_before_a_library_is_loaded(
    tensorrt: fake.TensorRt, load: Load, images: np.ndarray, precision: str, override: str | None
) -> None:
    proof = load(precision).prove_precision(images)
    assert tensorrt.settings == [
        {
            **{"trt_fp16_enable": "0", "trt_bf16_enable": "0", "trt_int8_enable": "0"},
            **{f"trt_profile_{name}_shapes": "pixels:8x1x8x8" for name in ("min", "opt", "max")},
            "trt_cuda_graph_enable": "0",
        }
    ]
    assert (proof.holds, proof.label, tensorrt.tf32_override) == (True, precision, override)
    assert f"NVIDIA_TF32_OVERRIDE = {override or 'not set'}" in proof.evidence
    assert "every node on TensorrtExecutionProvider" in proof.evidence


@pytest.mark.parametrize(
    ("precision", "file", "options", "label"),
    [
        ("fp16", "fp32", {}, "computed in fp32"),
        ("fp32", "fp16", {}, "computed in fp16"),
        ("int8", "int8", {}, "fp32 with Q/DQ nodes: the engine does not tell what ran in int8"),
        (
            *("fp16", "fp32", {"precisionBy": "provider"}),
            "fp16 allowed: TensorRT may have chosen any wider type",
        ),
    ],
)
def test_what_the_file_does_not_prove_is_not_labelled_as_proved(
    tensorrt: fake.TensorRt,
    load: Load,
    images: np.ndarray,
    precision: str,
    file: str,
    options: dict[str, Any],
    label: str,
) -> None:
    proof = load(precision, file, options=options).prove_precision(images)
    assert (proof.holds, proof.label) == (False, label)


def test_a_provider_that_ignores_its_switches_proves_nothing(
    tensorrt: fake.TensorRt, load: Load, images: np.ndarray
) -> None:
    tensorrt.ignores_switches = True
    assert load("fp32").prove_precision(images).holds is False


@pytest.mark.parametrize(("precision", "switch"), [("fp16", "trt_fp16_enable"), ("int8", "trt_int8_enable")])
def test_the_providers_own_switch_is_set_only_if_it_is_asked_for(
    tensorrt: fake.TensorRt, load: Load, precision: str, switch: str
) -> None:
    load(precision, options={"precisionBy": "provider"})
    [settings] = tensorrt.settings
    assert [name for name in tensorrt_provider.TYPING_SWITCHES if settings[name] == "1"] == [switch]


def test_fault_19_nodes_that_go_to_other_providers_end_the_case_with_their_share_and_leave_no_profile(
    tensorrt: fake.TensorRt, load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    tensorrt.left_over = {fake.CUDA: ("NonZero", "MatMul", "NonZero"), fake.CPU: ("NonMaxSuppression",)}
    assert refusal(load) == BenchErrorRecord(
        "fallback",
        "load",
        "TensorrtExecutionProvider did not take all of Digits: 4 of 7 nodes (57.1 %), and 1 of 3 operators that "
        "multiply (33.3 %), went to others (CPUExecutionProvider 1 NonMaxSuppression; CUDAExecutionProvider 2 NonZero, "
        "1 MatMul).",
        "Export the model without these operators, or measure it with onnxruntime on the GPU: a mixed run does not "
        "measure TensorRT.",
        None,
    )
    assert list(tmp_path.iterdir()) == []


def test_fault_19_a_provider_that_does_not_start_is_a_fallback_of_everything(
    tensorrt: fake.TensorRt, load: Load
) -> None:
    tensorrt.starts = False
    record = refusal(load)
    assert (record.code, record.message, record.remedy) == (
        "fallback",
        "TensorrtExecutionProvider did not take all of Digits: 3 of 3 nodes (100 %), and 2 of 2 operators that "
        "multiply (100 %), went to others (CUDAExecutionProvider 1 Conv, 1 Relu, 1 Gemm).",
        "TensorRT did not start: the log says why. Check the GPU driver, or repair the environment.",
    )


def test_fault_19_a_node_that_the_profile_finds_elsewhere_is_a_fallback_too(
    tensorrt: fake.TensorRt, load: Load, images: np.ndarray
) -> None:
    tensorrt.runs_elsewhere = fake.CUDA
    loaded = load()
    assert refusal(lambda: loaded.prove_precision(images)).code == "fallback"


def test_an_engine_is_built_once_for_everything_that_decides_about_it(
    tensorrt: fake.TensorRt, load: Load, engines: Path
) -> None:
    built, kept = load(), load()
    load(options={"cudaGraph": True})
    assert tensorrt.builds == 1
    assert (built.notes, kept.notes) == (
        ("The engine was built while the case was loaded, which is no part of any query.",),
        ("The engine came from the cache while the case was loaded, which is no part of any query.",),
    )
    for precision, changes in (("tf32", {}), ("fp16", {}), ("fp32", {"batchSize": 4})):
        load(precision, **changes)
    assert tensorrt.builds == 4
    assert len(list((engines / "onnxruntime-tensorrt").iterdir())) == 4


def test_without_a_folder_no_engine_is_kept(tensorrt: fake.TensorRt, load: Load) -> None:
    load()
    load()
    assert tensorrt.builds == 2


def test_an_engine_in_the_cache_that_cannot_be_read_is_built_again(
    tensorrt: fake.TensorRt, load: Load, engines: Path
) -> None:
    load()
    [kept] = engines.rglob("*.engine")
    kept.write_bytes(b"torn")
    load()
    assert (tensorrt.builds, kept.read_bytes()) == (2, b"engine")


@pytest.mark.parametrize("options", [{"cudaGraph": True}, {"tuned": True}])
def test_a_cuda_graph_is_recorded_while_the_case_is_loaded_and_gives_what_a_query_gives(
    tensorrt: fake.TensorRt, load: Load, images: np.ndarray, options: dict[str, Any]
) -> None:
    plain, recorded = load(), load(options=options)
    assert [settings["trt_cuda_graph_enable"] for settings in tensorrt.settings] == ["0", "1"]
    [first] = recorded.query(images)
    kept = first.copy()
    recorded.query(images + 1)
    np.testing.assert_array_equal(plain.query(images)[0], kept)
    np.testing.assert_array_equal(first, kept)
    assert "trt_cuda_graph_enable = 1" in recorded.prove_precision(images).evidence


def test_a_graph_that_cannot_be_recorded_has_a_code_of_its_own_and_the_cause(
    tensorrt: fake.TensorRt, load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    tensorrt.capture_fails = "CUDA failure 900: operation not permitted when stream is capturing ; GPU=0"
    assert refusal(lambda: load(options={"cudaGraph": True})) == BenchErrorRecord(
        "capture-refused",
        "load",
        "ONNX Runtime cannot record this model as a CUDA graph for the input 8x1x8x8: CUDA failure 900: operation not "
        "permitted when stream is capturing ; GPU=0.",
        'Switch "CUDA graph" off for this case.',
        "CUDA failure 900: operation not permitted when stream is capturing ; GPU=0",
    )
    assert list(tmp_path.iterdir()) == []


def test_a_graph_that_is_refused_for_nodes_elsewhere_is_a_fallback_and_not_a_refused_capture(
    tensorrt: fake.TensorRt, load: Load
) -> None:
    tensorrt.left_over = {fake.CPU: ("NonZero",)}
    assert refusal(lambda: load(options={"cudaGraph": True})).code == "fallback"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (
            "Please install TensorRT libraries as mentioned in the GPU requirements page, make sure they're in the "
            "PATH or LD_LIBRARY_PATH, and that your GPU is supported.",
            *("backend-unavailable", "ONNX Runtime cannot load its TensorRT provider."),
        ),
        (
            "TensorRT input: x has no shape specified. Please run shape inference on the onnx model first.",
            *("bad-model-file", "TensorRT needs the shape of every tensor, and fp32.onnx leaves some out."),
        ),
        (
            "TensorRT EP failed to create engine from network for fused node: TensorrtExecutionProvider_TRTKernel_g_1_0",
            *("build-failed", "TensorRT cannot build an engine from fp32.onnx."),
        ),
        (
            "CUDA failure 100: no CUDA-capable device is detected ; GPU=0",
            *("backend-unavailable", "ONNX Runtime's TensorRT provider failed while it loaded fp32.onnx."),
        ),
        ("CUDA failure 2: out of memory ; GPU=0", "out-of-memory-gpu", "The GPU ran out of memory."),
        ("Protobuf parsing failed.", "bad-model-file", "ONNX Runtime cannot load fp32.onnx."),
    ],
)
def test_what_fails_while_a_session_is_made_is_told_apart(
    tensorrt: fake.TensorRt, load: Load, words: str, code: str, message: str
) -> None:
    tensorrt.fails = words
    with pytest.raises(Exception, match=r".") as caught:
        load()
    record = describe_failure(object.__new__(Prepare), caught.value)
    assert (record.code, record.message) == (code, message)


def test_fault_20_the_tensorrt_libraries_that_are_absent_are_named_with_what_is_there_instead(
    tensorrt: fake.TensorRt, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cuda_provider, "loads", lambda name: "nvinfer" not in name)
    monkeypatch.setattr(tensorrt_provider.sys, "platform", "linux")
    record = refusal(load)
    assert (record.code, record.message, record.remedy) == (
        "backend-unavailable",
        "ONNX Runtime's TensorRT provider needs libnvinfer.so.10 of TensorRT 10, which cannot be loaded. "
        "TensorRT 10.16.1.11 is installed.",
        "Set up the environment onnxruntime-tensorrt; if it is there, repair it.",
    )


def test_libraries_in_tensorrts_package_are_loaded_from_there(
    tensorrt: fake.TensorRt, load: Load, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    names = ["libnvinfer.so.10", "libnvonnxparser.so.10", "libnvinfer_plugin.so.10"]
    for name in names:
        (tmp_path / name).touch()
    loaded: list[str] = []

    def loads(name: str) -> bool:
        if Path(name).parent == tmp_path:
            loaded.append(Path(name).name)
        return "nv" not in Path(name).name or Path(name).name in loaded

    monkeypatch.setattr(cuda_provider, "loads", loads)
    monkeypatch.setattr(cuda_provider, "is_importable", lambda name: False)
    monkeypatch.setattr(cuda_provider, "package_folders", lambda name: [tmp_path] if name == "tensorrt_libs" else [])
    monkeypatch.setattr(tensorrt_provider.sys, "platform", "linux")
    load()
    assert loaded == names


@pytest.mark.parametrize(
    ("versions", "card", "cuda_version", "reason"),
    [
        (
            *(INSTALLED, driver.V100, 13000),
            "Tesla V100-SXM2-16GB has compute capability 7.0; ONNX Runtime TensorRT needs 7.5 or newer.",
        ),
        ({}, driver.A100, 13000, "ONNX Runtime's package for GPUs is not installed in this environment."),
        (
            *({**INSTALLED, "onnxruntime-gpu": "1.23.2"}, driver.A100, 13000),
            "onnxruntime-gpu 1.23.2 is installed, but 1.24 or later is needed.",
        ),
        (
            *({**INSTALLED, "tensorrt-cu13-libs": "11.4.0.106"}, driver.A100, 13000),
            "TensorRT 11.4.0.106 is installed, but onnxruntime-gpu 1.31.1 needs TensorRT 10.",
        ),
        (
            *(INSTALLED, driver.A100, 12040),
            "The NVIDIA driver supports CUDA 12.4, but onnxruntime-gpu 1.31.1 needs CUDA 13.",
        ),
    ],
)
def test_what_it_lacks_is_told_as_the_reason_before_anything_is_loaded(
    monkeypatch: pytest.MonkeyPatch, versions: dict[str, str], card: driver.FakeCard, cuda_version: int, reason: str
) -> None:
    machine(monkeypatch, versions, card, cuda_version)
    status = OnnxRuntimeTensorRt().describe()
    assert (status.available, status.reason, status.precisions, status.devices) == (False, reason, (), ())
    assert status.remedy


def test_it_offers_what_the_card_computes_in(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, card=driver.RTX_2080_TI)
    status = OnnxRuntimeTensorRt().describe()
    assert (status.available, status.version, status.precisions, status.devices) == (
        *(True, "1.31.1"),
        *(("fp32", "fp16", "int8"), ("cuda",)),
    )


def test_what_it_cannot_load_is_refused(tensorrt: fake.TensorRt, load: Load, tmp_path: Path) -> None:
    tensorrt.lists_provider = False
    assert refusal(load).message == "This build of ONNX Runtime has no TensorrtExecutionProvider."
    asked = ({"device": "cpu"}, {"onnxFile": str(tmp_path / "gone.onnx")}, {"options": {"precisionBy": "luck"}})
    refused = [refusal(lambda changes=changes: load(**changes)) for changes in asked]
    assert [(record.code, record.message) for record in refused] == [
        ("backend-unavailable", "ONNX Runtime TensorRT runs only on a GPU."),
        ("missing-artifact", "No ONNX file of Digits in fp32 was found."),
        ("bad-usage", "Precision cannot come from 'luck'."),
    ]


def test_its_engine_is_one_node_whose_layers_are_not_told(
    tensorrt: fake.TensorRt, load: Load, images: np.ndarray
) -> None:
    with pytest.raises(NotSupported, match="one node"):
        load().profile_layers([images], 3)
