from __future__ import annotations

import re
from pathlib import Path

import pytest
from enginebench_worker.onnxruntime_engine.cuda_provider import GPU_PACKAGE

ROOT = Path(__file__).resolve().parents[3]
REQUIREMENTS = ROOT / "electron" / "python" / "requirements"

PINNED = (
    "main.txt",
    "yolo.txt",
    "test.txt",
    "openvino.txt",
    "tensorrt-cu12.txt",
    "tensorrt-cu13.txt",
    "tensorrt-rtx.txt",
    "onnxruntime-tensorrt.txt",
)


def lines_of(name: str) -> list[str]:
    text = (REQUIREMENTS / name).read_text(encoding="utf-8")
    return [line for line in text.replace("\\\n", " ").splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("name", PINNED)
def test_every_line_is_one_pinned_package_with_hashes(name: str) -> None:
    pattern = re.compile(r"[a-z0-9-]+==[^ ;]+( ; [^-]+?)?( +--hash=sha256:[0-9a-f]{64})+\s*")
    assert [line for line in lines_of(name) if not pattern.fullmatch(line)] == []


@pytest.mark.parametrize("name", PINNED)
def test_torch_and_torchvision_are_never_pinned_by_hash(name: str) -> None:
    assert [line for line in lines_of(name) if re.match(r"(torch|torchvision|opencv-python)==", line)] == []


def test_the_torch_pin_is_the_one_that_set_up_installs() -> None:
    source = (ROOT / "electron" / "python-environment" / "torch-version.ts").read_text(encoding="utf-8")
    found = re.search(r"defaultTorchVersion = '([^']+)'", source)
    assert found is not None
    assert lines_of("torch.txt") == [f"torch=={found[1]}"]


def test_both_environments_agree_on_what_they_share() -> None:
    pins = [{line.split(" --hash")[0].strip() for line in lines_of(name)} for name in ("main.txt", "yolo.txt")]
    shared = {"numpy", "onnx", "onnxruntime", "pillow", "safetensors"}
    chosen = [{pin for pin in each if pin.split("==")[0] in shared} for each in pins]
    assert chosen[0] == chosen[1]


def test_onnxruntime_with_tensorrt_is_the_release_that_the_worker_names_elsewhere() -> None:
    name, _, version = GPU_PACKAGE.partition("==")
    assert name.split("[")[0] == "onnxruntime-gpu"
    [pin] = [line.split()[0] for line in lines_of("onnxruntime-tensorrt.txt") if line.startswith("onnxruntime-gpu==")]
    assert pin == f"onnxruntime-gpu=={version}"
