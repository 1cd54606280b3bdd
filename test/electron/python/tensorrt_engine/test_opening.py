"""Engine files that cannot be opened, one row each: what TensorRT says, what a person reads, and that nothing is left
behind. The sentences are TensorRT's own."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from enginebench_worker.errors import BenchError
from enginebench_worker.tensorrt_engine.engine_case import load_engine_case
from enginebench_worker.tensorrt_engine.failures import opening_refusal, running_failure
from enginebench_worker.wire.domain import WorkerCase
from fake_cuda import FakeCuda
from fake_tensorrt import Script

SERIALIZATION = "IRuntime::deserializeCudaEngine: Error Code 1: Serialization (Serialization assertion {} failed.{})"
API_USAGE = "IRuntime::deserializeCudaEngine: Error Code 6: API Usage Error ({})"
MAGIC = SERIALIZATION.format("magicTagRead == kMAGIC_TAG", "Magic tag does not match")

ROWS: dict[str, tuple[str, str, str, str]] = {
    "truncated": (
        SERIALIZATION.format("plan.header.size == blobSize", ""),
        "bad-model-file",
        "The engine engine.plan is cut short, or has bytes that do not belong to it.",
        "Convert the model again, or copy the file again.",
    ),
    "built by an older version": (
        SERIALIZATION.format(
            "stdVersionRead == kSERIALIZATION_VERSION",
            "Version tag does not match. Note: Current Version: 239, Serialized Engine Version: 237",
        ),
        "bad-model-file",
        "The engine engine.plan was built by an older version of TensorRT (format 237; the installed version reads "
        "239).",
        "Convert the model again, or install the version that built it.",
    ),
    "built by a newer version": (
        SERIALIZATION.format(
            "stdVersionRead == kSERIALIZATION_VERSION",
            "Version tag does not match. Note: Current Version: 237, Serialized Engine Version: 239",
        ),
        "bad-model-file",
        "The engine engine.plan was built by a newer version of TensorRT (format 239; the installed version reads "
        "237).",
        "Convert the model again, or install the version that built it.",
    ),
    "built by a named version": (
        API_USAGE.format(
            "The engine plan file is not compatible with this version of TensorRT, expecting library version "
            "10.14.1.48 got 10.3.0.26, please rebuild."
        ),
        "bad-model-file",
        "The engine engine.plan was built by TensorRT 10.3.0.26, but TensorRT 10.14.1.48 is installed.",
        "Convert the model again, or install the version that built it.",
    ),
    "built by a version that is not named": (
        API_USAGE.format(
            "The engine plan file is not compatible with this version of TensorRT, expecting library version "
            "10.12.0.36 got ."
        ),
        "bad-model-file",
        "The engine engine.plan was built by another version of TensorRT.",
        "Convert the model again, or install the version that built it.",
    ),
    "built for another GPU": (
        API_USAGE.format(
            "The engine plan file is generated on an incompatible device, expecting compute 8.9 got compute 8.6, "
            "please rebuild."
        ),
        "bad-model-file",
        "The engine engine.plan was built for a GPU of compute capability 8.6, but this GPU has 8.9.",
        "Convert the model again on this machine: engines are not portable.",
    ),
    "hardware compatible, for a newer GPU": (
        API_USAGE.format(
            "The current device is not compatible with this hardware-compatible engine. Expected compute capability "
            ">= 8.0"
        ),
        "bad-model-file",
        "The engine engine.plan needs a GPU of compute capability 8.0 or higher.",
        "Convert the model again on this machine: engines are not portable.",
    ),
    "of TensorRT-RTX, for another GPU": (
        "The engine cannot run on this GPU, which has compute capability 9.0. Supported compute capabilities: 8.6 8.9",
        "bad-model-file",
        "The engine engine.plan cannot run on this GPU, which has compute capability 9.0.",
        "Convert the model again on this machine: engines are not portable.",
    ),
    "built for another operating system": (
        SERIALIZATION.format(
            "plan->header.pad == expectedPlatformTag",
            "Platform specific tag mismatch detected. TensorRT plan files are only supported on the target runtime "
            "platform they were created on.",
        ),
        "bad-model-file",
        "The engine engine.plan was built for another operating system or processor.",
        "Convert the model again on this machine: engines are not portable.",
    ),
    "a driver that is too old": (
        "IRuntime::deserializeCudaEngine: Error Code 1: Cuda Runtime (In catchCudaError, cudaError 35: CUDA driver "
        "version is insufficient for CUDA runtime version)",
        "backend-unavailable",
        "The engine engine.plan needs a newer NVIDIA driver than the installed one.",
        "Update the NVIDIA driver. The engine itself is not damaged.",
    ),
    "a driver that vanished": (
        API_USAGE.format("CUDA initialization failure with error: 100. Please check your CUDA installation"),
        "gpu-lost",
        "The engine engine.plan cannot be opened, since the NVIDIA driver no longer answers.",
        "Check the driver with nvidia-smi; restart the machine after a driver update. "
        "The engine itself is not damaged.",
    ),
    "memory that is too small": (
        "[defaultAllocator.cpp::allocate::31] Error Code 1: Cuda Runtime (out of memory)",
        "out-of-memory-gpu",
        "The engine engine.plan does not fit into the free memory of the GPU.",
        "Close other programs that use the GPU, use a smaller batch, or choose a GPU with more memory.",
    ),
    "a plugin that is not there": (
        "IRuntime::deserializeCudaEngine: Error Code 4: API Usage Error (Cannot deserialize plugin since corresponding "
        "IPluginCreatorInterface not found in Plugin Registry)",
        "unsupported-operator",
        "The engine engine.plan needs a plugin that TensorRT does not have.",
        "If you trust its maker, name its library: convert, artifacts add and inspect take --plugin FILE.",
    ),
    "the lean runtime is not there": (
        "Error Code 6: API Usage Error (Runtime load failed: could not create lean runtime libnvinfer_lean.so.10)",
        "backend-unavailable",
        "The engine engine.plan needs TensorRT's lean runtime, which could not be loaded.",
        "Install TensorRT's lean runtime in this environment, or convert the model without version compatibility.",
    ),
    "host code that nobody allowed": (
        "Error Code 4: API Usage Error (Cannot deserialize engine with lean runtime since "
        "IRuntime::getEngineHostCodeAllowed() is false.)",
        "untrusted-engine",
        "The engine engine.plan carries host code, which may run only with your consent.",
        "Adopt the engine, if you trust its source; or convert the model here.",
    ),
    "a reason that nobody has seen": (
        "[engine.cpp::deserialize::12] Error Code 4: Internal Error (The moon is in the wrong house)",
        "bad-model-file",
        "TensorRT 11 cannot open the engine engine.plan: The moon is in the wrong house.",
        "Convert the model again on this machine.",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_tensorrt_fault_07_a_refusal_says_what_to_do_and_keeps_the_librarys_words(row: str) -> None:
    words, code, message, remedy = ROWS[row]
    generic = "[runtime.cpp::deserializeCudaEngine::65] Error Code 4: Internal Error (Engine deserialization failed.)"
    lines = [words] if row == "a reason that nobody has seen" else [words, generic]
    record = opening_refusal(lines, "TensorRT 11", "engine.plan").record
    assert (record.code, record.stage, record.message, record.remedy, record.cause) == (
        code,
        "load",
        message,
        remedy,
        "\n".join(lines),
    )


def test_a_driver_that_is_too_old_for_tensorrt_to_start_is_told_and_nothing_is_opened(
    version: str, script: Script, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase], engine_file: Path
) -> None:
    script.engine.runtime_words = "CUDA initialization failure with error: 35. Please check your CUDA installation"
    cuda = use(version)
    with pytest.raises(BenchError) as caught:
        load_engine_case(case_of(), engine_file)
    record = caught.value.record
    assert (record.code, record.message, record.remedy, script.opened, cuda.held) == (
        "backend-unavailable",
        "The engine engine.plan needs a newer NVIDIA driver than the installed one.",
        "Update the NVIDIA driver. The engine itself is not damaged.",
        None,
        0,
    )


def noise(size: int) -> bytes:
    return random.Random(1).randbytes(size)


FOREIGN: dict[str, tuple[bytes, str]] = {
    "encrypted": (noise(1 << 16), " Its bytes look encrypted or compressed: decrypt or unpack it first."),
    "an engine of TensorRT-RTX": (
        b"vtrt" + bytes(99),
        " It is an engine of TensorRT-RTX, which TensorRT does not open.",
    ),
    "a Git LFS pointer": (
        b"version https://git-lfs.github.com/spec/v1\n",
        " It is a Git LFS pointer; the file itself was not downloaded.",
    ),
    "a PyTorch file": (b"PK\x03\x04" + bytes(99), " It is a ZIP archive, as PyTorch's .pt files are."),
    "an ONNX file": (b"\x08\x08\x12" + bytes(99), " It is probably an ONNX file."),
    "a web page": (b"<!DOCTYPE html>", " It is a web page or XML file."),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_file_that_is_no_engine_is_named_for_what_it_is(
    version: str,
    script: Script,
    use: Callable[..., FakeCuda],
    case_of: Callable[..., WorkerCase],
    engine_file: Path,
    kind: str,
) -> None:
    content, instead = FOREIGN[kind]
    engine_file.write_bytes(content)
    script.engine.opens, script.engine.opening = False, [("ERROR", MAGIC)]
    cuda = use(version)
    with pytest.raises(BenchError) as caught:
        load_engine_case(case_of(), engine_file)
    record = caught.value.record
    assert (record.code, record.message, record.remedy, record.cause, cuda.held) == (
        "bad-model-file",
        f"The engine engine.plan is not a TensorRT engine.{instead}",
        "Choose another file, or convert the model here.",
        MAGIC,
        0,
    )
    assert (engine_file.read_bytes(), list(engine_file.parent.iterdir())) == (content, [engine_file])


def test_an_unknown_file_without_a_magic_tag_is_refused_in_general_words(
    version: str, script: Script, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase], engine_file: Path
) -> None:
    script.engine.opens, script.engine.opening = False, [("ERROR", MAGIC)]
    use(version)
    with pytest.raises(BenchError, match="is not a TensorRT engine, or comes from a version with another format"):
        load_engine_case(case_of(), engine_file)


def test_an_empty_engine_is_refused_before_tensorrt_sees_it(
    version: str, script: Script, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase], engine_file: Path
) -> None:
    engine_file.write_bytes(b"")
    cuda = use(version)
    with pytest.raises(BenchError, match=r"The engine engine\.plan is empty\.") as caught:
        load_engine_case(case_of(), engine_file)
    record = caught.value.record
    assert (record.code, record.remedy, script.opened, cuda.held) == (
        "bad-model-file",
        "Convert the model again, or copy the file again.",
        None,
        0,
    )


def test_a_plan_that_is_larger_than_the_gpus_memory_is_refused_before_tensorrt_copies_it(
    version: str, script: Script, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase], engine_file: Path
) -> None:
    with engine_file.open("wb") as file:
        file.truncate(3_000_000_000)  # takes no room on the disk
    cuda = use(version)
    cuda.gpu_bytes = 2_000_000_000
    with pytest.raises(BenchError) as caught:
        load_engine_case(case_of(), engine_file)
    record = caught.value.record
    assert (record.code, record.message, record.remedy, script.opened, cuda.held) == (
        "out-of-memory-gpu",
        "The engine engine.plan has 3.0 GB, more than the GPU's whole memory of 2.0 GB.",
        "Use a smaller model, or a GPU with more memory.",
        None,
        0,
    )


def test_tensorrt_fault_14_the_header_that_ultralytics_writes_is_skipped_and_shown(
    version: str, script: Script, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase], engine_file: Path
) -> None:
    header = {"description": "Ultralytics YOLO11n model", "version": "8.4.190", "task": "detect", "names": {"0": "cat"}}
    told = json.dumps(header).encode()
    engine_file.write_bytes(len(told).to_bytes(4, "little", signed=True) + told + b"plan")
    use(version)
    loaded = load_engine_case(case_of(), engine_file)
    assert (script.opened, loaded.notes[:-1]) == (
        b"plan",
        (
            "The file begins with a header by Ultralytics, which was skipped: description Ultralytics YOLO11n model, "
            "version 8.4.190, task detect.",
        ),
    )


@pytest.mark.parametrize("begins", [b'\x05\x00\x00\x00{"a"plan', b"\xff\xff\xff\x7f{plan", b"ftrt\x00\x00plan", b"pl"])
def test_bytes_that_only_look_like_a_header_belong_to_the_plan(
    script: Script, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase], engine_file: Path, begins: bytes
) -> None:
    engine_file.write_bytes(begins)
    use("11.4.0.106")
    load_engine_case(case_of(), engine_file)
    assert script.opened == begins


def test_a_query_that_tensorrt_refuses_without_a_word_says_so() -> None:
    record = running_failure([]).record
    assert (record.message, record.cause) == ("TensorRT did not run the engine, and gave no reason.", None)
