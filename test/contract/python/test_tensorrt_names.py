"""Every name of TensorRT's that the worker uses is in both official bindings: 10.14 and 11.4.

Names reached from the module (`trt.BuilderFlag.TF32`) are followed to the end. Members of the library's objects cannot
be followed by reading; the fake modules, made from the same lists, refuse what is not in them when the code runs."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "electron" / "python" / "enginebench_worker" / "tensorrt_engine"
NAMES = Path(__file__).resolve().parent / "tensorrt-names"
VERSIONS = ("10.14.1.48.post1", "11.4.0.106")
REMOVED_IN_11 = {
    "BuilderFlag.FP16",
    "BuilderFlag.INT8",
    "NetworkDefinitionCreationFlag.EXPLICIT_BATCH",
    "IInt8EntropyCalibrator2",
    "Builder.platform_has_fast_fp16",
    "ICudaEngine.device_memory_size",
    "IBuilderConfig.int8_calibrator",
    "ILayer.precision",
    "ITensor.dynamic_range",
}


def known_names(version: str) -> set[str]:
    record = json.loads((NAMES / f"{version}.json").read_text(encoding="utf-8"))
    owners = {**record["members"], **record["enumerations"]}
    return {*record["module"], *(f"{owner}.{name}" for owner, names in owners.items() for name in names)}


def dotted(node: ast.Attribute) -> list[str]:
    parts: list[str] = []
    current: ast.expr = node
    while isinstance(current, ast.Attribute):
        parts.insert(0, current.attr)
        current = current.value
    if isinstance(current, ast.Name):
        parts.insert(0, current.id)
    return parts


def used_names() -> set[str]:
    """`BuilderFlag.TF32` for each `trt.BuilderFlag.TF32`, also by way of a variable that holds `trt.BuilderFlag`."""
    used: set[str] = set()
    for file in PACKAGE.glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        held = {
            target.id: ".".join(dotted(node.value)[1:])
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute) and dotted(node.value)[0] == "trt"
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                root, *rest = dotted(node)
                if root == "trt" and rest:
                    used.add(".".join(rest[:3]))
                elif root in held and rest:
                    used.add(f"{held[root]}.{rest[0]}")
    return used


@pytest.mark.parametrize("version", VERSIONS)
def test_fault_18_every_name_that_is_used_is_in_the_official_bindings(version: str) -> None:
    used = {name for name in used_names() if not name.endswith("__init__")}
    assert len(used) > 20
    assert sorted(used - known_names(version)) == []


def test_fault_18_the_lists_tell_what_11_removed() -> None:
    older, newer = (known_names(version) for version in VERSIONS)
    assert older & REMOVED_IN_11 == REMOVED_IN_11
    assert newer & REMOVED_IN_11 == set()
