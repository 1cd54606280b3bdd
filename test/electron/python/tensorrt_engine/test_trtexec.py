"""The trtexec commands of both majors, whose defaults differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from enginebench_worker.tensorrt_engine.trtexec import build_command, run_command
from tensorrt_request import build_request

SHAPES = [[("pixels", (batch, 1, 8, 8))] for batch in (1, 8, 16)]
PROFILE = "--minShapes=pixels:1x1x8x8 --optShapes=pixels:8x1x8x8 --maxShapes=pixels:16x1x8x8"


@pytest.mark.parametrize(
    ("major", "precision", "options", "expected"),
    [
        (
            10,
            "fp16",
            {},
            f"--stronglyTyped --noTF32 {PROFILE} --memPoolSize=workspace:4096M --profilingVerbosity=detailed",
        ),
        (11, "tf32", {}, f"{PROFILE} --memPoolSize=workspace:4096M --profilingVerbosity=detailed"),
        (
            11,
            "fp32",
            {
                "workspaceGib": 0.5,
                "optimizationLevel": 5,
                "timingCacheFile": "/my caches/a.cache",
                "versionCompatible": True,
                "hardwareCompatible": True,
            },
            f"--noTF32 {PROFILE} --memPoolSize=workspace:512M --builderOptimizationLevel=5 "
            "'--timingCacheFile=/my caches/a.cache' --versionCompatible --hardwareCompatibilityLevel=ampere+ "
            "--profilingVerbosity=detailed",
        ),
        (
            10,
            "tf32",
            {"hardwareCompatible": True, "hardwareLevel": "same-compute-capability"},
            f"--stronglyTyped {PROFILE} --memPoolSize=workspace:4096M "
            "--hardwareCompatibilityLevel=sameComputeCapability --profilingVerbosity=detailed",
        ),
        (
            11,
            "tf32",
            {"timingCache": False},
            f"{PROFILE} --memPoolSize=workspace:4096M --noBuilderCache --profilingVerbosity=detailed",
        ),
    ],
)
def test_a_build_is_told_as_the_command_of_the_installed_major(
    digits_record: dict[str, Any], major: int, precision: str, options: dict[str, Any], expected: str
) -> None:
    request = build_request(digits_record, Path("/m/model.onnx"), Path("/m"), precision, options=options)
    assert build_command(major, request, SHAPES) == (
        f"trtexec --onnx=/m/model.onnx --saveEngine=engine.plan --skipInference {expected}"
    )


@pytest.mark.parametrize(
    ("major", "graph", "expected"),
    [
        (10, False, "--exposeDMA"),
        (10, True, "--exposeDMA --useCudaGraph"),
        (11, False, "--includeDataTransfers --noSpinWait --noCudaGraph"),
        (11, True, "--includeDataTransfers --noSpinWait"),
    ],
)
def test_a_run_is_told_with_what_the_major_does_not_do_by_itself(major: int, graph: bool, expected: str) -> None:
    assert run_command(major, "engine.plan", [("pixels", (8, 1, 8, 8))], graph) == (
        f"trtexec --loadEngine=engine.plan --shapes=pixels:8x1x8x8 {expected}"
    )


def test_several_inputs_are_told_together() -> None:
    shapes = [("images", (1, 3, 8, 8)), ("sizes", (1, 2))]
    assert "--shapes=images:1x3x8x8,sizes:1x2 " in run_command(11, "engine.plan", shapes, True)


def test_a_network_of_fixed_sizes_is_told_without_shapes_which_trtexec_would_refuse(
    digits_record: dict[str, Any],
) -> None:
    request = build_request(digits_record, Path("/m/model.onnx"), Path("/m"), "tf32")
    assert build_command(11, request, [[], [], []]) == (
        "trtexec --onnx=/m/model.onnx --saveEngine=engine.plan --skipInference --memPoolSize=workspace:4096M "
        "--profilingVerbosity=detailed"
    )
    assert run_command(11, "engine.plan", [], uses_graph=True) == (
        "trtexec --loadEngine=engine.plan --includeDataTransfers --noSpinWait"
    )


def test_a_run_is_told_with_its_profile_and_with_what_the_engine_needs() -> None:
    told = run_command(10, "engine.plan", [("pixels", (8, 1, 8, 8))], False, 2, "libmine.so", True)
    assert told == (
        "trtexec --loadEngine=engine.plan --shapes=pixels:8x1x8x8 --useProfile=2 --staticPlugins=libmine.so "
        "--versionCompatible --exposeDMA"
    )
