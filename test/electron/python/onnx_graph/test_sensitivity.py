from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from enginebench_worker.errors import BenchError, Cancelled
from enginebench_worker.execution import Execution, ProgressCount
from enginebench_worker.onnx_graph.sensitivity import measure_sensitivity
from enginebench_worker.wire.commands import MeasureSensitivity
from enginebench_worker.wire.domain import CalibrationArray, KeptOperator
from onnx_graphs import model_of, product, saved, weights_of


def asked(source: Path, calibration: Path, images: Path, outputs: tuple[str, ...]) -> MeasureSensitivity:
    return MeasureSensitivity(
        4, str(source), (), (), CalibrationArray(str(calibration), "min-max"), str(images), outputs
    )


@pytest.fixture
def on_digits(digits_folder: Path) -> MeasureSensitivity:
    source, calibration = digits_folder / "fp32.onnx", digits_folder / "calibration-inputs.npy"
    return asked(source, calibration, digits_folder / "test-inputs.npy", ("logits",))


def test_every_layer_is_listed_worst_first(on_digits: MeasureSensitivity, execution: Execution) -> None:
    told = measure_sensitivity(on_digits, execution)
    cosines = [layer.cosine_similarity or 0 for layer in told.layers]
    assert (told.id, sorted(layer.operator for layer in told.layers)) == (4, ["Conv", "Conv", "Gemm", "Gemm"])
    assert cosines == sorted(cosines)
    assert 0.99 < cosines[0] < 1 and all((layer.max_abs_error or 0) > 0 for layer in told.layers)


def test_layers_that_stay_are_not_measured(on_digits: MeasureSensitivity, execution: Execution) -> None:
    kept = replace(on_digits, keep_operators=(KeptOperator("Conv", "few"),), keep_nodes=("/classifier/Gemm",))
    assert [layer.name for layer in measure_sensitivity(kept, execution).layers] == ["/hidden/Gemm"]


def test_a_layer_that_cannot_bear_rounding_comes_first(tmp_path: Path, execution: Execution) -> None:
    """A few huge inputs leave the others no steps: only the layer that reads them suffers."""
    outliers = np.eye(8, dtype=np.float32)
    outliers[0, 0] = 10_000
    model = model_of(
        [product(second="easy", output="inner"), product("inner", "hard", "spread"), product("spread", "even")],
        {"easy": np.eye(8, dtype=np.float32), "hard": outliers, "even": np.diag([1e-4, *[1.0] * 7]).astype(np.float32)},
        shape=("batch", 1, 8, 8),
    )
    np.save(tmp_path / "images.npy", weights_of(6, 1, 8, 8))
    told = measure_sensitivity(
        asked(saved(model, tmp_path), tmp_path / "images.npy", tmp_path / "images.npy", ("y",)), execution
    )
    assert {layer.name for layer in told.layers[:2]} == {"spread_product", "y_product"}
    assert (told.layers[-1].name, (told.layers[-1].cosine_similarity or 0) > 0.99) == ("inner_product", True)


def test_an_output_that_the_graph_lacks_is_refused(on_digits: MeasureSensitivity, execution: Execution) -> None:
    with pytest.raises(BenchError) as caught:
        measure_sensitivity(replace(on_digits, outputs=("boxes",)), execution)
    assert caught.value.record.message == "The graph has outputs ['logits'], not ['boxes']."


def test_no_images_to_compare_on_is_refused(
    on_digits: MeasureSensitivity, tmp_path: Path, execution: Execution
) -> None:
    with pytest.raises(BenchError) as caught:
        measure_sensitivity(replace(on_digits, input_file=str(tmp_path / "none.npy")), execution)
    assert (caught.value.record.code, caught.value.record.stage) == ("no-images", "parity")


def test_a_stop_between_layers_is_heeded(on_digits: MeasureSensitivity) -> None:
    said: list[str] = []

    def stop_at_the_second_layer(_fraction: float | None, text: str) -> None:
        said.append(text)
        if " 2 of 4: " in text:
            execution.cancel()

    execution = Execution(ProgressCount(), stop_at_the_second_layer)
    with pytest.raises(Cancelled):
        measure_sensitivity(on_digits, execution)
    assert " 2 of 4: " in said[-1]
