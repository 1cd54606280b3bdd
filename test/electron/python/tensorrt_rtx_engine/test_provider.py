"""TensorRT-RTX against a fake made from real names: no GPU of its list was at hand, so nothing here says how the
real plugin behaves, only what the worker asks of it and makes of its answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fake_nvidia_driver as fake_driver
import fake_onnxruntime_plugin as fake
import numpy as np
import onnxruntime
import pytest
from enginebench_worker.backends.tensorrt_rtx_backend import TensorRtRtx
from enginebench_worker.errors import BenchError, Cancelled
from enginebench_worker.execution import Execution, ProgressCount
from enginebench_worker.tensorrt_rtx_engine import provider
from enginebench_worker.tensorrt_rtx_engine.precision import judge_source
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.domain import BuildRecord, EngineFacts, PrecisionProof, WorkerCase
from tensorrt_request import build_request
from worker_case import digits_case

Versions = dict[str, str]
INSTALLED: Versions = {
    "onnxruntime": "1.32.0",
    "onnxruntime-ep-nv-tensorrt-rtx-cu13": "0.5.0",
}


def machine(
    monkeypatch: pytest.MonkeyPatch,
    capability: tuple[int, int] | None = (8, 9),
    versions: Versions = INSTALLED,
) -> None:
    monkeypatch.setattr(provider, "cuda_device_count", lambda: 0 if capability is None else 1)
    cards = () if capability is None else (fake_driver.FakeCard("NVIDIA GPU", capability),)
    fake_driver.install(monkeypatch, *cards)
    monkeypatch.setattr(provider, "version_of", versions.get)
    monkeypatch.setattr(provider, "is_importable", lambda module: bool(versions))


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> fake.Plugin:
    machine(monkeypatch)
    provider._register.cache_clear()
    return fake.Plugin().install(monkeypatch)


def an_execution() -> Execution:
    return Execution(ProgressCount(), lambda fraction, text, phases=None, entries=None: None)


def build(
    record: dict[str, Any],
    onnx_file: Path,
    folder: Path,
    precision: str,
    **changes: Any,
) -> EngineFacts:
    words = {
        "backend": "tensorrt-rtx",
        "outFile": str(folder / "engine.onnx"),
        **changes,
    }
    return TensorRtRtx().build(build_request(record, onnx_file, folder, precision, **words), an_execution())


def case_of(record: dict[str, Any], folder: Path, precision: str, **changes: Any) -> WorkerCase:
    onnx_file = str(folder / f"{'fp32' if precision == 'tf32' else precision}.onnx")
    words = {"device": "cuda", "onnxFile": onnx_file, **changes}
    return from_json(WorkerCase, digits_case(record, folder, "tensorrt-rtx", precision, **words))


def test_every_name_of_the_fake_exists_in_onnxruntime_itself() -> None:
    faked = {name for name in dir(fake.Plugin()._onnxruntime()) if not name.startswith("__")}
    assert {name for name in faked if not hasattr(onnxruntime, name)} == set()
    own = {"entries", "devices", "settings"}
    of_options = {
        *vars(fake.FakeSessionOptions()),
        *vars(fake.FakeSessionOptions),
    } - own
    real = onnxruntime.SessionOptions()
    assert {name for name in of_options if not name.startswith("__") and not hasattr(real, name)} == set()
    assert set(vars(fake.Plugin()._plugin())) & fake.PLUGIN_NAMES == fake.PLUGIN_NAMES - {"get_ep_names"}
    devices = {field.name for field in dataclasses.fields(fake.FakeDevice)}
    assert {name for name in devices if not hasattr(onnxruntime.OrtEpDevice, name)} == set()


@pytest.mark.parametrize(
    ("capability", "versions", "reason"),
    [
        (None, INSTALLED, "No NVIDIA GPU and driver were found."),
        (
            (9, 0),
            INSTALLED,
            "NVIDIA GPU has compute capability 9.0; TensorRT-RTX needs 8.6, 8.9, or 12.0 or newer.",
        ),
        (
            (8, 0),
            INSTALLED,
            "NVIDIA GPU has compute capability 8.0; TensorRT-RTX needs 8.6, 8.9, or 12.0 or newer.",
        ),
        (
            (7, 5),
            INSTALLED,
            "NVIDIA GPU has compute capability 7.5; TensorRT-RTX needs 8.6, 8.9, or 12.0 or newer.",
        ),
        (
            (10, 0),
            INSTALLED,
            "NVIDIA GPU has compute capability 10.0; TensorRT-RTX needs 8.6, 8.9, or 12.0 or newer.",
        ),
        (
            (8, 6),
            {},
            "ONNX Runtime's plugin for TensorRT-RTX is not installed in this environment.",
        ),
        (
            (8, 6),
            {**INSTALLED, "onnxruntime-gpu": "1.31.1"},
            "onnxruntime-gpu is installed along with the plugin, and the two conflict.",
        ),
        (
            (8, 6),
            {**INSTALLED, "onnxruntime": "1.23.2"},
            "ONNX Runtime 1.23.2 is installed, but the plugin needs 1.24 or later.",
        ),
    ],
)
def test_fault_21_a_gpu_that_it_does_not_run_on_and_all_else_it_lacks_is_told_as_the_reason(
    monkeypatch: pytest.MonkeyPatch,
    capability: tuple[int, int] | None,
    versions: Versions,
    reason: str,
) -> None:
    machine(monkeypatch, capability, versions)
    status = TensorRtRtx().describe()
    assert (status.available, status.reason, status.precisions) == (False, reason, ())
    assert status.remedy and status.builder is not None
    assert (status.builder.available, status.builder.reason) == (False, reason)


@pytest.mark.parametrize("capability", [(8, 6), (8, 9), (12, 0), (12, 1)])
def test_with_a_fake_plugin_it_offers_tf32_and_neither_fp32_nor_int8(
    monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int]
) -> None:
    machine(monkeypatch, capability)
    status = TensorRtRtx().describe()
    assert (status.available, status.version, status.precisions) == (True, "0.5.0", ("tf32", "fp16", "bf16"))


@pytest.mark.parametrize(
    ("source", "precision"),
    [("fp32", "tf32"), ("fp16", "fp16")],
)
def test_with_a_fake_plugin_an_ep_context_file_is_compiled_with_the_profile_asked_for(
    plugin: fake.Plugin,
    digits_record: dict[str, Any],
    digits_folder: Path,
    tmp_path: Path,
    source: str,
    precision: str,
) -> None:
    facts = build(digits_record, digits_folder / f"{source}.onnx", tmp_path, precision)
    assert (facts.kind, facts.precision_proof.holds, facts.precision_proof.label) == (
        "tensorrt-rtx-engine",
        True,
        precision,
    )
    [options] = plugin.options
    assert options.settings == {
        "nv_profile_min_shapes": "pixels:1x1x8x8",
        "nv_profile_opt_shapes": "pixels:8x1x8x8",
        "nv_profile_max_shapes": "pixels:16x1x8x8",
        "nv_max_workspace_size": str(4 * 2**30),
    }
    assert options.entries == {"session.disable_cpu_ep_fallback": "1"}
    assert [device.ep_name for device in options.devices] == [fake.PROVIDER]
    assert plugin.registered == [(fake.PROVIDER, "/plugin/libonnxruntime_providers_nv_tensorrt_rtx.so")]
    assert facts.tools == {"TensorRT-RTX plugin": "0.5.0", "ONNX Runtime": "1.32.0"}
    assert (facts.options["tf32"], facts.options["timingCache"]) == (True, False)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "engine.onnx",
        "log.txt",
    ]


def test_with_a_fake_plugin_a_file_of_another_precision_is_not_proved(
    plugin: fake.Plugin,
    digits_record: dict[str, Any],
    digits_folder: Path,
    tmp_path: Path,
) -> None:
    proofs = [
        build(digits_record, digits_folder / f"{source}.onnx", tmp_path, asked).precision_proof
        for source, asked in (
            ("fp32", "fp16"),
            ("fp16", "tf32"),
            ("int8", "fp16"),
        )
    ]
    assert [(proof.holds, proof.label) for proof in proofs] == [
        (False, "computed in tf32"),
        (False, "computed in fp16"),
        (False, "int8 weights only, multiplied in a wider type"),
    ]


def refusal(act: Callable[[], object]) -> tuple[str, str, str]:
    with pytest.raises(BenchError) as caught:
        act()
    return (
        caught.value.record.code,
        caught.value.record.stage,
        caught.value.record.message,
    )


@pytest.mark.parametrize(
    ("precision", "why"),
    [
        ("fp32", "TensorRT-RTX computes FP32 files in TF32, and this cannot be switched off."),
        ("int8", "TensorRT-RTX stores weights in INT8, but multiplies them in a wider type."),
    ],
)
def test_with_a_fake_plugin_what_it_cannot_compute_in_is_neither_built_nor_run(
    plugin: fake.Plugin,
    digits_record: dict[str, Any],
    digits_folder: Path,
    tmp_path: Path,
    precision: str,
    why: str,
) -> None:
    source = digits_folder / f"{precision}.onnx"
    built = refusal(lambda: build(digits_record, source, tmp_path, precision))
    assert built == ("unsupported-precision", "build", why)
    code, _, _ = refusal(lambda: TensorRtRtx().load(case_of(digits_record, digits_folder, precision)))
    assert code == "unsupported-precision"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"optimizationLevel": 3},
            "TensorRT-RTX does not offer builder optimization levels.",
        ),
        (
            {"versionCompatible": True},
            "TensorRT-RTX does not offer version-compatible engines.",
        ),
        (
            {"hardwareCompatible": True},
            "TensorRT-RTX does not offer a switch for hardware compatibility.",
        ),
    ],
)
def test_with_a_fake_plugin_an_option_that_it_lacks_is_refused(
    plugin: fake.Plugin,
    digits_record: dict[str, Any],
    digits_folder: Path,
    tmp_path: Path,
    options: dict[str, Any],
    said: str,
) -> None:
    source = digits_folder / "fp16.onnx"
    assert refusal(lambda: build(digits_record, source, tmp_path, "fp16", options=options)) == (
        "bad-usage",
        "build",
        said,
    )


def test_with_a_fake_plugin_operators_left_to_others_end_the_build_and_nothing_stays(
    plugin: fake.Plugin,
    digits_record: dict[str, Any],
    digits_folder: Path,
    tmp_path: Path,
) -> None:
    plugin.left_over = "NonZero"
    assert refusal(lambda: build(digits_record, digits_folder / "fp16.onnx", tmp_path, "fp16")) == (
        "unsupported-operator",
        "build",
        "TensorRT-RTX does not support some operators of fp16.onnx: NonZero.",
    )
    assert sorted(file.name for file in tmp_path.iterdir()) == ["log.txt"]


def test_with_a_fake_plugin_what_it_refuses_to_compile_is_a_failed_build(
    plugin: fake.Plugin,
    digits_record: dict[str, Any],
    digits_folder: Path,
    tmp_path: Path,
) -> None:
    plugin.refuses = True
    code, stage, _ = refusal(lambda: build(digits_record, digits_folder / "fp16.onnx", tmp_path, "fp16"))
    assert (code, stage) == ("build-failed", "build")
    gone = refusal(lambda: build(digits_record, tmp_path / "gone.onnx", tmp_path, "fp16"))
    assert gone == ("missing-artifact", "build", "gone.onnx was not found.")


def test_with_a_fake_plugin_a_cancelled_build_leaves_nothing(
    plugin: fake.Plugin,
    digits_record: dict[str, Any],
    digits_folder: Path,
    tmp_path: Path,
) -> None:
    words = {"backend": "tensorrt-rtx", "outFile": str(tmp_path / "engine.onnx")}
    request = build_request(digits_record, digits_folder / "fp16.onnx", tmp_path, "fp16", **words)
    execution = an_execution()
    execution.cancel()
    with pytest.raises(Cancelled):
        TensorRtRtx().build(request, execution)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["log.txt"]


def test_with_a_fake_plugin_a_built_file_runs_and_is_proved_by_what_it_was_made_from(
    plugin: fake.Plugin,
    digits_record: dict[str, Any],
    digits_folder: Path,
    tmp_path: Path,
) -> None:
    build(digits_record, digits_folder / "fp16.onnx", tmp_path, "fp16")
    images = np.load(digits_folder / "test-inputs.npy")[:8]
    case = case_of(digits_record, digits_folder, "fp16", engineFile=str(tmp_path / "engine.onnx"))
    loaded = TensorRtRtx().load(case)
    proof = loaded.prove_precision(images)
    assert (proof.holds, proof.label) == (True, "fp16")
    assert f"1 parts, all on {fake.PROVIDER}" in proof.evidence
    assert plugin.options[-1].settings == {}
    assert np.array_equal(loaded.query(images)[0], loaded.query(images)[0])


def test_with_a_fake_plugin_an_engine_without_its_onnx_file_is_not_proved(
    plugin: fake.Plugin,
    digits_record: dict[str, Any],
    digits_folder: Path,
    tmp_path: Path,
) -> None:
    build(digits_record, digits_folder / "fp16.onnx", tmp_path, "fp16")
    words = {"engineFile": str(tmp_path / "engine.onnx"), "onnxFile": None}
    loaded = TensorRtRtx().load(case_of(digits_record, digits_folder, "fp16", **words))
    proof = loaded.prove_precision(np.load(digits_folder / "test-inputs.npy")[:8])
    assert (proof.holds, proof.label) == (
        False,
        "not proved to be fp16: the engine tells no types, and its ONNX file is not there",
    )


def test_with_a_fake_plugin_an_onnx_file_is_compiled_for_the_shape_of_the_case(
    plugin: fake.Plugin, digits_record: dict[str, Any], digits_folder: Path
) -> None:
    TensorRtRtx().load(case_of(digits_record, digits_folder, "tf32"))
    assert plugin.options[-1].settings == {
        f"nv_profile_{name}_shapes": "pixels:8x1x8x8" for name in ("min", "opt", "max")
    }
    assert plugin.options[-1].entries == {"session.disable_cpu_ep_fallback": "1"}


def test_fault_19_a_part_that_ran_elsewhere_ends_the_case_as_a_fallback_with_its_share(
    plugin: fake.Plugin, digits_record: dict[str, Any], digits_folder: Path
) -> None:
    plugin.left_over = "NonZero"
    loaded = TensorRtRtx().load(case_of(digits_record, digits_folder, "tf32"))
    code, _, message = refusal(lambda: loaded.prove_precision(np.load(digits_folder / "test-inputs.npy")[:8]))
    assert (code, message) == (
        "fallback",
        "NvTensorRTRTXExecutionProvider did not take all of Digits: 1 of 2 nodes (50 %), and 0 of 0 operators that "
        "multiply, went to others (CPUExecutionProvider 1 EPContext).",
    )


def test_fault_19_a_session_that_is_refused_for_nodes_elsewhere_is_a_fallback_and_leaves_no_profile(
    plugin: fake.Plugin,
    digits_record: dict[str, Any],
    digits_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    plugin.leaves_to_the_cpu = True
    told = refusal(lambda: TensorRtRtx().load(case_of(digits_record, digits_folder, "tf32")))
    assert told == (
        "fallback",
        "load",
        "NvTensorRTRTXExecutionProvider did not take all of Digits: ONNX Runtime does not list what went to others.",
    )
    assert list(tmp_path.iterdir()) == []


def test_with_a_fake_plugin_loading_refuses_what_it_cannot_run(
    plugin: fake.Plugin,
    digits_record: dict[str, Any],
    digits_folder: Path,
    tmp_path: Path,
) -> None:
    build(digits_record, digits_folder / "fp16.onnx", tmp_path, "fp16")

    def code_of(**changes: Any) -> str:
        return refusal(lambda: TensorRtRtx().load(case_of(digits_record, digits_folder, "fp16", **changes)))[0]

    foreign = code_of(onnxFile=str(tmp_path / "engine.onnx"))
    gone, on_cpu = code_of(onnxFile=str(tmp_path / "gone.onnx")), code_of(device="cpu")
    plugin.refuses = True
    refused = code_of(engineFile=str(tmp_path / "engine.onnx"))
    plugin.devices = ("CPUExecutionProvider",)
    without_device = code_of()
    assert (foreign, gone, on_cpu, refused, without_device) == (
        "untrusted-engine",
        "missing-artifact",
        "backend-unavailable",
        "bad-model-file",
        "backend-unavailable",
    )


def test_with_a_fake_plugin_a_case_that_was_never_proved_leaves_no_profile(
    plugin: fake.Plugin,
    digits_record: dict[str, Any],
    digits_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    TensorRtRtx().load(case_of(digits_record, digits_folder, "tf32")).close()
    assert list(tmp_path.iterdir()) == []


def test_with_a_fake_plugin_an_engine_without_its_onnx_file_is_proved_by_what_its_build_recorded(
    plugin: fake.Plugin,
    digits_record: dict[str, Any],
    digits_folder: Path,
    tmp_path: Path,
) -> None:
    build(digits_record, digits_folder / "fp16.onnx", tmp_path, "fp16")
    built = {"holds": True, "label": "fp16", "method": "types of the ONNX file", "evidence": []}
    record = {"buildRecord": {"precisionProof": built, "tf32": True}}
    words = {"engineFile": str(tmp_path / "engine.onnx"), "onnxFile": None, **record}
    loaded = TensorRtRtx().load(case_of(digits_record, digits_folder, "fp16", **words))
    proof = loaded.prove_precision(np.load(digits_folder / "test-inputs.npy")[:8])
    assert (proof.holds, proof.label, proof.method) == (True, "fp16", "record of the build: types of the ONNX file")


@pytest.mark.parametrize("source", ["fp32", "fp16", "int8", None])
@pytest.mark.parametrize("recorded", ["int8", None])
def test_tensorrt_fault_13_nothing_proves_int8_neither_the_file_nor_what_a_build_recorded(
    digits_folder: Path, source: str | None, recorded: str | None
) -> None:
    file = None if source is None else digits_folder / f"{source}.onnx"
    built = None if recorded is None else BuildRecord(PrecisionProof(True, recorded, "Q/DQ nodes", ()), tf32=True)
    proof = judge_source("int8", file, (), built)
    assert (proof.holds, proof.label == "int8") == (False, False)
