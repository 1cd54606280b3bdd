"""A folder or a repository in Hugging Face's layout: `config.json`, safetensors (sharded too), a processor's config.

The class is Transformers' own; code that a folder brings is never run, and pickles are never opened. The configuration
is copied into the model's folder, so that a run uses what was inspected."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import torch

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.models.sources.found import INSPECTION_SEED, Found, Stored
from enginebench_worker.models.sources.hub import HubRepository, hub_repository
from enginebench_worker.models.sources.processor import CONFIGURATIONS, read_processor
from enginebench_worker.models.sources.transformers_classes import VisionClass, vision_class
from enginebench_worker.models.transformers_weights import load_network
from enginebench_worker.models.weights import (
    INDEX_FILE,
    WEIGHTS_FILE,
    folder_weights,
    hub_weights,
    seeded_weights,
    weights_in,
)
from enginebench_worker.wire.commands import InspectSource, ResolveWeights
from enginebench_worker.wire.domain import ModelManifest, Weights
from enginebench_worker.wire.found_source import ModelSource
from enginebench_worker.wire.messages import WeightsResolved

KEYWORD = "pixel_values"
LIBRARIES = ("transformers",)

_CONFIG = "config.json"
_USUAL_SIZE = 224
_OUTPUTS = {
    "image-classification": (("logits",),),
    "object-detection": (("logits", "pred_boxes"),),
    "image-embedding": (("image_embeds",), ("pooler_output",), ("last_hidden_state",)),
}
_SOFTMAX_DETECTORS = frozenset({"detr", "yolos", "table-transformer"})
"""Model types whose logits end with a class for `no object`."""


def describe(command: InspectSource, execution: Execution) -> Found:
    folder = Path(command.folder)
    source = command.source
    place = source.place if source.kind == "folder" else f"hf:{source.place}"
    hub = _from_hub(source, folder, execution) if source.kind == "hub" else None
    local = None if hub is not None else _from_folder(Path(source.place), folder)
    record = _read_config(folder, place)
    chosen = vision_class(record, place)
    execution.step("building the network")
    config = _config(chosen, folder, place)
    torch.manual_seed(INSPECTION_SEED)
    network = _built(chosen.model, config, place)
    channels = int(getattr(config, "num_channels", None) or 3)
    processor = read_processor(folder, channels, _size_of(config))
    height, width = processor.size or (_USUAL_SIZE, _USUAL_SIZE)
    if command.input_size is not None:
        height, width = command.input_size.height, command.input_size.width
    weights_file = hub.weights_file if hub is not None else local
    no_weights = () if weights_file else ("It holds no weights: they can only be seeded (--weights seeded).",)
    return Found(
        network=network,
        name=Path(source.place).name,
        class_name=chosen.model.__name__,
        task=chosen.task,
        repository=source.place,
        input_name=KEYWORD,
        channels=channels,
        height=height,
        width=width,
        preprocessing=processor.preprocessing,
        preferred=_OUTPUTS[chosen.task],
        keyword=KEYWORD,
        detects_by_softmax=str(record.get("model_type")) in _SOFTMAX_DETECTORS,
        revision=None if hub is None else hub.commit,
        weights_file=weights_file,
        licence=None if hub is None else hub.licence,
        assumptions=(*chosen.assumptions, *processor.assumptions, *(hub.notes if hub else ()), *no_weights),
    )


def network(stored: Stored, model: ModelManifest, folder: str, weights: Weights) -> torch.nn.Module:
    place = stored.source.place
    chosen = vision_class(_read_config(Path(folder), place), place)
    config = _config(chosen, Path(folder), place)
    if weights.origin == "seeded":
        torch.manual_seed(weights.seed)
        return _built(chosen.model, config, place)
    return load_network(chosen.model, config, weights.folder or "")


def resolve(stored: Stored, command: ResolveWeights, execution: Execution) -> WeightsResolved:
    """Real weights are never replaced by seeded ones unless those are asked for: the user named this very model."""
    if command.choice == "seeded":
        return seeded_weights(command)
    if command.choice == "folder":
        return folder_weights(command, weights_in(Path(command.folder or "")), execution)
    if stored.source.kind == "hub":
        return hub_weights(command, execution)
    message = f"{command.model.name} is a folder: it has no repository at the hub."
    raise BenchError("bad-usage", "load", message, "Leave out --weights, or choose hf:OWNER/NAME as the model.")


def _from_folder(place: Path, folder: Path) -> str | None:
    """Copies the configuration. Returns the file of its weights; None if it has none."""
    if not (place / _CONFIG).is_file():
        message = f"{place} holds no {_CONFIG}, so what kind of model it is cannot be known."
        raise BenchError(
            "bad-model-file",
            "load",
            message,
            "Name a folder that save_pretrained wrote, or the .onnx file itself.",
        )
    for name in (_CONFIG, *CONFIGURATIONS):
        if (place / name).is_file():
            shutil.copyfile(place / name, folder / name)
    names = {each.name for each in place.iterdir()}
    weights = next((name for name in (WEIGHTS_FILE, INDEX_FILE) if name in names), None)
    if weights is None:
        _refuse_pickles(str(place), names)
    return weights


def _from_hub(source: ModelSource, folder: Path, execution: Execution) -> HubRepository:
    repository = hub_repository(source, (_CONFIG, *CONFIGURATIONS), folder, execution)
    if not (folder / _CONFIG).is_file():
        message = f"hf:{source.place} holds no {_CONFIG}, so what kind of model it is cannot be known."
        raise BenchError("bad-model-file", "load", message, "Name a repository of a Transformers model.")
    if repository.weights_file is None:
        _refuse_pickles(f"hf:{source.place}", set(repository.files))
    return repository


def _refuse_pickles(place: str, names: set[str]) -> None:
    pickles = sorted(name for name in names if Path(name).suffix in {".bin", ".pt", ".pth", ".ckpt", ".h5", ".msgpack"})
    if pickles:
        message = f"{place} holds its weights only as {pickles[0]}, which is not opened because it can run code."
        remedy = f"Save it where you trust it, with save_pretrained: that writes {WEIGHTS_FILE}."
        raise BenchError("unsafe-model-file", "load", message, remedy)


def _read_config(folder: Path, place: str) -> dict[str, Any]:
    try:
        record = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"The {_CONFIG} of {place} cannot be read."
        raise BenchError(
            "bad-model-file", "load", message, "Save the model again with save_pretrained.", error
        ) from error
    if not isinstance(record, dict):
        message = f"The {_CONFIG} of {place} is not an object."
        raise BenchError("bad-model-file", "load", message, "Save the model again with save_pretrained.")
    return record


def _config(chosen: VisionClass, folder: Path, place: str) -> Any:
    try:
        return chosen.model.config_class.from_pretrained(str(folder), local_files_only=True)
    except Exception as error:  # a configuration's class raises its own types
        raise _bad_config(place, error) from error


def _built(model: Any, config: Any, place: str) -> torch.nn.Module:
    try:
        return model(config).eval()
    except ImportError as error:
        message = f"{place} needs a library that does not load here."
        remedy = "Install it into the Python environment; a backbone of timm needs timm and a matching torchvision."
        raise BenchError("python-unavailable", "load", message, remedy, error) from error
    except Exception as error:  # as above
        raise _bad_config(place, error) from error


def _bad_config(place: str, error: Exception) -> BenchError:
    message = f"Transformers cannot make a network from the {_CONFIG} of {place}."
    remedy = "Compare its values with those that the model was saved with; the log has what Transformers said."
    return BenchError("bad-model-file", "load", message, remedy, f"{type(error).__name__}: {error}")


def _size_of(config: Any) -> tuple[int, int] | None:
    """What its position embeddings were made for; None if the network takes any size."""
    size = getattr(config, "image_size", None)
    if isinstance(size, int):
        return size, size
    if isinstance(size, (list, tuple)) and len(size) == 2:
        return int(size[0]), int(size[1])
    return None
