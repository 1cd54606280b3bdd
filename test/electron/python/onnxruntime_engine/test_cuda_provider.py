"""ONNX Runtime's CUDA provider against a fake: what it is told, what is made of its answers, and every refusal."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fake_onnxruntime_gpu as fake
import numpy as np
import onnxruntime
import pytest
from enginebench_worker.backend import NotSupported
from enginebench_worker.backends.onnxruntime_backend import OnnxRuntime
from enginebench_worker.errors import BenchError, BenchErrorRecord, describe_failure
from enginebench_worker.onnx_graph.file_structure import open_dimensions
from enginebench_worker.onnxruntime_engine import cuda_provider
from enginebench_worker.onnxruntime_engine.session_case import SessionCase
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.commands import Prepare
from enginebench_worker.wire.domain import WorkerCase
from worker_case import digits_case

Load = Callable[..., SessionCase]


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> fake.Gpu:
    monkeypatch.setattr(cuda_provider, "loads", lambda name: True)
    return fake.Gpu().install(monkeypatch)


@pytest.fixture
def load(digits_record: dict[str, Any], digits_folder: Path) -> Load:
    def make(precision: str = "fp32", **changes: Any) -> SessionCase:
        file = str(digits_folder / f"{'fp32' if precision == 'tf32' else precision}.onnx")
        words = {"device": "cuda", "onnxFile": file, **changes}
        loaded = OnnxRuntime().load(
            from_json(WorkerCase, digits_case(digits_record, digits_folder, "onnxruntime", precision, **words))
        )
        assert isinstance(loaded, SessionCase)
        return loaded

    return make


@pytest.fixture
def images(digits_folder: Path) -> np.ndarray:
    return np.load(digits_folder / "test-inputs.npy", allow_pickle=False)[:8]


def refusal(load: Load) -> BenchErrorRecord:
    with pytest.raises(BenchError) as caught:
        load()
    return caught.value.record


def test_every_name_of_the_fake_exists_in_onnxruntime_itself() -> None:
    assert hasattr(onnxruntime, "preload_dlls") and hasattr(onnxruntime, "cuda_version")
    for shape, real in ((fake.FakeSession, onnxruntime.InferenceSession), (fake.FakeValue, onnxruntime.OrtValue)):
        names = {name for name in vars(shape) if not name.startswith("_")}
        assert {name for name in names if not hasattr(real, name)} == set()


@pytest.mark.parametrize(("precision", "tf32"), [("fp32", "0"), ("tf32", "1"), ("fp16", "0")])
def test_with_a_fake_gpu_the_label_decides_tf32_and_convolutions_are_searched(
    gpu: fake.Gpu, load: Load, images: np.ndarray, precision: str, tf32: str
) -> None:
    gpu.computes_in = "float16" if precision == "fp16" else None
    proof = load(precision).prove_precision(images)
    expected = {"use_tf32": tf32, "cudnn_conv_algo_search": "EXHAUSTIVE", "do_copy_in_default_stream": "1"}
    assert (gpu.settings, proof.holds, proof.label) == ([expected], True, precision)
    assert {f"{name} = {value}" for name, value in expected.items()} <= set(proof.evidence)


def test_fault_17_a_provider_that_computes_fp16_files_in_fp32_is_not_labelled_fp16(
    gpu: fake.Gpu, load: Load, images: np.ndarray
) -> None:
    gpu.computes_in = "float"
    proof = load("fp16").prove_precision(images)
    assert (proof.holds, proof.label) == (False, "fp16 stored, fp32 computed")


def test_a_provider_that_ignores_the_switch_for_tf32_is_not_labelled_fp32(
    gpu: fake.Gpu, load: Load, images: np.ndarray
) -> None:
    gpu.ignores_settings = True
    assert load("fp32").prove_precision(images).holds is False


def test_fault_19_a_provider_that_does_not_start_is_told_and_never_becomes_the_cpu(gpu: fake.Gpu, load: Load) -> None:
    gpu.starts = False
    record = refusal(load)
    assert (record.code, record.message) == (
        "backend-unavailable",
        "ONNX Runtime did not start CUDAExecutionProvider and fell back to CPUExecutionProvider.",
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("CUDA failure 100: no CUDA-capable device is detected ; GPU=0", "backend-unavailable"),
        ("CUDA failure 2: out of memory ; GPU=0", "out-of-memory-gpu"),
        ("CUDA failure 700: an illegal memory access was encountered ; GPU=0", "gpu-faulted"),
        ("Protobuf parsing failed.", "bad-model-file"),
    ],
)
def test_what_fails_while_a_session_is_made_is_told_apart(gpu: fake.Gpu, load: Load, words: str, code: str) -> None:
    gpu.fails = words
    with pytest.raises(Exception, match=r".") as caught:
        load()
    assert describe_failure(object.__new__(Prepare), caught.value).code == code


def test_fault_19_operators_left_to_the_cpu_end_the_case_as_a_fallback_with_their_share_and_no_profile_is_left(
    gpu: fake.Gpu, load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gpu.leaves_to_the_cpu = ("NonMaxSuppression", "Shape", "Shape")
    record = refusal(load)
    assert (record.code, record.message, record.remedy) == (
        "fallback",
        "CUDAExecutionProvider did not take all of fp32.onnx: 3 of 4 nodes (75 %), and 0 of 1 operators that multiply "
        "(0 %), went to others (CPUExecutionProvider 2 Shape, 1 NonMaxSuppression).",
        "Export the model without these operators, or measure it on the CPU: a mixed run does not measure the GPU.",
    )
    assert list(tmp_path.iterdir()) == []


def test_operators_left_to_the_cpu_that_onnx_runtime_does_not_list_end_the_case_as_a_fallback_too(
    gpu: fake.Gpu, load: Load
) -> None:
    gpu.leaves_to_the_cpu, gpu.lists_placement = ("Shape",), False
    record = refusal(load)
    assert (record.code, record.message) == (
        "fallback",
        "CUDAExecutionProvider did not take all of fp32.onnx: ONNX Runtime does not list what went to others.",
    )


def test_with_a_fake_gpu_sizes_left_open_are_set_to_those_of_the_case(gpu: fake.Gpu, load: Load) -> None:
    loaded = load(batchSize=4)
    assert loaded._session.get_inputs()[0].shape == [4, 1, 8, 8]


def test_the_names_of_open_dimensions_are_read_from_the_file(digits_folder: Path) -> None:
    assert open_dimensions(digits_folder / "fp32.onnx") == {"pixels": ("batch", None, None, None)}


def test_fault_20_the_cuda_libraries_that_are_absent_are_named(
    gpu: fake.Gpu, load: Load, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cuda_provider, "loads", lambda name: name not in ("libcublasLt.so.13", "libcudnn.so.9"))
    monkeypatch.setattr(cuda_provider, "is_importable", lambda name: False)
    record = refusal(load)
    assert (record.code, record.message, record.remedy) == (
        "backend-unavailable",
        "ONNX Runtime's CUDA provider needs libcublasLt.so.13, libcudnn.so.9 of CUDA 13, which cannot be loaded.",
        "In this environment: pip install onnxruntime-gpu[cuda,cudnn]==1.31.1, or PyTorch for CUDA 13.",
    )
    assert (gpu.preloaded, capsys.readouterr().out) == (1, "")


def test_libraries_in_packages_of_the_environment_are_loaded_from_there_without_pytorch(
    gpu: fake.Gpu, load: Load, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "nvidia" / "cu13" / "lib"
    folder.mkdir(parents=True)
    names = ["libcudart.so.13", "libcublasLt.so.13", "libcublas.so.13", "libcurand.so.10", "libcudnn.so.9"]
    for name in names:
        (folder / name).touch()
    loaded: list[str] = []

    def loads(name: str) -> bool:
        if "/" in name:
            loaded.append(Path(name).name)
        return name in loaded or "/" in name

    monkeypatch.setattr(cuda_provider, "loads", loads)
    elsewhere = [entry for entry in sys.path if not (Path(entry) / "nvidia").is_dir()]
    monkeypatch.setattr(sys, "path", [str(tmp_path), *elsewhere])
    importlib.invalidate_caches()
    load()
    assert loaded == names


def test_libraries_that_pytorch_brings_are_taken_from_it(
    gpu: fake.Gpu, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported: list[str] = []
    monkeypatch.setattr(cuda_provider, "loads", lambda name: bool(imported))
    monkeypatch.setattr(cuda_provider, "library_folders", lambda: iter(()))
    monkeypatch.setattr(cuda_provider, "is_importable", lambda name: True)
    monkeypatch.setattr(cuda_provider.importlib, "import_module", imported.append)
    load()
    assert imported == ["torch"]


def test_with_a_fake_gpu_the_parts_of_a_query_come_in_order_and_give_what_a_query_gives(
    gpu: fake.Gpu, load: Load, images: np.ndarray
) -> None:
    loaded, seen = load(), []

    @contextlib.contextmanager
    def part(name: str) -> Iterator[None]:
        seen.append(name)
        yield

    [first] = loaded.query(images)
    kept = first.copy()
    [in_parts] = loaded.query_in_parts(images, part)
    loaded.query(images + 1)
    loaded.synchronize()
    assert seen == ["host-to-device", "compute", "device-to-host"]
    np.testing.assert_array_equal(in_parts, kept)
    np.testing.assert_array_equal(first, kept)


def test_on_a_gpu_the_time_by_layer_is_not_told(gpu: fake.Gpu, load: Load, images: np.ndarray) -> None:
    with pytest.raises(NotSupported, match="not how long the GPU worked"):
        load().profile_layers([images], 3)


def test_a_case_that_was_never_proved_leaves_no_profile(
    gpu: fake.Gpu, load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    loaded = load()
    loaded.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("gpus", "package", "devices", "remedies"),
    [
        (1, "onnxruntime-gpu", ("cpu", "cuda"), None),
        (0, "onnxruntime", ("cpu",), {"cuda": "It needs an NVIDIA GPU and its driver; use the CPU here."}),
        (
            1,
            "onnxruntime",
            ("cpu",),
            {
                "cuda": "In this environment: pip uninstall -y onnxruntime, "
                "then pip install onnxruntime-gpu[cuda,cudnn]==1.31.1, or use the CPU."
            },
        ),
    ],
)
def test_without_the_package_for_gpus_it_offers_the_cpu_and_says_what_brings_cuda(
    monkeypatch: pytest.MonkeyPatch,
    gpus: int,
    package: str,
    devices: tuple[str, ...],
    remedies: dict[str, str] | None,
) -> None:
    monkeypatch.setattr("enginebench_worker.backends.onnxruntime_backend.cuda_device_count", lambda: gpus)
    monkeypatch.setattr("enginebench_worker.backends.onnxruntime_backend.version_of", {package: "1.31.1"}.get)
    status = OnnxRuntime().describe()
    assert (status.devices, status.device_remedies) == (devices, remedies)
