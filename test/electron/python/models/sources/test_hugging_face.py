"""Folders as Transformers writes them, with tiny networks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import torch
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.models import build_module
from enginebench_worker.models.resolving import resolve_weights
from enginebench_worker.models.sources import hugging_face, inspect_source
from enginebench_worker.models.sources.processor import read_processor
from enginebench_worker.wire.commands import InspectSource, ResolveWeights
from enginebench_worker.wire.domain import ModelManifest, Weights
from enginebench_worker.wire.found_source import InputSize, ModelSource, SourceFacts, SourceOutput

transformers = pytest.importorskip("transformers")  # after this import, which decides what it sees of torchvision
assert hugging_face.KEYWORD == "pixel_values"

TINY: dict[str, Any] = {
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "image_size": 32,
    "patch_size": 8,
}
PROCESSOR = {
    "do_resize": True,
    "size": {"shortest_edge": 40},
    "do_center_crop": True,
    "crop_size": {"height": 32, "width": 32},
    "resample": 3,
    "image_mean": [0.5, 0.4, 0.3],
    "image_std": [0.2, 0.2, 0.2],
}


@pytest.fixture
def vit(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny-vit"
    torch.manual_seed(3)
    transformers.ViTForImageClassification(transformers.ViTConfig(**TINY, num_labels=5)).save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps(PROCESSOR), encoding="utf-8")
    return folder


@pytest.fixture
def inspect(tmp_path: Path, execution: Execution) -> Callable[..., SourceFacts]:
    def ask(folder: Path, size: InputSize | None = None, outputs: tuple[str, ...] | None = None) -> SourceFacts:
        stored = tmp_path / "stored"
        stored.mkdir(exist_ok=True)
        source = ModelSource("folder", str(folder), None, None)
        return inspect_source(InspectSource(1, source, (), size, outputs, str(stored)), execution).facts

    return ask


@pytest.fixture
def manifest(digits: ModelManifest) -> Callable[[SourceFacts], ModelManifest]:
    def make(facts: SourceFacts) -> ModelManifest:
        source = replace(
            digits.source, library="hugging-face", repository=facts.repository, weights_file=facts.weights_file
        )
        size = replace(digits.input, channels=facts.channels, height=facts.height, width=facts.width)
        names = tuple(output.name for output in facts.outputs)
        return replace(digits, source=source, input=size, outputs=names)

    return make


def refusal(inspect: Callable[..., SourceFacts], folder: Path) -> tuple[str, str, str]:
    with pytest.raises(BenchError) as caught:
        inspect(folder)
    return caught.value.record.code, caught.value.record.stage, caught.value.record.message


def change_config(folder: Path, **changes: Any) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), **changes}), encoding="utf-8")


def test_a_folder_says_what_it_is_and_how_it_wants_its_images(vit: Path, inspect: Callable[..., SourceFacts]) -> None:
    facts = inspect(vit)
    assert replace(facts, parameter_count=1) == SourceFacts(
        name="tiny-vit",
        class_name="ViTForImageClassification",
        task="image-classification",
        repository=str(vit),
        revision=None,
        weights_file="model.safetensors",
        licence=None,
        parameter_count=1,
        input_name="pixel_values",
        channels=3,
        height=32,
        width=32,
        outputs=(SourceOutput("logits", (1, 5)),),
        preprocessing=replace(
            facts.preprocessing,
            resize="shortest-edge",
            interpolation="bicubic",
            center_crop=True,
            crop_fraction=0.8,
            mean=(0.5, 0.4, 0.3),
            standard_deviation=(0.2, 0.2, 0.2),
        ),
        postprocessing="top-1",
        assumptions=(),
    )


def test_the_module_of_a_folder_computes_what_was_saved(
    vit: Path,
    tmp_path: Path,
    inspect: Callable[..., SourceFacts],
    manifest: Callable[[SourceFacts], ModelManifest],
    execution: Execution,
) -> None:
    model = manifest(inspect(vit))
    resolved = resolve_weights(ResolveWeights(1, model, str(tmp_path / "stored"), "auto", None, 7), execution)
    assert (resolved.origin, resolved.folder) == ("folder", str(vit))
    built = build_module(model, str(tmp_path / "stored"), Weights("folder", resolved.folder, 7))
    images = torch.rand(2, 3, 32, 32)
    saved = transformers.ViTForImageClassification.from_pretrained(vit).eval()
    with torch.inference_mode():
        assert torch.equal(built.module(images)[0], saved(pixel_values=images).logits)
    assert set(built.versions) == {"transformers"}


def test_a_model_in_several_files_is_read_whole_and_all_of_it_is_hashed(
    vit: Path,
    tmp_path: Path,
    inspect: Callable[..., SourceFacts],
    manifest: Callable[[SourceFacts], ModelManifest],
    execution: Execution,
) -> None:
    sharded = tmp_path / "sharded"
    whole = transformers.ViTForImageClassification.from_pretrained(vit)
    whole.save_pretrained(sharded, max_shard_size="6KB")
    assert len(list(sharded.glob("*.safetensors"))) > 1
    facts = inspect(sharded)
    assert facts.weights_file == "model.safetensors.index.json"
    model = manifest(facts)
    command = ResolveWeights(1, model, str(tmp_path / "stored"), "auto", None, 7)
    before = resolve_weights(command, execution)
    built = build_module(model, str(tmp_path / "stored"), Weights("folder", str(sharded), 7)).module
    assert torch.equal(built.network.classifier.weight, whole.classifier.weight)
    shard = sorted(sharded.glob("*.safetensors"))[-1]
    shard.unlink()
    with pytest.raises(BenchError) as caught:
        resolve_weights(command, execution)
    assert (caught.value.record.code, shard.name in caught.value.record.message) == ("weights-unavailable", True)
    assert before.sha256 is not None


def test_weights_that_are_not_numbers_are_refused_before_anything_runs(
    vit: Path,
    tmp_path: Path,
    inspect: Callable[..., SourceFacts],
    manifest: Callable[[SourceFacts], ModelManifest],
    execution: Execution,
) -> None:
    broken = transformers.ViTForImageClassification.from_pretrained(vit)
    broken.classifier.weight.data[0, 0] = float("nan")
    broken.save_pretrained(vit)
    command = ResolveWeights(1, manifest(inspect(vit)), str(tmp_path / "stored"), "auto", None, 7)
    with pytest.raises(BenchError) as caught:
        resolve_weights(command, execution)
    assert (caught.value.record.code, caught.value.record.stage) == ("weights-unavailable", "load")
    assert '"classifier.weight"' in caught.value.record.message


def test_a_detector_gives_classes_and_boxes(tmp_path: Path, inspect: Callable[..., SourceFacts]) -> None:
    config = transformers.YolosConfig(
        **{**TINY, "image_size": [32, 48]}, num_detection_tokens=4, use_mid_position_embeddings=False, num_labels=3
    )
    transformers.YolosForObjectDetection(config).save_pretrained(tmp_path / "detector")
    facts = inspect(tmp_path / "detector")
    assert (facts.task, facts.height, facts.width, facts.postprocessing) == (
        "object-detection",
        32,
        48,
        "set-detection",
    )
    assert facts.outputs == (SourceOutput("logits", (1, 4, 4)), SourceOutput("pred_boxes", (1, 4, 4)))
    assert facts.assumptions == (
        "It has no preprocessor_config.json: pixels are scaled to 0 to 1 and stretched, and not normalized.",
    )


def test_of_a_model_of_images_and_text_the_part_for_images_runs(
    tmp_path: Path, inspect: Callable[..., SourceFacts]
) -> None:
    text = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    config = transformers.CLIPConfig(text_config=text, vision_config=TINY, projection_dim=8)
    transformers.CLIPModel(config).save_pretrained(tmp_path / "clip")
    facts = inspect(tmp_path / "clip")
    assert (facts.class_name, facts.task, facts.postprocessing) == (
        "CLIPVisionModelWithProjection",
        "image-embedding",
        "embedding",
    )
    assert [output.name for output in facts.outputs] == ["image_embeds"]


def test_a_convolutional_network_takes_the_size_that_is_asked_for(
    tmp_path: Path, inspect: Callable[..., SourceFacts]
) -> None:
    config = transformers.ResNetConfig(embedding_size=8, hidden_sizes=[8, 8], depths=[1, 1], num_labels=4)
    transformers.ResNetForImageClassification(config).save_pretrained(tmp_path / "resnet")
    facts = inspect(tmp_path / "resnet", InputSize(64, 96))
    assert (facts.height, facts.width) == (64, 96)


def test_a_size_that_the_network_was_not_made_for_is_refused_with_an_example(
    vit: Path, inspect: Callable[..., SourceFacts]
) -> None:
    with pytest.raises(BenchError) as caught:
        inspect(vit, InputSize(64, 64))
    assert caught.value.record.code == "input-mismatch"
    assert "--input-size" in caught.value.record.remedy


def test_an_output_that_it_does_not_have_is_answered_with_those_it_has(
    vit: Path, inspect: Callable[..., SourceFacts]
) -> None:
    with pytest.raises(BenchError) as caught:
        inspect(vit, None, ("boxes",))
    assert (caught.value.record.code, caught.value.record.remedy) == ("bad-usage", "Choose from: logits.")


def test_a_folder_without_a_configuration_says_what_to_name(
    tmp_path: Path, inspect: Callable[..., SourceFacts]
) -> None:
    assert refusal(inspect, tmp_path) == (
        "bad-model-file",
        "load",
        f"{tmp_path} holds no config.json, so what kind of model it is cannot be known.",
    )


def test_fault_32_pickles_alone_are_never_opened(vit: Path, inspect: Callable[..., SourceFacts]) -> None:
    (vit / "model.safetensors").rename(vit / "pytorch_model.bin")
    code, stage, message = refusal(inspect, vit)
    assert (code, stage) == ("unsafe-model-file", "load")
    assert "pytorch_model.bin" in message


def test_code_that_a_folder_brings_is_never_run(vit: Path, inspect: Callable[..., SourceFacts]) -> None:
    (vit / "modeling_own.py").write_text("raise SystemExit('it ran')", encoding="utf-8")
    change_config(vit, auto_map={"AutoModel": "modeling_own.Own"})
    code, _, message = refusal(inspect, vit)
    assert (code, "auto_map" in message) == ("unsafe-model-file", True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"architectures": ["NoSuchNetwork"]}, "has no class NoSuchNetwork"),
        ({"architectures": ["BertModel"]}, "BertModel is not a class for"),
        ({"architectures": None, "model_type": "bert"}, "names neither a class nor a kind of vision model"),
        ({"patch_size": 0}, "Transformers cannot make a network"),
        ({"architectures": None, "model_type": None, "architecture": "resnet18"}, "is a model of timm"),
    ],
)
def test_a_class_that_cannot_run_here_is_named(
    vit: Path, inspect: Callable[..., SourceFacts], changes: dict[str, Any], words: str
) -> None:
    change_config(vit, **changes)
    code, stage, message = refusal(inspect, vit)
    assert (code, stage, words in message) == ("bad-model-file", "load", True), message


def test_a_configuration_that_is_no_json_is_refused(vit: Path, inspect: Callable[..., SourceFacts]) -> None:
    (vit / "config.json").write_text("{", encoding="utf-8")
    assert refusal(inspect, vit)[:2] == ("bad-model-file", "load")


def test_what_a_processor_does_otherwise_is_said(tmp_path: Path) -> None:
    record = {"size": {"shortest_edge": 480, "longest_edge": 800}, "resample": 1, "do_normalize": False}
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(record), encoding="utf-8")
    processor = read_processor(tmp_path, 3, None)
    assert (processor.size, processor.preprocessing.resize) == ((480, 480), "exact")
    assert processor.assumptions == (
        "Its processor keeps the proportions of an image (shortest edge 480, longest edge 800); every image is "
        "stretched to 480x480, so that all have one size.",
        "Its processor's interpolation is neither bilinear nor bicubic; bicubic is used.",
    )
