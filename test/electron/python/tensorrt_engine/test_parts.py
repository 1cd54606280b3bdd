"""The parts of a build that need no TensorRT: phases, folding, judgement, profiles, limits, watched work."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from enginebench_worker.building.log import DISTINCT_LINES, BuildLog, LogFolding
from enginebench_worker.building.steps import MemoryLimit, WatchedWork
from enginebench_worker.errors import BenchError
from enginebench_worker.tensorrt_engine.configuration import profile_shapes
from enginebench_worker.tensorrt_engine.library import capabilities_of, loaded_rtx_version
from enginebench_worker.tensorrt_engine.network import NetworkTypes
from enginebench_worker.tensorrt_engine.parser_refusal import ParserComplaint, build_refusal, parser_refusal
from enginebench_worker.tensorrt_engine.phases import Phases
from enginebench_worker.tensorrt_engine.precision import judge_network, judge_types
from enginebench_worker.wire.domain import BuildPhase, LogEntry
from tensorrt_request import build_request

NO_DRIVER = (
    "[checkMacros.cpp::catchCudaError::250] Error Code 1: Cuda Runtime (In catchCudaError at checkMacros.cpp:250, "
    "cudaError 35: CUDA driver version is insufficient for CUDA runtime version)"
)


def test_phases_nest_by_parent_and_close_with_what_is_inside_them() -> None:
    phases = Phases("tensorrt-engine")
    phases.start("Building engine", None, 2)
    phases.start("Timing tactics", "Building engine", 3)
    phases.start("Timing graph nodes", "Timing tactics", 4)
    phases.step("Timing graph nodes", 1)
    assert (phases.now(), phases.text) == (
        (
            BuildPhase("Building engine", 0, 0, 2),
            BuildPhase("Timing tactics", 1, 0, 3),
            BuildPhase("Timing graph nodes", 2, 2, 4),
        ),
        "Timing graph nodes, 2 of 4",
    )
    phases.finish("Timing tactics")
    phases.start("Determining refit engines", "Building engine", 1)
    assert [(phase.name, phase.depth) for phase in phases.now()] == [
        ("Building engine", 0),
        ("Determining refit engines", 1),
    ]


def test_thousands_of_early_steps_move_the_fraction_by_a_hundredth() -> None:
    phases = Phases("tensorrt-rtx-engine")
    phases.start("Building engine", None, 6)
    phases.start("Cloning network graph", "Building engine", 3383)
    for index in range(3383):
        phases.step("Cloning network graph", index)
    phases.finish("Cloning network graph")
    assert phases.fraction == pytest.approx(0.01)


def test_the_fraction_never_falls_when_a_phase_comes_again() -> None:
    phases = Phases("tensorrt-engine")
    phases.start("Timing graph nodes", None, 2)
    phases.step("Timing graph nodes", 1)
    reached = phases.fraction
    phases.start("Optimizing graph", None, 30)
    assert phases.fraction == reached


def test_a_line_that_repeats_is_told_once_and_counted_at_the_end() -> None:
    folding = LogFolding()
    folding.add("warning", "Make sure input mask_1 has Int64 binding.")
    folding.add("warning", "Make sure input mask_2 has Int64 binding.")
    first = folding.take_new()
    for index in range(40):
        folding.add("warning", f"Make sure input mask_{index} has Int64 binding.")
    assert (first, folding.take_new(), folding.take_rest()) == (
        (LogEntry("warning", "Make sure input mask_1 has Int64 binding.", 2),),
        (),
        (LogEntry("warning", "Make sure input mask_0 has Int64 binding.", 40),),
    )


def test_the_same_words_at_another_level_are_another_line() -> None:
    folding = LogFolding()
    folding.add("info", "done")
    folding.add("error", "done")
    assert folding.take_new() == (LogEntry("info", "done", 1), LogEntry("error", "done", 1))


def test_a_flood_of_different_lines_is_counted_and_not_told() -> None:
    folding = LogFolding()
    letters = [f"{chr(97 + index % 26)}{chr(97 + index // 26 % 26)}{chr(97 + index // 676)}" for index in range(1000)]
    for word in letters:
        folding.add("info", word)
    told = (*folding.take_new(), *folding.take_rest())
    assert (len(told), told[-1]) == (DISTINCT_LINES + 1, LogEntry("info", "More lines followed; see the log.", 700))


def test_the_log_keeps_every_line_and_tells_stray_ones_apart(tmp_path: Path) -> None:
    file = tmp_path / "log.txt"
    log = BuildLog(file)
    log.write("verbose", "a detail")
    log.write("info", "two\nlines")
    log.write("error", NO_DRIVER)
    with log.capturing():
        subprocess.run([sys.executable, "-c", "print('past the logger')"], check=True)
    entries = log.take_entries(last=True)
    log.close()
    log.write("info", "too late")
    assert entries == (LogEntry("info", "two\nlines", 1), LogEntry("stray", "past the logger", 1))
    assert file.read_text(encoding="utf-8") == (
        "[verbose] a detail\n[info] two\n    lines\n"
        f"[error] {NO_DRIVER}\npast the logger\n"
    )


def test_a_log_that_cannot_be_written_is_told_where_it_can_be_handled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = BuildLog(tmp_path / "log.txt")

    def full(_descriptor: int, _content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("enginebench_worker.building.log.os.write", full)
    log.write("info", "lost")
    with pytest.raises(OSError, match="No space left"):
        log.take_entries()


@pytest.mark.parametrize(
    ("precision", "multiplications", "tf32", "expected"),
    [
        ("fp32", {"fp32": 4}, False, (True, "fp32")),
        ("fp32", {"fp32": 4}, True, (False, "computed in tf32")),
        ("tf32", {"fp32": 4}, True, (True, "tf32")),
        ("tf32", {"fp32": 4}, False, (False, "computed in fp32")),
        ("fp16", {"fp16": 100}, False, (True, "fp16")),
        ("fp16", {"fp16": 97, "fp32": 3}, False, (True, "fp16, 3 of 100 multiplications in fp32")),
        ("fp16", {"fp16": 49, "fp32": 51}, False, (False, "computed in fp16 and fp32")),
        ("fp16", {"bf16": 100}, False, (False, "computed in bf16")),
        ("bf16", {"bf16": 100}, False, (True, "bf16")),
        ("int8", {"int8": 90, "fp16": 10}, False, (True, "int8, 10 of 100 multiplications in fp16")),
        ("int8", {"fp32": 100}, False, (False, "computed in fp32")),
        ("fp8", {"fp8": 60, "fp16": 40}, False, (True, "fp8, 40 of 100 multiplications in fp16")),
        ("fp8", {"fp16": 60, "fp8": 40}, False, (False, "computed in fp16 and fp8")),
        ("fp8", {"int8": 90, "fp8": 10}, False, (False, "computed in fp8 and int8")),
        ("fp16", {"int4-weights": 100}, False, (False, "computed in a wider type than int4 weights")),
        ("fp32", {}, False, (False, "nothing is multiplied: no precision to prove")),
    ],
)
def test_a_label_holds_by_what_most_multiplications_compute_in(
    precision: Any, multiplications: dict[str, int], tf32: bool, expected: tuple[bool, str]
) -> None:
    assert judge_types(precision, multiplications, tf32) == expected


def test_the_evidence_names_what_multiplies_what_stayed_wide_and_what_weighs() -> None:
    types = NetworkTypes(
        Counter({("MATRIX_MULTIPLY", "fp16"): 97, ("SOFTMAX", "fp32"): 12, ("SHUFFLE", "fp16"): 300}),
        Counter({("MATRIX_MULTIPLY", "fp16"): 97}),
        {"fp16": 999.0, "fp32": 1.0},
    )
    assert judge_network("fp16", types, tf32=False).evidence == (
        "multiplications: 97 fp16",
        "MATRIX_MULTIPLY: 97 fp16",
        "SOFTMAX: 12 fp32",
        "weights: 99.9% fp16",
        "weights: 0.1% fp32",
        "TF32 = false",
    )


def test_weights_in_int4_are_never_called_a_multiplication_in_int4() -> None:
    products = Counter({("MATRIX_MULTIPLY", "int4-weights"): 73, ("MATRIX_MULTIPLY", "fp16"): 25})
    types = NetworkTypes(Counter(), products, {"int4": 1.0}, {"fp16": 73})
    proof = judge_network("int4-weights", types, tf32=False)
    assert (proof.holds, proof.label) == (
        True,
        "int4 weights multiplied in fp16, 25 of 98 multiplications in fp16",
    )
    assert "weights in int4, multiplied in fp16: 73" in proof.evidence


@pytest.mark.parametrize(
    ("version", "major"),
    [
        ("10.13.3.9", None),
        ("10.14.1.48.post1", 10),
        ("10.16.1.11", 10),
        ("11.4.0.106", 11),
        ("12.0", None),
        ("x", None),
    ],
)
def test_only_supported_versions_have_capabilities(version: str, major: int | None) -> None:
    found = capabilities_of(version)
    assert (found and found.major) == major


def test_open_sizes_take_the_ranges_and_fixed_ones_must_agree(digits_record: dict[str, Any], tmp_path: Path) -> None:
    free = build_request(
        digits_record,
        tmp_path / "m.onnx",
        tmp_path,
        size={"min": 8, "opt": 16, "max": 32},
        batch={"min": 1, "opt": 2, "max": 4},
    )
    assert profile_shapes((-1, 1, -1, -1), free) == ((1, 1, 8, 8), (2, 1, 16, 16), (4, 1, 32, 32))
    with pytest.raises(BenchError) as caught:
        profile_shapes((2, 1, -1, -1), free)
    assert (caught.value.record.code, caught.value.record.message) == (
        "bad-profile",
        "The ONNX file has a fixed batch of 2, but 1:2:4 was requested.",
    )


def test_a_single_dynamic_node_is_named_with_its_reason() -> None:
    complaint = ParserComplaint("UNSUPPORTED_NODE_DYNAMIC", 3, "/split", "Split", "false")
    assert parser_refusal([complaint], [], "m.onnx").record.message == (
        "TensorRT does not support an operator of m.onnx: Split at /split (with sizes that vary)."
    )


def test_an_unknown_complaint_is_handed_on_without_the_drivers_noise() -> None:
    noise = NO_DRIVER
    complaint = ParserComplaint("INVALID_NODE", 5, "", "Resize", f"{noise}\nsomething odd")
    record = parser_refusal([complaint], [noise], "m.onnx").record
    assert (record.code, record.message, record.cause) == (
        "build-failed",
        "TensorRT refused m.onnx, Resize at node 5: something odd",
        "something odd",
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Could not find any implementation for node {ForeignNode[a...b]}", "unsupported-operator"),
        ("Requested amount of GPU memory (8 bytes) could not be allocated", "out-of-memory-gpu"),
        ("Attention operation was not supported by a dedicated kernel", "unsupported-operator"),
        ("Dimension mismatch for tensor x and profile 0", "bad-profile"),
        ("something that nobody has seen", "build-failed"),
    ],
)
def test_a_builder_that_gave_nothing_is_understood_by_its_last_words(words: str, code: str) -> None:
    assert build_refusal([words], "TensorRT 11.4.0.106", "m.onnx").record.code == code


def test_memory_over_the_limit_ends_the_build_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    resident = iter([1_000, 2_000, 9_000])
    monkeypatch.setattr("enginebench_worker.building.steps.resident_bytes", lambda: next(resident))
    monkeypatch.setattr("enginebench_worker.building.steps.available_bytes", lambda: 5_000)
    limit = MemoryLimit()
    limit.check()
    with pytest.raises(BenchError) as caught:
        limit.check()
    assert (limit.limit_bytes, limit.peak_bytes, caught.value.record.code) == (5_500, 9_000, "out-of-memory-host")


def test_no_library_of_the_other_product_is_loaded_here() -> None:
    assert loaded_rtx_version() is None


def test_watched_work_gives_its_result_and_its_error() -> None:
    assert WatchedWork(lambda: 7, threading.Event()).run(lambda: None) == 7
    with pytest.raises(ZeroDivisionError):
        WatchedWork(lambda: 1 // 0, threading.Event()).run(lambda: None)


def test_leaving_watched_work_asks_it_to_stop() -> None:
    stop = threading.Event()

    def leave() -> None:
        raise KeyError("out")

    with pytest.raises(KeyError):
        WatchedWork(stop.wait, stop).run(leave)
    assert stop.is_set()


def test_a_process_with_work_that_does_not_stop_ends_all_the_same() -> None:
    program = (
        "import sys, threading; sys.path.insert(0, sys.argv[1])\n"
        "from enginebench_worker.building import steps\n"
        "steps.GRACE_SECONDS = 0.01\n"
        "def leave(): raise SystemExit(9)\n"
        "steps.WatchedWork(threading.Event().wait, threading.Event()).run(leave)\n"
    )
    package = str(Path(__file__).resolve().parents[4] / "electron" / "python")
    done = subprocess.run([sys.executable, "-I", "-c", program, package], timeout=30, check=False)
    assert done.returncode == 9
