"""Building against stand-ins for both majors, made from the names of the official bindings: what is asked of the
library and what is made of its answers. Whether TensorRT itself does as asked is not shown here."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import Any

import pytest
from enginebench_worker.errors import BenchError, Cancelled, breaks_the_device
from enginebench_worker.execution import Execution, ProgressCount
from enginebench_worker.tensorrt_engine.build_command import build_tensorrt_engine
from enginebench_worker.wire.domain import Bytes, EngineFacts
from fake_tensorrt import UNREADABLE_TIMING_CACHES, VERSIONS, FakeLayer, Script, fake_tensorrt
from tensorrt_request import build_request

NETWORK = (
    FakeLayer("weights", "CONSTANT", "HALF", shape=(10, 10)),
    FakeLayer("attention", "ATTENTION_INPUT", "HALF"),
    FakeLayer("product", "MATRIX_MULTIPLY", "HALF", ("pixels", "weights")),
    FakeLayer("convolved", "CONVOLUTION", "HALF", ("product",)),
    FakeLayer("kept", "NORMALIZATION", "FLOAT", ("convolved",)),
)


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def script() -> Script:
    return Script(network=NETWORK)


@pytest.fixture
def onnx_file(tmp_path: Path) -> Path:
    file = tmp_path / "model.onnx"
    file.write_bytes(b"not read by the stand-in")
    return file


@pytest.fixture
def use_version(monkeypatch: pytest.MonkeyPatch, script: Script) -> Any:
    return lambda version: monkeypatch.setitem(sys.modules, "tensorrt", fake_tensorrt(version, script))


def silent() -> Execution:
    return Execution(ProgressCount(), lambda *_words: None)


def test_on_the_stand_in_an_fp16_network_becomes_an_engine_with_its_proof(
    version: str, script: Script, use_version: Any, digits_record: dict[str, Any], onnx_file: Path
) -> None:
    use_version(version)
    facts = build_tensorrt_engine(build_request(digits_record, onnx_file, onnx_file.parent, "fp16"), silent())
    assert (onnx_file.parent / "engine.plan").read_bytes() == b"plan"
    assert facts == EngineFacts(
        kind="tensorrt-engine",
        precision_proof=facts.precision_proof,
        layer_precision={"fp16": 0.8, "fp32": 0.2},
        weight_precision={"fp16": 1.0},
        activation_bytes=Bytes(4096),
        weight_bytes=Bytes(512),
        options={
            "stronglyTyped": True,
            "tf32": False,
            "workspaceBytes": 4 << 30,
            "optimizationLevel": 3,
            "timingCache": True,
            "versionCompatible": False,
            "hardwareCompatible": False,
            "profilingVerbosity": "detailed",
            "threads": 2,
            "profile": "pixels: 1x1x8x8, 8x1x8x8, 16x1x8x8",
            "decomposedAttention": 1,
            "trtexec": facts.options["trtexec"],
            "peakMemoryBytes": facts.options["peakMemoryBytes"],
        },
        tools={"tensorrt": version},
        machine=None,
    )
    assert (facts.precision_proof.holds, facts.precision_proof.label) == (True, "fp16")


@pytest.mark.parametrize(("chosen", "flags"), [(VERSIONS[0], 2), (VERSIONS[1], 0)])
def test_on_the_stand_in_10_is_asked_for_strong_typing_and_11_is_not(
    chosen: str, flags: int, script: Script, use_version: Any, digits_record: dict[str, Any], onnx_file: Path
) -> None:
    use_version(chosen)
    build_tensorrt_engine(build_request(digits_record, onnx_file, onnx_file.parent, "fp16"), silent())
    assert script.created_network_with == flags


@pytest.mark.parametrize(("precision", "tf32"), [("fp32", False), ("tf32", True), ("int8", False)])
def test_on_the_stand_in_the_tf32_switch_follows_the_label_and_is_recorded(
    version: str, precision: str, tf32: bool, use_version: Any, digits_record: dict[str, Any], onnx_file: Path
) -> None:
    use_version(version)
    facts = build_tensorrt_engine(build_request(digits_record, onnx_file, onnx_file.parent, precision), silent())
    assert facts.options["tf32"] is tf32


def test_on_the_stand_in_every_option_that_is_asked_for_is_read_back(
    version: str, use_version: Any, digits_record: dict[str, Any], onnx_file: Path
) -> None:
    use_version(version)
    asked = {"workspaceGib": 0.5, "optimizationLevel": 5, "timingCache": False, "versionCompatible": True}
    request = build_request(
        digits_record, onnx_file, onnx_file.parent, "fp16", options={**asked, "hardwareCompatible": True}
    )
    options = build_tensorrt_engine(request, silent()).options
    found = {key: options[key] for key in ("workspaceBytes", "optimizationLevel", "timingCache", "versionCompatible")}
    assert found == {
        "workspaceBytes": 1 << 29,
        "optimizationLevel": 5,
        "timingCache": False,
        "versionCompatible": True,
    }
    assert (options["hardwareCompatible"], options["hardwareLevel"]) == (True, "ampere-plus")


@pytest.mark.parametrize(
    ("level", "kept"), [(None, "AMPERE_PLUS"), ("ampere-plus", "AMPERE_PLUS"), ("same-compute-capability",) * 2]
)
def test_on_the_stand_in_an_engine_for_other_gpus_is_built_at_the_level_that_is_asked_for(
    version: str,
    script: Script,
    use_version: Any,
    digits_record: dict[str, Any],
    onnx_file: Path,
    level: str | None,
    kept: str,
) -> None:
    use_version(version)
    asked = {"hardwareCompatible": True, **({} if level is None else {"hardwareLevel": level})}
    request = build_request(digits_record, onnx_file, onnx_file.parent, "fp16", options=asked)
    options = build_tensorrt_engine(request, silent()).options
    assert (options["hardwareCompatible"], options["hardwareLevel"]) == (True, level or "ampere-plus")
    assert script.hardware_level == kept.replace("-", "_").upper()


def test_on_the_stand_in_a_level_alone_builds_for_this_card_only(
    version: str, script: Script, use_version: Any, digits_record: dict[str, Any], onnx_file: Path
) -> None:
    use_version(version)
    asked = {"hardwareLevel": "same-compute-capability"}
    options = build_tensorrt_engine(
        build_request(digits_record, onnx_file, onnx_file.parent, "fp16", options=asked), silent()
    ).options
    assert (options["hardwareCompatible"], "hardwareLevel" in options, script.hardware_level) == (False, False, None)


def test_on_the_stand_in_the_timing_cache_is_kept_for_the_next_build(
    version: str, use_version: Any, digits_record: dict[str, Any], onnx_file: Path, tmp_path: Path
) -> None:
    use_version(version)
    kept = tmp_path / "timing" / "gpu.cache"
    request = build_request(digits_record, onnx_file, tmp_path, "fp16", timingCacheFile=str(kept))
    build_tensorrt_engine(request, silent())
    assert kept.read_bytes() == b"timings"


def given_cache(record: dict[str, Any], onnx_file: Path, file: Path) -> Any:
    given = {"timingCacheFile": str(file)}
    return build_request(record, onnx_file, onnx_file.parent, "fp16", options=given, **given)


def test_on_the_stand_in_a_timing_cache_that_the_user_names_is_read_and_written(
    version: str, use_version: Any, digits_record: dict[str, Any], onnx_file: Path, tmp_path: Path
) -> None:
    use_version(version)
    given = tmp_path / "mine.cache"
    build_tensorrt_engine(given_cache(digits_record, onnx_file, given), silent())
    assert given.read_bytes() == b"timings"


def test_on_the_stand_in_a_timing_cache_that_the_user_names_goes_from_one_build_to_the_next(
    version: str, use_version: Any, digits_record: dict[str, Any], onnx_file: Path, tmp_path: Path, script: Script
) -> None:
    use_version(version)
    given = tmp_path / "caches" / "mine.cache"
    for imported in (b"", b"timings"):
        build_tensorrt_engine(given_cache(digits_record, onnx_file, given), silent())
        assert (script.imported_timings, given.read_bytes(), list(given.parent.iterdir())) == (
            imported,
            b"timings",
            [given],
        )


def test_on_the_stand_in_a_cache_that_cannot_be_written_stays_as_it_was(
    version: str,
    use_version: Any,
    digits_record: dict[str, Any],
    onnx_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use_version(version)
    given = tmp_path / "mine.cache"
    given.write_bytes(b"from before")
    written = Path.write_bytes

    def write_half(self: Path, content: bytes) -> int:
        if not self.name.endswith(".part"):
            return written(self, content)
        written(self, content[:3])
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", write_half)
    with pytest.raises(OSError, match="No space left"):
        build_tensorrt_engine(given_cache(digits_record, onnx_file, given), silent())
    assert given.read_bytes() == b"from before"
    assert [file.name for file in tmp_path.iterdir() if file.name.endswith(".part")] == []


@pytest.mark.parametrize(
    ("content", "words", "why"),
    [
        (
            b"of another card",
            "Timing cache header mismatch: UUID = GPU-1, Runtime device: UUID = GPU-2",
            "was made on another GPU or by another version of TensorRT",
        ),
        (b"damaged", None, "is cut short or damaged, or is not a timing cache of TensorRT"),
        *(
            (content, said, why)
            for content, why in (
                (b"cut sh", "is cut short or damaged, or is not a timing cache of TensorRT"),
                (b"older", "was made by another version of TensorRT"),
            )
            for said in ["\n".join(UNREADABLE_TIMING_CACHES[content])]
        ),
    ],
)
def test_on_the_stand_in_a_timing_cache_that_cannot_be_used_is_refused_and_left_as_it_is(
    version: str,
    script: Script,
    use_version: Any,
    digits_record: dict[str, Any],
    onnx_file: Path,
    tmp_path: Path,
    content: bytes,
    words: str | None,
    why: str,
) -> None:
    use_version(version)
    script.timing_cache_words = None if content in UNREADABLE_TIMING_CACHES else words
    given = tmp_path / "mine.cache"
    given.write_bytes(content)
    with pytest.raises(BenchError) as caught:
        build_tensorrt_engine(given_cache(digits_record, onnx_file, given), silent())
    record = caught.value.record
    assert (record.code, record.message, record.remedy, record.cause, given.read_bytes()) == (
        "bad-usage",
        f"The timing cache mine.cache {why}. It was left as it is.",
        "Name a cache of this GPU and version, or a new file, which the build will make.",
        words,
        content,
    )
    assert sorted(file.name for file in onnx_file.parent.iterdir()) == ["log.txt", "mine.cache", "model.onnx"]


def test_on_the_stand_in_the_apps_own_cache_of_another_card_only_costs_time(
    version: str, script: Script, use_version: Any, digits_record: dict[str, Any], onnx_file: Path, tmp_path: Path
) -> None:
    use_version(version)
    script.timing_cache_words = "Timing cache header mismatch"
    kept = tmp_path / "gpu.cache"
    kept.write_bytes(b"of another card")
    request = build_request(digits_record, onnx_file, tmp_path, "fp16", timingCacheFile=str(kept))
    build_tensorrt_engine(request, silent())
    assert "The timing cache could not be used" in (tmp_path / "log.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (
            "CUDA initialization failure with error: 100. Please check your CUDA installation",
            "Check the driver with nvidia-smi, and restart the machine after a driver update; then start again.",
        ),
        (
            "CUDA initialization failure with error: 35. Please check your CUDA installation",
            "Update the NVIDIA driver.",
        ),
    ],
)
def test_on_the_stand_in_a_driver_that_vanished_between_two_builds_is_told(
    version: str,
    script: Script,
    use_version: Any,
    digits_record: dict[str, Any],
    onnx_file: Path,
    tmp_path: Path,
    words: str,
    remedy: str,
) -> None:
    use_version(version)
    kept = tmp_path / "gpu.cache"
    request = build_request(digits_record, onnx_file, tmp_path, "fp16", timingCacheFile=str(kept))
    build_tensorrt_engine(request, silent())
    (tmp_path / "engine.plan").unlink()
    script.builder_words = words
    with pytest.raises(BenchError) as caught:
        build_tensorrt_engine(request, silent())
    record = caught.value.record
    assert (record.code, record.message, record.remedy) == (
        "backend-unavailable",
        f"TensorRT {version} cannot start a build: {words}",
        remedy,
    )
    assert (kept.read_bytes(), sorted(file.name for file in tmp_path.iterdir())) == (
        b"timings",
        ["gpu.cache", "log.txt", "model.onnx"],
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("[utils.cpp::check::9] Error Code 1: Cuda Runtime (an illegal memory access was encountered)", "gpu-faulted"),
        ("[check.cpp::catchCudaError::202] Error Code 1: Cuda Runtime (unspecified launch failure)", "gpu-faulted"),
        ("Error Code 1: Cuda Runtime (no CUDA-capable device is detected)", "gpu-lost"),
        ("Error Code 1: Cuda Runtime (GPU is lost)", "gpu-lost"),
    ],
)
def test_tensorrt_fault_06_a_gpu_that_breaks_in_a_build_is_not_used_again_by_this_process(
    version: str,
    script: Script,
    use_version: Any,
    digits_record: dict[str, Any],
    onnx_file: Path,
    words: str,
    code: str,
) -> None:
    use_version(version)
    script.build_words = words
    with pytest.raises(BenchError) as caught:
        build_tensorrt_engine(build_request(digits_record, onnx_file, onnx_file.parent, "fp16"), silent())
    record = caught.value.record
    assert (record.code, record.cause, breaks_the_device(caught.value)) == (code, words, True)
    assert not (onnx_file.parent / "engine.plan").exists()


def test_tensorrt_fault_03_a_version_compatible_engine_is_inspected_after_its_build(
    version: str,
    script: Script,
    use_version: Any,
    digits_record: dict[str, Any],
    onnx_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("enginebench_worker.tensorrt_engine.engine_build.cuda_device_count", lambda: 1)
    script.engine.has_host_code = True
    use_version(version)
    request = build_request(digits_record, onnx_file, onnx_file.parent, "fp16", options={"versionCompatible": True})
    assert build_tensorrt_engine(request, silent()).activation_bytes == Bytes(1000)


def test_a_version_that_is_not_supported_is_refused_with_those_that_are(
    script: Script, monkeypatch: pytest.MonkeyPatch, digits_record: dict[str, Any], onnx_file: Path
) -> None:
    module = fake_tensorrt(VERSIONS[0], script)
    module.__version__ = "10.13.3.9"
    monkeypatch.setitem(sys.modules, "tensorrt", module)
    with pytest.raises(BenchError) as caught:
        build_tensorrt_engine(build_request(digits_record, onnx_file, onnx_file.parent), silent())
    assert (caught.value.record.code, caught.value.record.message) == (
        "backend-unavailable",
        "TensorRT 10.13.3.9 is installed; 10.14 or later, or 11 is needed.",
    )


def test_on_the_stand_in_a_cancelled_build_leaves_its_log_alone(
    version: str, use_version: Any, digits_record: dict[str, Any], onnx_file: Path
) -> None:
    use_version(version)
    execution = silent()
    execution.cancel()
    folder = onnx_file.parent
    with pytest.raises(Cancelled):
        build_tensorrt_engine(build_request(digits_record, onnx_file, folder, "fp16"), execution)
    assert sorted(file.name for file in folder.iterdir()) == ["log.txt", "model.onnx"]


def test_a_disk_that_fills_while_the_engine_is_written_is_told_and_leaves_none(
    version: str, use_version: Any, digits_record: dict[str, Any], onnx_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_version(version)
    opened = Path.open

    def open_full(self: Path, mode: str = "r", *words: Any, **named: Any) -> Any:
        file = opened(self, mode, *words, **named)
        if self.name.endswith(".part") and mode == "wb":
            file.close()
            raise OSError(errno.ENOSPC, "No space left on device", str(self))
        return file

    monkeypatch.setattr(Path, "open", open_full)
    with pytest.raises(OSError, match="No space left") as caught:
        build_tensorrt_engine(build_request(digits_record, onnx_file, onnx_file.parent, "fp16"), silent())
    assert caught.value.errno == errno.ENOSPC
    assert sorted(file.name for file in onnx_file.parent.iterdir()) == ["log.txt", "model.onnx"]


def test_on_the_stand_in_an_engine_that_contradicts_its_network_proves_nothing(
    version: str,
    script: Script,
    use_version: Any,
    digits_record: dict[str, Any],
    onnx_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("enginebench_worker.tensorrt_engine.engine_build.cuda_device_count", lambda: 1)
    key = "Format/Datatype" if version.startswith("10") else "Datatype"
    floats = [{"Name": "a", key: "Row major linear FP32" if version.startswith("10") else "Float"}]
    script.inspector = {"Layers": [{"Name": "product", "LayerType": "gemm", "Inputs": floats, "Outputs": floats}]}
    use_version(version)
    facts = build_tensorrt_engine(build_request(digits_record, onnx_file, onnx_file.parent, "fp16"), silent())
    assert (facts.precision_proof.holds, facts.precision_proof.label, facts.activation_bytes, facts.weight_bytes) == (
        False,
        "fp16 in the network, but the engine computes in fp32",
        Bytes(1000),
        Bytes(500),
    )


@pytest.mark.parametrize("removed", ["BuilderFlag", "NetworkDefinitionCreationFlag"])
def test_the_stand_in_for_11_lacks_what_11_removed(removed: str) -> None:
    older, newer = (getattr(fake_tensorrt(version, Script()), removed) for version in VERSIONS)
    gone = {"BuilderFlag": "FP16", "NetworkDefinitionCreationFlag": "EXPLICIT_BATCH"}[removed]
    assert (hasattr(older, gone), hasattr(newer, gone)) == (True, False)
