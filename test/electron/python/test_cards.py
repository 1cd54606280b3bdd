"""What each card is offered, on stand-ins for NVIDIA's driver library that answer as six real cards do."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import fake_nvidia_driver as fake
import pytest
from enginebench_worker import nvidia_driver
from enginebench_worker.backends import find_backend
from enginebench_worker.backends.tensorrt_backend import TensorRt
from enginebench_worker.backends.tensorrt_rtx_backend import TensorRtRtx
from enginebench_worker.errors import BenchError
from enginebench_worker.installed import version_of
from enginebench_worker.tensorrt_engine import probe
from enginebench_worker.tensorrt_engine.probe import Probe
from enginebench_worker.torch_engine import backend as torch_backend
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.domain import BackendCard, WorkerCase
from enginebench_worker.wire.gpu_rows import GPU_LIBRARIES
from tensorrt_request import build_request
from worker_case import digits_case

INSTALLED = Probe("11.4.0.106", "tensorrt-engine", "TensorRT 11.4.0.106", None, None)


@pytest.fixture(autouse=True)
def everything_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    backends = "enginebench_worker.backends"
    for module in (
        f"{backends}.tensorrt_backend",
        "enginebench_worker.tensorrt_rtx_engine.provider",
    ):
        monkeypatch.setattr(f"{module}.is_importable", lambda name: True)
    for module in (
        "tensorrt_backend",
        "torch_tensorrt",
        "torch_cudagraph",
        "onnxruntime_backend",
    ):
        monkeypatch.setattr(
            f"{backends}.{module}.cuda_device_count",
            lambda: nvidia_driver.cuda_device_count(),
        )
    for module in ("tensorrt_rtx_engine.provider", "torch_engine.backend"):
        monkeypatch.setattr(
            f"enginebench_worker.{module}.cuda_device_count",
            lambda: nvidia_driver.cuda_device_count(),
        )
    monkeypatch.setattr(f"{backends}.tensorrt_backend.probe_tensorrt", lambda: INSTALLED)
    versions = {"onnxruntime": "1.32.0", "torch": "2.13.0+cu130"}
    monkeypatch.setattr("enginebench_worker.tensorrt_rtx_engine.provider.version_of", versions.get)
    monkeypatch.setattr(f"{backends}.onnxruntime_backend.version_of", {"onnxruntime-gpu": "1.31.1"}.get)
    monkeypatch.setattr(torch_backend, "version_of", versions.get)
    with_torch_of(monkeypatch, "13.0")


def with_torch_of(monkeypatch: pytest.MonkeyPatch, cuda: str | None) -> None:
    text = f"cuda: Optional[str] = {cuda!r}\nhip: Optional[str] = None\n"
    monkeypatch.setattr(torch_backend, "_version_file", lambda: text)


ALL = ("fp32", "tf32", "fp16", "bf16", "int8")


@pytest.mark.parametrize(
    ("card", "tensorrt", "rtx", "torch", "onnxruntime"),
    [
        (fake.GTX_1080, (), (), ("fp32", "bf16"), ("fp32", "fp16", "int8")),
        (fake.V100, (), (), ("fp32", "bf16"), ("fp32", "fp16", "int8")),
        (
            fake.RTX_2080_TI,
            ("fp32", "fp16", "int8"),
            (),
            ("fp32", "fp16", "bf16"),
            ("fp32", "fp16", "int8"),
        ),
        (
            fake.A100,
            (*ALL, "int4-weights"),
            (),
            ("fp32", "tf32", "fp16", "bf16"),
            ("fp32", "tf32", "fp16", "int8"),
        ),
        (
            fake.RTX_4090,
            (*ALL, "fp8", "int4-weights"),
            ALL[1:-1],
            ("fp32", "tf32", "fp16", "bf16"),
            ("fp32", "tf32", "fp16", "int8"),
        ),
        (
            fake.RTX_5090,
            (*ALL, "fp8", "int4-weights"),
            ALL[1:-1],
            ("fp32", "tf32", "fp16", "bf16"),
            ("fp32", "tf32", "fp16", "int8"),
        ),
    ],
    ids=lambda value: value.name if isinstance(value, fake.FakeCard) else "",
)
def test_fault_5_a_backend_offers_only_what_the_card_computes_in(
    monkeypatch: pytest.MonkeyPatch,
    card: fake.FakeCard,
    tensorrt: tuple[str, ...],
    rtx: tuple[str, ...],
    torch: tuple[str, ...],
    onnxruntime: tuple[str, ...],
) -> None:
    fake.install(monkeypatch, card)
    ids = ("tensorrt", "tensorrt-rtx", "torch-eager", "onnxruntime")
    offered = {name: find_backend(name).describe().precisions for name in ids}
    assert offered == dict(zip(ids, (tensorrt, rtx, torch, onnxruntime), strict=True))
    status = TensorRt().describe()
    assert status.builder is not None
    assert (status.builder.precisions, status.builder.available) == (
        tensorrt,
        tensorrt != (),
    )


@pytest.mark.parametrize(
    ("card", "backend", "reason"),
    [
        (
            fake.GTX_1080,
            "tensorrt",
            "NVIDIA GeForce GTX 1080 has compute capability 6.1; TensorRT needs 7.5 or newer.",
        ),
        (
            fake.V100,
            "torch-tensorrt",
            "Tesla V100-SXM2-16GB has compute capability 7.0; Torch-TensorRT needs 7.5 or newer.",
        ),
        (
            fake.V100,
            "torch-cudagraph",
            "Tesla V100-SXM2-16GB has compute capability 7.0; PyTorch 2.13.0+cu130 is built with CUDA 13, "
            "which needs 7.5 or newer.",
        ),
        (
            fake.A100,
            "tensorrt-rtx",
            "NVIDIA A100-SXM4-40GB has compute capability 8.0; TensorRT-RTX needs 8.6, 8.9, or 12.0 or newer.",
        ),
        (
            fake.RTX_2080_TI,
            "tensorrt-rtx",
            "NVIDIA GeForce RTX 2080 Ti has compute capability 7.5; TensorRT-RTX needs 8.6, 8.9, or 12.0 or newer.",
        ),
    ],
)
def test_faults_9_and_12_a_card_that_a_library_has_no_code_for_is_refused_by_its_own_name(
    monkeypatch: pytest.MonkeyPatch, card: fake.FakeCard, backend: str, reason: str
) -> None:
    fake.install(monkeypatch, card)
    status = find_backend(backend).describe()
    assert (status.available, status.reason, status.precisions, status.devices) == (
        False,
        reason,
        (),
        (),
    )
    assert status.remedy


@pytest.mark.parametrize("backend", ["torch-eager", "onnxruntime"])
def test_where_the_card_is_too_old_the_cpu_is_left_and_the_listing_says_why(
    monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    fake.install(monkeypatch, fake.GTX_1080)
    status = find_backend(backend).describe()
    assert (status.available, status.devices) == (True, ("cpu",))
    assert status.device_remedies is not None
    assert status.device_remedies["cuda"].startswith("NVIDIA GeForce GTX 1080 has compute capability 6.1; ")


@pytest.mark.parametrize(
    ("cuda", "driver", "card", "remedy"),
    [
        ("12.6", 13000, fake.GTX_1080, None),
        (
            "13.0",
            12040,
            fake.RTX_4090,
            "The NVIDIA driver supports CUDA 12.4, but PyTorch 2.13.0+cu130 needs CUDA 13.",
        ),
        (None, 13000, fake.RTX_4090, "PyTorch 2.13.0+cu130 is a build for the CPU."),
    ],
)
def test_the_build_of_pytorch_decides_together_with_driver_and_card(
    monkeypatch: pytest.MonkeyPatch,
    cuda: str | None,
    driver: int,
    card: fake.FakeCard,
    remedy: str | None,
) -> None:
    fake.install(monkeypatch, card, cuda_version=driver)
    with_torch_of(monkeypatch, cuda)
    status = find_backend("torch-eager").describe()
    assert status.devices == (("cpu", "cuda") if remedy is None else ("cpu",))
    assert (status.device_remedies or {"cuda": ""})["cuda"].startswith(remedy or "")
    assert (status.device_remedies is None) == (remedy is None)


def test_the_installed_pytorch_tells_what_it_was_built_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()
    fake.install(monkeypatch, fake.RTX_4090)
    monkeypatch.setattr(torch_backend, "cuda_device_count", lambda: 1)
    version = version_of("torch")
    expected = f"PyTorch {version} is a build for the CPU." if str(version).endswith("+cpu") else None
    assert (torch_backend.torch_gpu_obstacle() or (None,))[0] == expected


@pytest.mark.parametrize(
    ("card", "asked", "code", "message"),
    [
        (
            fake.RTX_2080_TI,
            {"precision": "tf32"},
            "unsupported-precision",
            "NVIDIA GeForce RTX 2080 Ti has compute capability 7.5; TF32 needs 8.0 or newer.",
        ),
        (
            fake.RTX_2080_TI,
            {"precision": "fp32", "hardwareCompatible": True},
            "bad-usage",
            "NVIDIA GeForce RTX 2080 Ti has compute capability 7.5; "
            "an engine for every GPU since Ampere needs 8.0 or newer.",
        ),
        (
            fake.FakeCard("Orin", (8, 7)),
            {"precision": "fp32", "hardwareCompatible": True, "hardwareLevel": "same-compute-capability"},
            "bad-usage",
            "Orin is part of a Jetson or DRIVE board, where NVIDIA does not support "
            "an engine for every GPU of one compute capability.",
        ),
        (
            fake.GTX_1080,
            {"precision": "fp32"},
            "backend-unavailable",
            "NVIDIA GeForce GTX 1080 has compute capability 6.1; TensorRT needs 7.5 or newer.",
        ),
    ],
)
def test_a_build_that_the_card_cannot_run_is_refused_before_tensorrt_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
    digits_record: dict[str, Any],
    digits_folder: Path,
    tmp_path: Path,
    execution: Any,
    card: fake.FakeCard,
    asked: dict[str, Any],
    code: str,
    message: str,
) -> None:
    fake.install(monkeypatch, card)
    options = {name: value for name, value in asked.items() if name != "precision"}
    request = build_request(
        digits_record,
        digits_folder / "fp32.onnx",
        tmp_path,
        asked["precision"],
        options=options,
    )
    with pytest.raises(BenchError) as caught:
        TensorRt().build(request, execution)
    assert (caught.value.record.code, caught.value.record.message) == (code, message)
    assert list(tmp_path.iterdir()) == []


def test_a_case_in_a_precision_that_the_card_lacks_is_refused_before_pytorch_is_imported(
    monkeypatch: pytest.MonkeyPatch, digits_record: dict[str, Any], digits_folder: Path
) -> None:
    fake.install(monkeypatch, fake.RTX_2080_TI)
    words = digits_case(digits_record, digits_folder, "torch-eager", "bf16", device="cuda")
    monkeypatch.setattr("enginebench_worker.backends.torch_eager.is_importable", lambda name: True)
    with pytest.raises(BenchError) as caught:
        find_backend("torch-eager").load(from_json(WorkerCase, words))
    assert caught.value.record.message == (
        "NVIDIA GeForce RTX 2080 Ti has compute capability 7.5; BF16 needs 8.0 or newer."
    )


WITH_PLUGIN = os.environ.get("ENGINEBENCH_TEST_TENSORRT_PYTHON", "")


@pytest.mark.skipif(
    not WITH_PLUGIN,
    reason="ENGINEBENCH_TEST_TENSORRT_PYTHON names no environment with the plugin",
)
def test_the_plugins_header_names_the_same_cards_as_the_table() -> None:
    pattern = "lib/python3*/site-packages/onnxruntime_ep_nv_tensorrt_rtx/tensorrt_rtx_provider_options.h"
    [header] = Path(WITH_PLUGIN).parents[1].glob(pattern)
    text = header.read_text(encoding="utf-8")
    listed = re.search(r"kTargetSMValues\[\] = \{([^}]*)\}", text)
    oldest = re.search(r"compute_capability >= (\d+)", text)
    assert listed is not None and oldest is not None
    names = {int(name) for name in re.findall(r"sm(\d+)", listed[1])}
    row = GPU_LIBRARIES["tensorrt-rtx"].gpus
    accepted = {number for number in range(50, 200) if number in names or number >= int(oldest[1])}
    assert accepted == {number for number in range(50, 200) if row.holds(divmod(number, 10))}


def test_the_first_card_is_told_with_the_uuid_that_nvml_takes_and_a_mig_instance_with_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = "GPU-5f3a7c1e-0000-4000-8000-0000000000aa"
    instance = "MIG-5f3a7c1e-0000-4000-8000-0000000000bb"
    fake.install(monkeypatch, fake.FakeCard("NVIDIA A100", (8, 0), whole), fake.RTX_4090)
    assert nvidia_driver.first_card() == nvidia_driver.Card("NVIDIA A100", (8, 0), whole)
    fake.install(
        monkeypatch,
        fake.FakeCard("NVIDIA A100 MIG 3g.20gb", (8, 0), instance, part_of=whole),
    )
    card = nvidia_driver.first_card()
    assert card is not None and card.uuid == instance


def test_without_a_card_nothing_is_known_against_any_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake.install(monkeypatch)
    assert TensorRtRtx().describe().reason == "No NVIDIA GPU and driver were found."
    assert [nvidia_driver.library_refusal(name) for name in GPU_LIBRARIES] == [None] * len(GPU_LIBRARIES)


OLD = replace(fake.GTX_1080, uuid="GPU-5f3a7c1e-0000-4000-8000-0000000000aa")
NEW = replace(fake.RTX_4090, uuid="GPU-5f3a7c1e-0000-4000-8000-0000000000bb")


@pytest.mark.parametrize(
    ("backend", "needs"),
    [
        ("tensorrt", "TensorRT needs 7.5 or newer."),
        ("tensorrt-rtx", "TensorRT-RTX needs 8.6, 8.9, or 12.0 or newer."),
        ("torch-eager", "PyTorch 2.13.0+cu130 is built with CUDA 13, which needs 7.5 or newer."),
        ("torch-cudagraph", "PyTorch 2.13.0+cu130 is built with CUDA 13, which needs 7.5 or newer."),
        ("onnxruntime", "onnxruntime-gpu 1.31.1 is built with CUDA 13, which needs 7.5 or newer."),
    ],
)
@pytest.mark.parametrize("cards", [(OLD, NEW), (NEW, OLD)])
def test_a_backend_that_any_card_can_run_is_available_and_tells_why_the_other_cannot(
    monkeypatch: pytest.MonkeyPatch, backend: str, needs: str, cards: tuple[fake.FakeCard, ...]
) -> None:
    fake.install(monkeypatch, NEW)
    alone = find_backend(backend).describe()
    fake.install(monkeypatch, *cards)
    status = find_backend(backend).describe()
    refusal = f"NVIDIA GeForce GTX 1080 has compute capability 6.1; {needs}"
    told = {OLD: BackendCard(OLD.name, OLD.uuid, refusal), NEW: BackendCard(NEW.name, NEW.uuid, None)}
    assert (alone.available, "cuda" in alone.devices, alone.cards) == (True, True, (told[NEW],))
    assert status == replace(alone, cards=tuple(told[card] for card in cards))


@pytest.mark.parametrize(("cards", "seen"), [((OLD, NEW), NEW.uuid), ((NEW, OLD), None), ((OLD,), None)])
def test_tensorrt_is_probed_on_a_card_that_it_has_code_for(
    monkeypatch: pytest.MonkeyPatch, cards: tuple[fake.FakeCard, ...], seen: str | None
) -> None:
    fake.install(monkeypatch, *cards)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(probe, "is_importable", lambda name: True)
    asked: list[str | None] = []

    def run(command: list[str], env: dict[str, str], **named: Any) -> subprocess.CompletedProcess[str]:
        asked.append(env.get("CUDA_VISIBLE_DEVICES"))
        return subprocess.CompletedProcess(command, 1, "", "")

    monkeypatch.setattr(probe.subprocess, "run", run)
    probe.probe_tensorrt.__wrapped__()
    assert asked == [seen]
