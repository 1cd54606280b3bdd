"""Reading an engine file through the worker's command, against stand-ins; no engine is run."""

from __future__ import annotations

import sys
from pathlib import Path

import inspector_json as printed
import pytest
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution, ProgressCount
from enginebench_worker.file_inspection import inspect_file
from enginebench_worker.wire.commands import InspectFile
from enginebench_worker.wire.inspection import InspectedEnd, InspectedProfile, LayerInspection
from fake_tensorrt import VERSIONS, Script, fake_tensorrt


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return request.param


def silent() -> Execution:
    return Execution(ProgressCount(), lambda *_words: None)


def an_engine(folder: Path) -> InspectFile:
    file = folder / "engine.plan"
    file.write_bytes(b"plan")
    return InspectFile(1, str(file), "engine")


def test_with_stand_ins_an_engine_tells_its_ends_profiles_and_layers(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = Script()
    layers = [printed.convolution(types=printed.FP16_KERNEL), printed.reformat()]
    script.inspector = {"Layers": [printed.of_eleven(each) for each in layers] if version >= "11" else layers}
    monkeypatch.setitem(sys.modules, "tensorrt", fake_tensorrt(version, script))
    monkeypatch.setattr("enginebench_worker.tensorrt_engine.engine_inspection.cuda_device_count", lambda: 1)
    found = inspect_file(an_engine(tmp_path), silent())
    words = "Row-major" if version >= "11" else "Channel major FP16 format where channel % 8 == 0"
    assert (found.of, found.shapes, found.tools) == ("engine", "pixels 8x1x8x8", {"tensorrt": version})
    assert found.tensors == (
        InspectedEnd("pixels", "input", "fp32", (-1, 1, 8, 8), "Row-major linear FP32 format (kLINEAR)", "device"),
        InspectedEnd("logits", "output", "fp32", (-1, 64), "Row-major linear FP32 format (kLINEAR)", "device"),
    )
    assert found.profiles == (InspectedProfile(0, "pixels", (1, 1, 8, 8), (8, 1, 8, 8), (16, 1, 8, 8)),)
    assert found.layers[0] == LayerInspection(
        name="/conv/Conv",
        kind="CaskConvolution",
        type="fp16",
        evidence="types of tensors",
        multiplies=True,
        tactic=printed.XMMA.format(types=printed.FP16_KERNEL),
        inputs=(f"8x64x28x28 fp16, {words}",),
        outputs=(f"8x64x28x28 fp16, {words}",),
        onnx_nodes=("/conv/Conv", "/conv/Conv/Relu"),
        operations=2.0 * 8 * 28 * 28 * 64 * 64 * 9,
    )
    kinds = [(layer.kind, layer.multiplies) for layer in found.layers]
    assert kinds == [("CaskConvolution", True), ("Reformat", False)]


def test_without_a_gpu_an_engine_cannot_be_opened_and_the_reason_is_told(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorrt", fake_tensorrt(version, Script()))
    with pytest.raises(BenchError) as caught:
        inspect_file(an_engine(tmp_path), silent())
    record = caught.value.record
    assert (record.code, record.message) == (
        "backend-unavailable",
        "engine.plan cannot be opened here: no NVIDIA GPU and driver were found.",
    )


def test_without_tensorrt_the_remedy_is_to_set_it_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorrt", None)
    with pytest.raises(BenchError) as caught:
        inspect_file(an_engine(tmp_path), silent())
    record = caught.value.record
    assert (record.code, record.remedy) == ("backend-unavailable", "Set up the TensorRT environment.")


def test_a_file_that_is_not_there_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(BenchError) as caught:
        inspect_file(InspectFile(1, str(tmp_path / "gone.plan"), "engine"), silent())
    assert caught.value.record.message == "gone.plan was not found."
