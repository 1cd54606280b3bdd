from __future__ import annotations

import json
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import MODELS
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.inputs import prepare_inputs
from enginebench_worker.models import build_module
from enginebench_worker.models.efficientnet_lite import _SameConvolution, configuration_of
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.commands import PrepareInputs
from enginebench_worker.wire.domain import ModelManifest, Weights
from enginebench_worker.wire.model_source import Architecture

PHOTOGRAPHS = MODELS / "samples"


@pytest.fixture
def lite() -> ModelManifest:
    text = (MODELS / "efficientnet-lite0" / "model.json").read_text(encoding="utf-8")
    return from_json(ModelManifest, json.loads(text))


def installed_weights(model: ModelManifest) -> Weights | None:
    package = model.source.package
    assert package is not None
    try:
        file = Path(str(distribution(package.name).locate_file(package.file)))
    except PackageNotFoundError:
        return None
    return Weights("package", str(file.parent), 1)


def test_it_has_as_many_parameters_as_its_manifest_says(lite: ModelManifest) -> None:
    module = build_module(lite, "", Weights("seeded", None, 1)).module
    assert sum(tensor.numel() for tensor in module.parameters()) == lite.parameter_count


@pytest.mark.parametrize(("kernel", "stride", "size"), [(3, 1, 8), (3, 2, 8), (5, 2, 8), (5, 2, 7), (3, 2, 7)])
def test_padding_is_tensorflows_same_whose_odd_pixel_goes_right_and_below(kernel: int, stride: int, size: int) -> None:
    convolution = _SameConvolution(1, 1, kernel, stride, size)
    torch.nn.init.ones_(convolution.weight)
    image = torch.arange(size * size, dtype=torch.float32).reshape(1, 1, size, size)
    out = -(-size // stride)
    missing = max((out - 1) * stride + kernel - size, 0)
    padded = np.pad(image[0, 0].numpy(), ((missing // 2, missing - missing // 2),) * 2)
    expected = [
        [padded[y * stride : y * stride + kernel, x * stride : x * stride + kernel].sum() for x in range(out)]
        for y in range(out)
    ]
    np.testing.assert_array_equal(convolution(image)[0, 0].detach().numpy(), np.array(expected, dtype=np.float32))


@pytest.mark.parametrize("change", [{"stages": [{"repeats": 1}]}, {"imageSize": "large"}])
def test_a_configuration_that_lacks_a_number_is_refused(lite: ModelManifest, change: dict[str, Any]) -> None:
    assert lite.source.architecture is not None
    with pytest.raises(BenchError) as caught:
        configuration_of({**lite.source.architecture.config, **change})
    assert caught.value.record.code == "unknown-model"


def test_a_network_that_this_version_does_not_have_is_refused(lite: ModelManifest) -> None:
    other = replace(lite, source=replace(lite.source, architecture=Architecture("EfficientDet", {})))
    with pytest.raises(BenchError) as caught:
        build_module(other, "", Weights("seeded", None, 1))
    assert (caught.value.record.code, caught.value.record.remedy) == (
        "unknown-model",
        "Name one of EfficientNetLite as source.architecture.",
    )


def test_weights_of_another_hash_are_never_opened(lite: ModelManifest, tmp_path: Path) -> None:
    assert lite.source.package is not None
    (tmp_path / Path(lite.source.package.file).name).write_bytes(b"cos\nsystem\n(S'touch canary'\ntR.")
    with pytest.raises(BenchError) as caught:
        build_module(lite, "", Weights("package", str(tmp_path), 1))
    assert (caught.value.record.code, (tmp_path / "canary").exists()) == ("weights-unavailable", False)


#: Classes of ImageNet-1k, counted from 0, that a person would accept for the photograph.
SEEN = {
    "cat.jpg": {281, 282, 283, 284, 285},
    "coffee-cup.jpg": {504, 967, 968},
    "rocket.jpg": {657, 744, 833, 536},
    "clock.jpg": {409, 530, 826, 892},
}


def test_real_weights_see_what_is_in_the_photographs(
    lite: ModelManifest, tmp_path: Path, execution: Execution
) -> None:
    weights = installed_weights(lite)
    if weights is None:
        pytest.skip("the package with the weights is not installed in this environment")
    inputs = tmp_path / "inputs.npy"
    files = tuple(str(PHOTOGRAPHS / name) for name in SEEN)
    prepare_inputs(PrepareInputs(1, lite, 224, 224, files, len(files), str(inputs)), execution)
    module = build_module(lite, "", weights).module
    with torch.inference_mode():
        (logits,) = module(torch.from_numpy(np.load(inputs)))
    best = logits.topk(5).indices.tolist()
    assert [bool(SEEN[name] & set(classes)) for name, classes in zip(SEEN, best, strict=True)] == [True] * len(SEEN)
