"""Classifiers by their names in torchvision. It publishes weights as pickles, which are never opened: they come from a
folder's safetensors or from a seed."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import torch

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.models.sources.found import INSPECTION_SEED, Found, Stored, plain_preprocessing
from enginebench_worker.models.sources.torchvision_library import require_torchvision
from enginebench_worker.models.weights import (
    WEIGHTS_FILE,
    folder_weights,
    read_safetensors,
    seeded_weights,
    weights_do_not_fit,
    weights_in,
)
from enginebench_worker.wire.commands import InspectSource, ResolveWeights
from enginebench_worker.wire.domain import ModelManifest, Preprocessing, Weights
from enginebench_worker.wire.messages import WeightsResolved

KEYWORD = None
LIBRARIES = ("torchvision",)

_USUAL_SIZE = 224
_PICKLES = "torchvision publishes its weights as pickles, which are not opened because they can run code"


def describe(command: InspectSource, execution: Execution) -> Found:
    name = command.source.place
    models = _models(name)
    execution.step("building the network")
    torch.manual_seed(INSPECTION_SEED)
    network = _created(models, name)
    preprocessing, size, assumptions = _published(models, name)
    if command.input_size is not None:
        size = (command.input_size.height, command.input_size.width)
    return Found(
        network=network,
        name=name,
        class_name=type(network).__name__,
        task="image-classification",
        repository=name,
        input_name="images",
        channels=3,
        height=size[0],
        width=size[1],
        preprocessing=preprocessing,
        only_output="logits",
        licence="BSD-3-Clause",
        assumptions=(*assumptions, f"{_PICKLES}: weights come from a folder or a seed."),
    )


def network(stored: Stored, model: ModelManifest, folder: str, weights: Weights) -> torch.nn.Module:
    name = stored.source.place
    torch.manual_seed(weights.seed)
    built = _created(_models(name), name)
    if weights.origin != "seeded":
        file = str(Path(weights.folder or "") / WEIGHTS_FILE)
        try:
            built.load_state_dict(read_safetensors(file))
        except RuntimeError as error:
            raise weights_do_not_fit(file, error) from error
    return built


def resolve(stored: Stored, command: ResolveWeights, execution: Execution) -> WeightsResolved:
    if command.choice == "folder":
        return folder_weights(command, weights_in(Path(command.folder or "")), execution)
    if command.choice == "hub":
        message = f"{_PICKLES}."
        remedy = (
            "Use --weights seeded or a folder of safetensors; timm has many of the same weights as timm:NAME.tv_in1k."
        )
        raise BenchError("weights-unavailable", "load", message, remedy)
    if command.choice == "auto":
        return WeightsResolved(command.id, "seeded", None, None, f"{_PICKLES}: seed {command.seed} instead")
    return seeded_weights(command)


def _models(name: str) -> Any:
    require_torchvision(f"torchvision:{name}")
    import torchvision

    models = torchvision.models
    known = models.list_models(module=models)
    if name in known:
        return models
    if name in models.list_models():
        message = f"{name} of torchvision is not a classifier of images, which is what can be measured of torchvision."
        remedy = (
            "Its detectors return lists of any length: use a detector of Transformers, or write MODULE.py:FUNCTION."
        )
        raise BenchError("bad-model-file", "load", message, remedy)
    near = difflib.get_close_matches(name, known, 3)
    remedy = f"Did you mean {', '.join(near)}?" if near else f"Choose from: {', '.join(known)}."
    message = f"torchvision {torchvision.__version__} has no model {name}."
    raise BenchError("unknown-model", "load", message, remedy)


def _created(models: Any, name: str) -> torch.nn.Module:
    return models.get_model(name, weights=None).eval()


def _published(models: Any, name: str) -> tuple[Preprocessing, tuple[int, int], tuple[str, ...]]:
    """What its published weights were trained with."""
    weights = list(models.get_model_weights(name))
    usual = weights[-1].transforms() if weights else None
    if usual is None or not hasattr(usual, "crop_size"):
        said = "torchvision does not say its preprocessing: pixels are scaled to 0 to 1 and stretched."
        return plain_preprocessing(3), (_USUAL_SIZE, _USUAL_SIZE), (said,)
    crop, edge = int(usual.crop_size[0]), int(usual.resize_size[0])
    preprocessing = Preprocessing(
        resize="shortest-edge",
        interpolation="bilinear" if usual.interpolation.value == "bilinear" else "bicubic",
        center_crop=True,
        pad_value=0,
        rescale=1 / 255,
        mean=tuple(map(float, usual.mean)),
        standard_deviation=tuple(map(float, usual.std)),
        crop_fraction=crop / edge if edge > crop else None,
    )
    return preprocessing, (crop, crop), ()
