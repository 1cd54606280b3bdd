"""Models from a source of the user's: Hugging Face's layout, a name of timm or torchvision, or their own Python.

A source is inspected once: its network is built with seeded weights and run at batch 1 and 2, so that what is reported
is what runs. What later processes need to build it again is stored in the model's folder. No code of a source is run,
except that of a `module`, whose files the caller has been told to trust."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.models.sources.found import Found, Stored, read_stored, write_stored
from enginebench_worker.wire.commands import InspectSource, ResolveWeights
from enginebench_worker.wire.domain import ModelManifest, Weights
from enginebench_worker.wire.found_source import SourceFacts
from enginebench_worker.wire.messages import SourceInspected, WeightsResolved

if TYPE_CHECKING:
    import torch

LIBRARIES = ("hugging-face", "timm", "torchvision", "module")
"""`source.library` of a manifest made from a source."""


def inspect_source(command: InspectSource, execution: Execution) -> SourceInspected:
    from enginebench_worker.models.sources.probe import probed

    kind = _kind_of(command.source.kind)
    found: Found = kind.describe(command, execution)
    execution.step("running it once")
    outputs, postprocessing = probed(found, command.outputs)
    write_stored(Path(command.folder), Stored(command.source, command.code))
    facts = SourceFacts(
        name=found.name,
        class_name=found.class_name,
        task=found.task,
        repository=found.repository,
        revision=found.revision,
        weights_file=found.weights_file,
        licence=found.licence,
        parameter_count=max(1, sum(parameter.numel() for parameter in found.network.parameters())),
        input_name=found.input_name,
        channels=found.channels,
        height=found.height,
        width=found.width,
        outputs=outputs,
        preprocessing=found.preprocessing,
        postprocessing=postprocessing,
        assumptions=found.assumptions,
    )
    return SourceInspected(command.id, facts)


def build_source_module(
    model: ModelManifest, model_folder: str, weights: Weights
) -> tuple[torch.nn.Module, dict[str, str]]:
    """The module, and the versions of the libraries that define it, except torch."""
    from enginebench_worker.models.sources.probe import ChosenOutputs
    from enginebench_worker.models.weights import require_finite

    stored = read_stored(Path(model_folder), model.name)
    kind = _kind_of(stored.source.kind)
    network = kind.network(stored, model, model_folder, weights)
    require_finite(network.named_parameters(), model.name)
    libraries = {name: version(name) for name in kind.LIBRARIES}
    return ChosenOutputs(network, model.outputs, kind.KEYWORD), libraries


def resolve_source_weights(command: ResolveWeights, execution: Execution) -> WeightsResolved:
    stored = read_stored(Path(command.model_folder), command.model.name)
    kind = _kind_of(stored.source.kind)
    resolved: WeightsResolved = kind.resolve(stored, _with_folder(command, stored), execution)
    return resolved


def _with_folder(command: ResolveWeights, stored: Stored) -> ResolveWeights:
    """A folder that is the model's source is where its weights are, unless the user names another."""
    if stored.source.kind == "folder" and command.choice == "auto":
        return replace(command, choice="folder", folder=stored.source.place)
    return command


def _kind_of(kind: str) -> ModuleType:
    if kind in ("folder", "hub"):
        from enginebench_worker.models.sources import hugging_face

        return hugging_face
    if kind == "timm":
        from enginebench_worker.models.sources import timm_models

        return timm_models
    if kind == "torchvision":
        from enginebench_worker.models.sources import torchvision_models

        return torchvision_models
    if kind == "module":
        from enginebench_worker.models.sources import own_module

        return own_module
    remedy = "Repair the Python environment: the application and its worker are of different versions."
    raise BenchError("unknown-model", "load", f"This worker knows no model source {kind}.", remedy)
