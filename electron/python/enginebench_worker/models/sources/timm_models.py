"""Models by their names in timm. Weights come from the hub as safetensors, from a folder, or from a seed."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import torch

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.models.sources.found import INSPECTION_SEED, Found, Stored
from enginebench_worker.models.sources.torchvision_library import require_torchvision
from enginebench_worker.models.weights import WEIGHTS_FILE, require_finite_files, resolve_weights, weights_do_not_fit
from enginebench_worker.wire.commands import InspectSource, ResolveWeights
from enginebench_worker.wire.domain import ModelManifest, Preprocessing, Weights
from enginebench_worker.wire.messages import WeightsResolved

KEYWORD = None
LIBRARIES = ("timm",)

_CROP_MODES = {"center": ("shortest-edge", True), "squash": ("exact", False), "border": ("letterbox", False)}


def describe(command: InspectSource, execution: Execution) -> Found:
    timm = _timm(command.source.place)
    execution.step("building the network")
    wanted = command.input_size
    size = None if wanted is None else (wanted.height, wanted.width)
    torch.manual_seed(INSPECTION_SEED)
    network = _created(timm, command.source.place, size)
    data = timm.data.resolve_model_data_config(network)
    config = network.pretrained_cfg
    channels, height, width = data["input_size"]
    if size is not None:
        height, width = size
    repository = config.get("hf_hub_id")
    file = config.get("hf_hub_filename") or WEIGHTS_FILE
    has_weights = repository is not None and file.endswith(".safetensors")
    classifies = getattr(network, "num_classes", 0) > 0
    return Found(
        network=network,
        name=command.source.place,
        class_name=type(network).__name__,
        task="image-classification" if classifies else "image-embedding",
        repository=repository if has_weights else command.source.place,
        input_name="images",
        channels=channels,
        height=height,
        width=width,
        preprocessing=_preprocessing(data, channels),
        only_output="logits" if classifies else "embedding",
        weights_file=file if has_weights else None,
        licence=config.get("license"),
        assumptions=() if has_weights else ("timm offers no weights for it: they come from a folder or a seed.",),
    )


def network(stored: Stored, model: ModelManifest, folder: str, weights: Weights) -> torch.nn.Module:
    name = stored.source.place
    timm = _timm(name)
    torch.manual_seed(weights.seed)
    size = (model.input.height, model.input.width)
    if weights.origin == "seeded":
        return _created(timm, name, size)
    file = str(Path(weights.folder or "") / (model.source.weights_file or WEIGHTS_FILE))
    try:
        # timm's own way to load a local file, with the changes of names that the architecture needs.
        return _created(timm, name, size, pretrained=True, pretrained_cfg_overlay={"file": file, "source": ""})
    except (OSError, RuntimeError, KeyError) as error:
        raise weights_do_not_fit(file, error) from error


def resolve(stored: Stored, command: ResolveWeights, execution: Execution) -> WeightsResolved:
    resolved = resolve_weights(command, execution)
    if resolved.folder is not None:
        file = Path(resolved.folder) / (command.model.source.weights_file or WEIGHTS_FILE)
        require_finite_files((file,), command.model.name, execution)
    return resolved


def _timm(name: str) -> Any:
    require_torchvision(f"timm:{name}")
    try:
        import timm
    except ImportError as error:
        message = f"timm:{name} needs timm, which is not installed in this Python environment."
        remedy = "Repair the environment on the Setup screen, or with: enginebench setup python --repair"
        raise BenchError("python-unavailable", "load", message, remedy, error) from error
    architecture, _, tag = name.partition(".")
    if not timm.is_model(architecture):
        near = difflib.get_close_matches(architecture, timm.list_models(), 3)
        remedy = f"Did you mean {', '.join(near)}?" if near else "timm.list_models() lists them."
        raise BenchError("unknown-model", "load", f"timm {timm.__version__} has no model {architecture}.", remedy)
    tagged = timm.models.list_pretrained(f"{architecture}.*") if tag else []
    if tag and name not in tagged:
        message = f"timm {timm.__version__} has no weights {tag} of {architecture}."
        remedy = f"Choose from: {', '.join(tagged)}." if tagged else f"Leave out .{tag}."
        raise BenchError("unknown-model", "load", message, remedy)
    return timm


def _created(timm: Any, name: str, size: tuple[int, int] | None, **more: Any) -> torch.nn.Module:
    """Networks with position embeddings are made for one size; the others take none when they are made."""
    if size is not None:
        try:
            return timm.create_model(name, **{"pretrained": False, **more}, img_size=size).eval()
        except TypeError:
            pass
    return timm.create_model(name, **{"pretrained": False, **more}).eval()


def _preprocessing(data: dict[str, Any], channels: int) -> Preprocessing:
    resize, crops = _CROP_MODES.get(data.get("crop_mode") or "center", ("shortest-edge", True))
    fraction = float(data.get("crop_pct") or 1)
    return Preprocessing(
        resize=resize,
        interpolation="bilinear" if data["interpolation"] == "bilinear" else "bicubic",
        center_crop=crops,
        pad_value=0,
        rescale=1 / 255,
        mean=tuple(map(float, data["mean"]))[:channels],
        standard_deviation=tuple(map(float, data["std"]))[:channels],
        crop_fraction=fraction if crops and 0 < fraction < 1 else None,
    )
