"""Names of timm and torchvision. Both need a torchvision that loads: where its library was built for another torch, the
shim stands in for the operators that are not used here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

pytest.importorskip("torch")
if find_spec("timm") is None:
    pytest.skip("timm is not installed in this environment", allow_module_level=True)

import torch
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.models import build_module
from enginebench_worker.models.resolving import resolve_weights
from enginebench_worker.models.sources import inspect_source
from enginebench_worker.wire.commands import InspectSource, ResolveWeights
from enginebench_worker.wire.domain import ModelManifest, Weights
from enginebench_worker.wire.found_source import InputSize, ModelSource, SourceFacts, SourceOutput
from safetensors.torch import save_file

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "torchvision_shim"))
import enginebench_torchvision_shim  # noqa: F401

Ask = Callable[..., SourceFacts]


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    folder = tmp_path / "stored"
    folder.mkdir()
    return folder


@pytest.fixture
def ask(stored: Path, execution: Execution) -> Ask:
    def inspect(kind: str, name: str, size: InputSize | None = None) -> SourceFacts:
        source = ModelSource(kind, name, None, None)  # type: ignore[arg-type]
        return inspect_source(InspectSource(1, source, (), size, None, str(stored)), execution).facts

    return inspect


def manifest_of(digits: ModelManifest, facts: SourceFacts, library: str) -> ModelManifest:
    source = replace(
        digits.source,
        library=library,
        repository=facts.repository,
        revision=facts.revision,
        weights_file=facts.weights_file,
    )
    size = replace(digits.input, channels=facts.channels, height=facts.height, width=facts.width)
    return replace(digits, source=source, input=size, outputs=tuple(output.name for output in facts.outputs))


def refusal(ask: Ask, kind: str, name: str) -> tuple[str, str, str]:
    with pytest.raises(BenchError) as caught:
        ask(kind, name)
    record = caught.value.record
    return record.code, record.message, record.remedy


def test_a_name_of_timm_brings_its_preprocessing_and_the_place_of_its_weights(ask: Ask) -> None:
    facts = ask("timm", "resnet18.a1_in1k")
    assert (facts.task, facts.repository, facts.weights_file, facts.licence) == (
        "image-classification",
        "timm/resnet18.a1_in1k",
        "model.safetensors",
        "apache-2.0",
    )
    assert facts.outputs == (SourceOutput("logits", (1, 1000)),)
    rule = facts.preprocessing
    assert (rule.resize, rule.interpolation, rule.crop_fraction) == ("shortest-edge", "bicubic", 0.95)


def test_weights_of_timm_come_from_a_folder(
    ask: Ask, stored: Path, tmp_path: Path, digits: ModelManifest, execution: Execution
) -> None:
    import timm

    saved = timm.create_model("resnet18", pretrained=False).eval()
    save_file(saved.state_dict(), tmp_path / "model.safetensors")
    model = manifest_of(digits, ask("timm", "resnet18", InputSize(64, 64)), "timm")
    resolved = resolve_weights(ResolveWeights(1, model, str(stored), "folder", str(tmp_path), 7), execution)
    assert resolved.origin == "folder"
    built = build_module(model, str(stored), Weights("folder", str(tmp_path), 7))
    images = torch.rand(2, 3, 64, 64)
    with torch.inference_mode():
        assert torch.equal(built.module(images)[0], saved(images))


def test_a_network_with_position_embeddings_is_made_for_the_size_that_is_asked_for(ask: Ask) -> None:
    facts = ask("timm", "vit_tiny_patch16_224", InputSize(64, 96))
    assert (facts.height, facts.width, facts.outputs) == (64, 96, (SourceOutput("logits", (1, 1000)),))


def test_names_that_nobody_has_are_answered_with_near_ones(ask: Ask) -> None:
    code, message, remedy = refusal(ask, "timm", "resnet81")
    assert (code, "has no model resnet81" in message, "resnet18" in remedy) == ("unknown-model", True, True)
    code, message, remedy = refusal(ask, "timm", "resnet18.nonsense")
    assert (code, "resnet18.a1_in1k" in remedy) == ("unknown-model", True)
    code, message, remedy = refusal(ask, "torchvision", "resnet81")
    assert (code, "resnet18" in remedy) == ("unknown-model", True)


def test_a_name_of_torchvision_is_seeded_unless_a_folder_has_its_weights(
    ask: Ask, stored: Path, tmp_path: Path, digits: ModelManifest, execution: Execution
) -> None:
    import torchvision

    facts = ask("torchvision", "resnet18", InputSize(64, 64))
    assert round(facts.preprocessing.crop_fraction or 0, 4) == 0.875
    model = manifest_of(digits, facts, "torchvision")
    seeded = resolve_weights(ResolveWeights(1, model, str(stored), "auto", None, 7), execution)
    assert (seeded.origin, "pickles" in seeded.reason, "seed 7" in seeded.reason) == ("seeded", True, True)
    with pytest.raises(BenchError) as caught:
        resolve_weights(ResolveWeights(1, model, str(stored), "hub", None, 7), execution)
    assert (caught.value.record.code, "timm:NAME.tv_in1k" in caught.value.record.remedy) == (
        "weights-unavailable",
        True,
    )
    saved = torchvision.models.resnet18(weights=None).eval()
    save_file(saved.state_dict(), tmp_path / "model.safetensors")
    folder = resolve_weights(ResolveWeights(1, model, str(stored), "folder", str(tmp_path), 7), execution)
    built = build_module(model, str(stored), Weights("folder", folder.folder, 7))
    images = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        assert torch.equal(built.module(images)[0], saved(images))


def test_what_torchvision_returns_as_lists_is_refused(ask: Ask) -> None:
    code, message, remedy = refusal(ask, "torchvision", "fasterrcnn_resnet50_fpn")
    assert (code, "not a classifier" in message, "MODULE.py:FUNCTION" in remedy) == ("bad-model-file", True, True)
