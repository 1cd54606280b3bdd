from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from enginebench_worker.errors import BenchError, Cancelled
from enginebench_worker.execution import Execution
from enginebench_worker.files import sha256_of
from enginebench_worker.models import build_module
from enginebench_worker.torch_engine.export import compared_batch_sizes, export_onnx, exporters_in_order, other_size
from enginebench_worker.wire.commands import ExportOnnx
from enginebench_worker.wire.domain import ModelManifest, Weights
from enginebench_worker.wire.model_source import ComparedSize, PreferredExporter, RefusedExporter


def command(model: ModelManifest, folder: Path, out: Path, opset: int = 17) -> ExportOnnx:
    weights = Weights("own", str(folder), 1)
    inputs, outputs = str(folder / "test-inputs.npy"), str(out.parent / "outputs")
    return ExportOnnx(1, model, str(folder), weights, opset, inputs, str(out), outputs)


@pytest.mark.parametrize("opset", [14, 17, 20])
def test_the_opset_that_was_asked_for_is_written_and_agrees_with_pytorch(
    digits: ModelManifest, digits_folder: Path, tmp_path: Path, execution: Execution, opset: int
) -> None:
    out = tmp_path / "model.onnx"
    exported = export_onnx(command(digits, digits_folder, out, opset), execution)
    graph = onnx.load(out)
    assert (exported.opset, exported.sha256, exported.size_bytes, exported.node_count) == (
        opset,
        sha256_of(out),
        out.stat().st_size,
        len(graph.graph.node),
    )
    assert graph.opset_import[0].version == opset
    assert [each.batch_size for each in exported.comparisons] == [1, 3, 8]
    for each in exported.comparisons:
        (reference,), (candidate,) = each.reference, each.candidate
        assert reference.shape == candidate.shape == (each.batch_size, 10)
        np.testing.assert_allclose(np.load(candidate.file), np.load(reference.file), atol=1e-4)


@pytest.mark.parametrize("opset", [18, 21, 23])
def test_dynamo_writes_opsets_that_torchscript_does_not(
    digits: ModelManifest, digits_folder: Path, tmp_path: Path, execution: Execution, opset: int
) -> None:
    preferring = replace(digits, exporter=PreferredExporter("dynamo", "to see it") if opset == 18 else None)
    exported = export_onnx(command(preferring, digits_folder, tmp_path / "model.onnx", opset), execution)
    refused = () if opset == 18 else (RefusedExporter("torchscript", "it writes no opset above 20"),)
    record = exported.exporter
    assert (exported.opset, record.name, record.refused, record.batch_sizes, record.choice_count) == (
        opset,
        "dynamo",
        refused,
        (1, 3, 8),
        0,
    )
    assert (record.sizes, record.worst_share < 1e-5) == ((ComparedSize(8, 8),), True)


def test_a_graph_that_is_not_the_module_gives_way_to_the_other_exporters(
    digits: ModelManifest, digits_folder: Path, tmp_path: Path, execution: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = torch.onnx.export

    def wrong_by_torchscript(module: torch.nn.Module, *arguments: Any, **options: Any) -> None:
        if not options["dynamo"]:
            module = build_module(digits, "", Weights("seeded", None, 9)).module
        export(module, *arguments, **options)

    monkeypatch.setattr(torch.onnx, "export", wrong_by_torchscript)
    exported = export_onnx(command(digits, digits_folder, tmp_path / "model.onnx", 18), execution)
    (refused,) = exported.exporter.refused
    assert (exported.exporter.name, refused.name, refused.reason.startswith("output logits is off by")) == (
        "dynamo",
        "torchscript",
        True,
    )


def test_the_exporter_that_the_manifest_names_is_first_and_the_other_second(digits: ModelManifest) -> None:
    preferring = replace(digits, exporter=PreferredExporter("dynamo", "because"))
    assert [exporters_in_order(digits), exporters_in_order(preferring)] == [
        ("torchscript", "dynamo"),
        ("dynamo", "torchscript"),
    ]


@pytest.mark.parametrize(
    ("size", "multiple", "other"),
    [((640, 640), 32, (320, 352)), ((32, 32), 32, (32, 64)), ((800, 800), 32, (384, 416)), ((64, 96), 32, (32, 64))],
)
def test_open_sizes_are_compared_at_another_that_is_no_square(
    size: tuple[int, int], multiple: int, other: tuple[int, int]
) -> None:
    assert other_size(*size, multiple) == other


def test_the_batch_is_dynamic_and_the_size_only_where_the_manifest_says(
    digits: ModelManifest, digits_folder: Path, tmp_path: Path, execution: Execution
) -> None:
    out = tmp_path / "model.onnx"
    export_onnx(command(digits, digits_folder, out), execution)
    dimensions = onnx.load(out).graph.input[0].type.tensor_type.shape.dim
    assert [each.dim_param or each.dim_value for each in dimensions] == ["batch", 1, 8, 8]


@pytest.mark.parametrize(
    ("side", "sizes"), [(8, (1, 3, 8)), (224, (1, 3, 8)), (640, (1, 3)), (800, (1, 2)), (4096, (1, 2))]
)
def test_large_images_are_compared_in_smaller_batches_but_always_alone_and_together(
    side: int, sizes: tuple[int, ...]
) -> None:
    assert compared_batch_sizes(side * side) == sizes


def failing(asked: ExportOnnx, execution: Execution) -> str:
    with pytest.raises(BenchError) as caught:
        export_onnx(asked, execution)
    assert list(Path(asked.out_file).parent.iterdir()) == []
    return caught.value.record.message


def test_an_exporter_that_writes_another_opset_is_caught_and_leaves_no_file(
    digits: ModelManifest, digits_folder: Path, tmp_path: Path, execution: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = torch.onnx.export

    def upgrading(*arguments: Any, **options: Any) -> None:
        export(*arguments, **{**options, "opset_version": 18})

    monkeypatch.setattr(torch.onnx, "export", upgrading)
    message = failing(command(digits, digits_folder, tmp_path / "out" / "model.onnx"), execution)
    assert message == (
        f"{digits.name} cannot be exported at opset 17. torchscript: opset 17 was requested, and it wrote 18. "
        "dynamo: opset 17 was requested, and it wrote 18."
    )


def test_an_exporter_that_fails_leaves_no_file(
    digits: ModelManifest, digits_folder: Path, tmp_path: Path, execution: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(_module: object, _example: object, file: str, **_: object) -> None:
        Path(file).write_bytes(b"half")
        raise RuntimeError("Exporting the operator is not supported")

    monkeypatch.setattr(torch.onnx, "export", unsupported)
    message = failing(command(digits, digits_folder, tmp_path / "out" / "model.onnx"), execution)
    reason = "it failed: RuntimeError: Exporting the operator is not supported"
    assert message == (
        f"{digits.name} cannot be exported at opset 17. torchscript: {reason}. dynamo: {reason}."
    )


def test_cancelling_leaves_no_file(
    digits: ModelManifest, digits_folder: Path, tmp_path: Path, execution: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = onnx.checker.check_model

    def cancelled_meanwhile(*arguments: Any, **options: Any) -> None:
        execution.cancel()
        check(*arguments, **options)

    monkeypatch.setattr(onnx.checker, "check_model", cancelled_meanwhile)
    with pytest.raises(Cancelled):
        export_onnx(command(digits, digits_folder, tmp_path / "out" / "model.onnx"), execution)
    assert list((tmp_path / "out").iterdir()) == []


def test_inputs_of_the_wrong_size_are_refused(
    digits: ModelManifest, digits_folder: Path, tmp_path: Path, execution: Execution
) -> None:
    wide = replace(digits, input=replace(digits.input, width=16))
    with pytest.raises(BenchError) as caught:
        export_onnx(command(wide, digits_folder, tmp_path / "model.onnx"), execution)
    assert caught.value.record.code == "input-mismatch"
