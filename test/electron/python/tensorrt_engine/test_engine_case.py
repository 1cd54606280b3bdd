"""Running an engine against stand-ins for TensorRT (of both majors) and for CUDA: the order of calls, the buffers, the
words of refusals. That an engine computes rightly, or fast, is not shown here: that takes a GPU."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from enginebench_worker.backends.tensorrt_backend import TensorRt
from enginebench_worker.errors import BenchError, breaks_the_device, describe_failure
from enginebench_worker.tensorrt_engine import library
from enginebench_worker.tensorrt_engine import probe as probe_module
from enginebench_worker.tensorrt_engine.cuda_stream import CudaError, CudaStream
from enginebench_worker.tensorrt_engine.engine_case import EngineCase, load_engine_case
from enginebench_worker.tensorrt_engine.library import open_library
from enginebench_worker.tensorrt_engine.library_log import BUILT_FOR_OTHER_MODEL
from enginebench_worker.tensorrt_engine.probe import Probe
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.commands import MeasureMemory, Prepare
from enginebench_worker.wire.domain import Bytes, Feed, LayerTime, ModelManifest, WorkerCase
from fake_cuda import FakeCuda, Status
from fake_tensorrt import VERSIONS, Script
from fake_tensorrt_engine import FakeEngine, FakeIo
from mixed_inputs import detector_record

HALF_LAYERS = {"Layers": [{"Name": "product", "LayerType": "gemm", "Outputs": [{"Format/Datatype": "FP16"}]}]}


def images(count: int) -> np.ndarray:
    return np.arange(count * 64, dtype=np.float32).reshape(count, 1, 8, 8)


def load(case: WorkerCase) -> EngineCase:
    return load_engine_case(case, Path(case.engine_file or ""))


def refusal(case: WorkerCase) -> tuple[str, str]:
    with pytest.raises(BenchError) as caught:
        load(case)
    return caught.value.record.code, caught.value.record.message


def test_with_stand_ins_a_query_copies_in_runs_copies_out_and_waits(
    version: str, script: Script, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase]
) -> None:
    cuda = use(version)
    loaded = load(case_of())
    cuda.calls.clear()
    [logits] = loaded.query(images(8))
    np.testing.assert_array_equal(logits, images(8).reshape(8, 64) * 2)
    assert (cuda.calls, script.streams, script.opened) == (
        ["cudaMemcpyAsync", "cudaMemcpyAsync", "cudaStreamSynchronize"],
        [7],
        b"plan",
    )


def test_with_stand_ins_what_a_query_gave_is_not_changed_by_the_next(
    version: str, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase]
) -> None:
    use(version)
    loaded = load(case_of())
    [first] = loaded.query(images(8))
    loaded.query(images(8) + 1)
    np.testing.assert_array_equal(first, images(8).reshape(8, 64) * 2)


def test_with_stand_ins_a_cuda_graph_is_recorded_once_and_launched_for_each_query(
    version: str, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase]
) -> None:
    cuda = use(version)
    loaded = load(case_of(options={"cudaGraph": True}))
    recorded = cuda.calls.count("cudaStreamBeginCapture")
    cuda.calls.clear()
    loaded.query(images(8))
    assert (recorded, cuda.calls) == (1, ["cudaGraphLaunch", "cudaStreamSynchronize"])


@pytest.mark.parametrize("options", [{}, {"cudaGraph": True}])
def test_with_stand_ins_the_parts_of_a_query_come_in_order_and_give_what_a_query_gives(
    version: str, options: dict[str, Any], use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase]
) -> None:
    cuda = use(version)
    loaded, seen = load(case_of(options=options)), list[str]()
    loaded.query_in_parts(images(8), lambda name: contextlib.nullcontext())
    cuda.calls.clear()

    @contextlib.contextmanager
    def part(name: str) -> Iterator[None]:
        yield
        seen.extend([name, *cuda.calls])
        cuda.calls.clear()

    [logits] = loaded.query_in_parts(images(8), part)
    if not options:  # a recorded graph of the stand-in computes nothing
        np.testing.assert_array_equal(logits, images(8).reshape(8, 64) * 2)
    compute = ["cudaGraphLaunch"] if options else []
    copies = ["host-to-device", "cudaMemcpyAsync", "compute", *compute, "device-to-host", "cudaMemcpyAsync"]
    assert seen == [*copies, "cudaStreamSynchronize"]


@pytest.mark.parametrize(("options", "calls"), [({}, []), ({"cudaGraph": True}, ["cudaGraphLaunch"])])
def test_with_stand_ins_enqueueing_is_one_call_and_waits_for_nothing(
    version: str,
    options: dict[str, Any],
    calls: list[str],
    script: Script,
    use: Callable[..., FakeCuda],
    case_of: Callable[..., WorkerCase],
) -> None:
    cuda = use(version)
    enqueue = load(case_of(options=options)).ready_to_enqueue(images(8))
    cuda.calls.clear()
    script.streams.clear()
    enqueue()
    assert (cuda.calls, len(script.streams)) == (calls, 0 if options else 1)


@pytest.mark.parametrize("options", [{}, {"cudaGraph": True}])
def test_with_stand_ins_the_device_tells_its_parts_by_its_own_events(
    version: str, options: dict[str, Any], use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase]
) -> None:
    cuda = use(version)
    loaded = load(case_of(options=options))
    parts = [loaded.device_part_ms(images(8)) for _ in range(2)]
    assert parts == [{"host-to-device": 0.2, "compute": 0.3, "device-to-host": 0.4}] * 2
    loaded.close()
    assert cuda.held == 0


def test_tensorrt_fault_16_the_profiler_tells_each_layers_median_and_kind_and_a_repeated_name_is_summed(
    version: str, script: Script, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase]
) -> None:
    script.inspector = HALF_LAYERS
    script.layer_times = (("product", 0.25), ("Reformat", 0.5), ("product", 0.75))
    use(version)
    loaded = load(case_of())
    script.streams.clear()
    profile = loaded.profile_layers([images(8), images(8)], 3)
    assert profile.layers == (LayerTime("product", "gemm", 2.0), LayerTime("Reformat", "layer", 1.0))
    script.streams.clear()
    assert len(loaded.query(images(8))) == 1


@pytest.mark.parametrize("options", [{}, {"cudaGraph": True}])
def test_with_stand_ins_closing_frees_all_that_was_held(
    version: str, options: dict[str, Any], use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase]
) -> None:
    cuda = use(version)
    loaded = load(case_of(options=options))
    held = cuda.held
    loaded.close()
    assert (held >= 5, cuda.held) == (True, 0)


def test_with_stand_ins_the_precision_is_what_the_inspector_tells(
    script: Script, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase]
) -> None:
    script.inspector = HALF_LAYERS
    use(VERSIONS[0])
    proofs = [load(case_of(precision)).prove_precision(images(8)) for precision in ("fp16", "fp32")]
    assert [(proof.holds, proof.label) for proof in proofs] == [(True, "fp16"), (False, "computed in fp16")]


def test_fault_17_fp16_that_the_library_ignored_is_not_labelled_fp16(
    version: str, script: Script, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase]
) -> None:
    tensors = [{"Format/Datatype": "Float", "Datatype": "Float"}]
    script.inspector = {"Layers": [{"Name": "product", "LayerType": "gemm", "Outputs": tensors}]}
    use(version)
    proof = load(case_of("fp16")).prove_precision(images(8))
    assert (proof.holds, proof.label) == (False, "fp32 or tf32")


def test_with_stand_ins_an_inspector_that_tells_nothing_proves_nothing(
    version: str, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase]
) -> None:
    use(version)
    proof = load(case_of()).prove_precision(images(8))
    assert (proof.holds, proof.label) == (False, "not told by the engine")


def test_with_stand_ins_the_declared_memory_is_that_of_activations_and_weights(
    version: str, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase]
) -> None:
    use(version)
    assert load(case_of()).engine_declared == Bytes(1500)


def test_with_stand_ins_a_batch_outside_the_profile_is_refused(
    version: str, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase]
) -> None:
    cuda = use(version)
    assert refusal(case_of(batchSize=32)) == (
        "batch-outside-profile",
        "The engine was built for inputs of 1x1x8x8 to 16x1x8x8, but the case asks for 32x1x8x8.",
    )
    assert cuda.held == 0


@pytest.mark.parametrize(
    ("call", "status", "expected"),
    [
        ("cudaMalloc", Status.cudaErrorMemoryAllocation, ("out-of-memory-gpu", "load", False)),
        ("cudaStreamCreateWithFlags", Status.cudaErrorIllegalAddress, ("gpu-faulted", "load", True)),
    ],
)
def test_with_stand_ins_a_failing_call_is_told_and_frees_what_was_held(
    call: str,
    status: Status,
    expected: tuple[str, str, bool],
    use: Callable[..., FakeCuda],
    case_of: Callable[..., WorkerCase],
) -> None:
    cuda = use(VERSIONS[1], {call: status})
    with pytest.raises(CudaError) as caught:
        load(case_of())
    record = describe_failure(Prepare(1, case_of()), caught.value)
    assert (record.code, record.stage, breaks_the_device(caught.value)) == expected
    assert cuda.held == 0


def test_with_stand_ins_an_engine_that_does_not_run_fails_the_command_that_asked_with_the_librarys_words(
    version: str, script: Script, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase]
) -> None:
    use(version)
    loaded = load(case_of())
    script.engine.run_words = (
        "IExecutionContext::enqueueV3: Error Code 1: Cask (Cask convolution execution) at tensor logits"
    )
    with pytest.raises(BenchError) as caught:
        loaded.query(images(8))
    record = describe_failure(MeasureMemory(1, 1), caught.value)
    assert (record.code, record.stage, record.cause, breaks_the_device(caught.value)) == (
        "inference-failed",
        "memory",
        script.engine.run_words,
        False,
    )


def test_with_stand_ins_memory_that_runs_out_in_a_query_is_told_as_such(
    version: str, script: Script, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase]
) -> None:
    use(version)
    loaded = load(case_of())
    script.engine.run_words = (
        "[defaultAllocator.cpp::allocate::31] Error Code 1: Cuda Runtime (out of memory) "
        "Requested amount of GPU memory (1024 bytes) could not be allocated."
    )
    with pytest.raises(BenchError) as caught:
        loaded.query(images(8))
    assert describe_failure(MeasureMemory(1, 1), caught.value).code == "out-of-memory-gpu"


def test_fault_04_a_device_that_tensorrt_broke_is_seen_by_waiting_and_never_used_again(
    version: str, script: Script, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase]
) -> None:
    cuda = use(version)
    loaded = load(case_of())
    script.engine.run_words = "Error Code 1: Myelin (myelinGraphExecute failed)"
    script.engine.on_run = lambda: setattr(cuda, "device_fault", Status.cudaErrorIllegalAddress)
    with pytest.raises(CudaError) as caught:
        loaded.query(images(8))
    record = describe_failure(MeasureMemory(1, 1), caught.value)
    assert (record.code, "myelinGraphExecute failed" in (record.cause or "")) == ("gpu-faulted", True)
    assert breaks_the_device(caught.value)
    loaded.close()
    assert cuda.held == 0


def test_tensorrt_fault_06_a_fault_that_only_tensorrt_saw_is_a_fault(
    version: str, script: Script, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase]
) -> None:
    use(version)
    loaded = load(case_of())
    script.engine.run_words = "Error Code 1: Cuda Runtime (an illegal memory access was encountered)"
    with pytest.raises(CudaError) as caught:
        loaded.query(images(8))
    assert breaks_the_device(caught.value)


def test_tensorrt_fault_06_an_earlier_error_of_this_runtime_does_not_make_a_healthy_device_faulted(
    version: str, script: Script, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase]
) -> None:
    cuda = use(version)
    loaded = load(case_of())
    cuda._last_error = Status.cudaErrorStreamCaptureInvalidated
    script.engine.run_words = "Error Code 3: API Usage Error (Parameter check failed)"
    with pytest.raises(BenchError) as caught:
        loaded.query(images(8))
    assert not breaks_the_device(caught.value)


def test_tensorrt_fault_06_no_code_of_the_worker_asks_a_runtime_for_its_last_error() -> None:
    package = Path(load_engine_case.__code__.co_filename).parents[1]
    asking = [file.name for file in package.rglob("*.py") if "LastError" in file.read_text(encoding="utf-8")]
    assert asking == []


def test_tensorrt_fault_15_a_failed_capture_tells_its_cause_and_that_the_stream_is_usable(
    version: str,
    script: Script,
    use: Callable[..., FakeCuda],
    case_of: Callable[..., WorkerCase],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cuda = use(version)
    runs = sys.modules["tensorrt"].IExecutionContext.execute_async_v3

    def synchronizing(self: Any, stream_handle: int) -> bool:
        """As a plugin that waits for the stream: the capture becomes invalid, and TensorRT logs why."""
        status, *_ = cuda.cudaStreamSynchronize(stream_handle)
        if int(status):
            words = "Error Code 1: Cuda Runtime (operation not permitted when stream is capturing)"
            self._logger.log(sys.modules["tensorrt"].ILogger.Severity.ERROR, words)
            return False
        return runs(self, stream_handle)

    monkeypatch.setattr(sys.modules["tensorrt"].IExecutionContext, "execute_async_v3", synchronizing)
    code, message = refusal(case_of(options={"cudaGraph": True}))
    assert (code, message) == (
        "capture-refused",
        "This engine cannot be recorded as a CUDA graph for the input 8x1x8x8: operation not permitted when stream is "
        "capturing. The GPU and its stream are still usable.",
    )
    assert (cuda.held, cuda.calls.count("cudaStreamEndCapture")) == (0, 1)


def test_tensorrt_fault_15_a_call_of_ours_that_breaks_the_capture_is_named_and_the_stream_works_afterwards() -> None:
    cuda = FakeCuda()
    stream = CudaStream(cuda)
    with pytest.raises(CudaError, match="cudaErrorStreamCaptureUnsupported"):
        stream.capture(stream.synchronize)
    stream.synchronize()
    stream.capture(lambda: None)()
    assert cuda.calls[-1] == "cudaGraphLaunch"


def test_tensorrt_fault_03_an_engine_with_host_code_of_our_own_opens(
    version: str, script: Script, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase]
) -> None:
    script.engine.has_host_code = True
    use(version)
    assert len(load(case_of()).query(images(8))) == 1


def test_with_stand_ins_standard_plugins_are_initialised_before_an_engine_is_opened(
    version: str, script: Script, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase]
) -> None:
    use(version)
    load(case_of())
    assert [namespace for _, namespace in script.plugins] == [""]


def test_tensorrt_fault_07_the_warning_about_another_model_of_device_is_kept_for_the_reader(
    version: str, script: Script, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase]
) -> None:
    words = "Using an engine plan file across different models of devices is not supported and is likely to affect"
    script.engine.opening = [("WARNING", f"{words} performance or even cause errors or deadlock.")]
    use(version)
    assert load(case_of()).notes[:-1] == (BUILT_FOR_OTHER_MODEL,)


def test_with_stand_ins_a_context_that_does_not_fit_is_out_of_memory_and_another_failure_is_not(
    version: str, script: Script, use: Callable[..., FakeCuda], case_of: Callable[..., WorkerCase]
) -> None:
    use(version)
    script.engine.context_words = "Error Code 2: OutOfMemory (Requested size was 9999999 bytes.)"
    assert refusal(case_of())[0] == "out-of-memory-gpu"
    script.engine.context_words = "Error Code 4: Internal Error (Weights could not be found)"
    assert refusal(case_of()) == (
        "inference-failed",
        "TensorRT opened the engine engine.plan but cannot prepare it to run: Weights could not be found.",
    )


@pytest.mark.parametrize(
    ("words", "reason", "remedy"),
    [
        (
            "libnvinfer.so.11: cannot open shared object file: No such file or directory",
            "TensorRT needs libnvinfer.so.11, which was not found. "
            "tensorrt-cu13-libs 10.14.1 is installed with tensorrt-cu13-bindings 11.4.0.",
            "In this environment: pip install tensorrt-cu13-libs==11.4.0",
        ),
        (
            "libcuda.so.1: cannot open shared object file: No such file or directory",
            "TensorRT needs libcuda.so.1, which comes with the NVIDIA driver; the driver is not installed.",
            "Install the NVIDIA driver.",
        ),
        (
            "libcudart.so.13: cannot open shared object file: No such file or directory",
            "TensorRT needs libcudart.so.13, which was not found.",
            "Install the CUDA libraries of TensorRT's own CUDA version, "
            "or put the folder of libcudart.so.13 on the path.",
        ),
        (
            "undefined symbol: createInferBuilder",
            "TensorRT is installed but cannot be loaded.",
            "Repair the TensorRT environment; the log has the details.",
        ),
    ],
)
def test_fault_20_a_library_that_is_absent_or_of_another_major_is_named_with_the_line_that_brings_it(
    monkeypatch: pytest.MonkeyPatch, words: str, reason: str, remedy: str
) -> None:
    installed = {"tensorrt-cu13-bindings": "11.4.0", "tensorrt-cu13-libs": "10.14.1"}
    monkeypatch.setattr(library, "version_of", installed.get)

    def fail(name: str) -> None:
        raise ImportError(words)

    monkeypatch.setattr("enginebench_worker.tensorrt_engine.library.importlib.import_module", fail)
    with pytest.raises(BenchError) as caught:
        open_library("load")
    record = caught.value.record
    assert (record.code, record.message, record.remedy, record.cause) == ("backend-unavailable", reason, remedy, words)


def test_fault_20_a_driver_older_than_the_librarys_cuda_is_told_with_the_one_that_is_needed(
    monkeypatch: pytest.MonkeyPatch, use: Callable[..., FakeCuda]
) -> None:
    use(VERSIONS[1])
    monkeypatch.setattr(sys.modules["tensorrt"], "Builder", lambda logger: None)
    monkeypatch.setattr(sys.modules["tensorrt"].Logger, "__init__", lambda self, severity: None)
    monkeypatch.setattr(library, "version_of", {"tensorrt-cu13-bindings": "11.4.0.106"}.get)
    monkeypatch.setattr("enginebench_worker.nvidia_driver.driver_cuda_version", lambda: (12, 4))
    probe = probe_module._look()
    assert (probe.reason, probe.remedy) == (
        "The NVIDIA driver supports CUDA 12.4, but TensorRT 11.4.0.106 needs CUDA 13.",
        "Update the NVIDIA driver to 580 or later.",
    )


def test_a_case_without_its_engine_is_refused(
    monkeypatch: pytest.MonkeyPatch, case_of: Callable[..., WorkerCase]
) -> None:
    probe = Probe("11.4.0.106", "tensorrt-engine", "TensorRT 11.4.0.106", None, None)
    monkeypatch.setattr("enginebench_worker.backends.tensorrt_backend.probe_tensorrt", lambda: probe)
    monkeypatch.setattr("enginebench_worker.backends.tensorrt_backend.cuda_device_count", lambda: 1)
    monkeypatch.setattr("enginebench_worker.backends.tensorrt_backend.is_importable", lambda name: True)
    case = case_of()
    Path(case.engine_file or "").unlink()
    with pytest.raises(BenchError) as caught:
        TensorRt().load(case)
    assert (caught.value.record.code, caught.value.record.stage) == ("missing-artifact", "load")


@pytest.mark.parametrize(
    ("probe", "gpus", "reason", "builds"),
    [
        (Probe("11.4.0.106", "tensorrt-engine", "TensorRT 11.4.0.106", None, None), 1, None, True),
        (
            Probe("11.4.0.106", "tensorrt-rtx-engine", "TensorRT-RTX 1.7.1, test builder", None, None),
            0,
            "No NVIDIA GPU and driver were found.",
            True,
        ),
        (
            Probe("11.4.0.106", "tensorrt-rtx-engine", "TensorRT-RTX 1.7.1, test builder", None, None),
            1,
            "TensorRT-RTX 1.7.1, test builder can build here but cannot run.",
            True,
        ),
        (Probe(None, None, None, "It is absent.", "Get it."), 1, "It is absent.", False),
    ],
)
def test_building_and_running_are_told_apart(
    probe: Probe, gpus: int, reason: str | None, builds: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("enginebench_worker.backends.tensorrt_backend.probe_tensorrt", lambda: probe)
    monkeypatch.setattr("enginebench_worker.backends.tensorrt_backend.cuda_device_count", lambda: gpus)
    monkeypatch.setattr("enginebench_worker.backends.tensorrt_backend.is_importable", lambda name: True)
    status = TensorRt().describe()
    assert status.builder is not None
    assert (status.reason, status.available, status.builder.available, status.builder.library) == (
        reason,
        reason is None,
        builds,
        probe.label,
    )


def test_with_stand_ins_every_listed_input_is_copied_in_its_own_type(
    version: str,
    script: Script,
    use: Callable[..., FakeCuda],
    case_of: Callable[..., WorkerCase],
    digits_record: dict[str, Any],
) -> None:
    script.engine = FakeEngine(
        io=[
            FakeIo("images", is_input=True, shape=(-1, 3, 8, 8)),
            FakeIo("sizes", is_input=True, dtype="INT64", shape=(-1, 2)),
            FakeIo("boxes", shape=(-1, 4)),
        ],
        profiles=(((1, 1, 1, 1), (8, 3, 8, 8), (16, 3, 8, 8)),),
        shapes_of={"sizes": ((1, 2), (8, 2), (16, 2))},
    )
    cuda = use(version)
    model = from_json(ModelManifest, detector_record(digits_record))
    feeds = (Feed("", "", (5, 3, 8, 8), "images", "float32", 0), Feed("", "", (5, 2), "sizes", "int64", 0))
    case = replace(case_of(batchSize=2), model=model, feeds=feeds)
    loaded = load(case)
    cuda.calls.clear()
    [boxes] = loaded.query({"images": np.ones((2, 3, 8, 8), np.float32), "sizes": np.ones((2, 2), np.int64)})
    assert (boxes.shape, cuda.calls.count("cudaMemcpyAsync")) == ((2, 4), 3)
    assert "--shapes=images:2x3x8x8,sizes:2x2" in loaded.notes[-1]
