from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch
import transformers
from conftest import MODELS
from enginebench_worker.errors import BenchError
from enginebench_worker.models import build_module
from enginebench_worker.models.transformers_models import class_and_config
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.domain import ModelManifest, Weights
from enginebench_worker.wire.model_source import Architecture

BLOCKS = (3, 4, 6, 3)
NORMALIZATION = ("weight", "bias", "running_mean", "running_var")


def manifest_of(model_id: str) -> ModelManifest:
    return from_json(ModelManifest, json.loads((MODELS / model_id / "model.json").read_text(encoding="utf-8")))


SHIPPED = [manifest_of(path.parent.name) for path in sorted(MODELS.glob("*/model.json"))]
OF_TRANSFORMERS = [model for model in SHIPPED if model.source.library == "transformers"]


def architecture_of(model: ModelManifest) -> Architecture:
    assert model.source.architecture is not None
    return model.source.architecture


@pytest.mark.parametrize("model", OF_TRANSFORMERS, ids=lambda model: model.id)
def test_a_class_and_a_configuration_give_as_many_parameters_as_the_manifest_says(model: ModelManifest) -> None:
    model_class, config = class_and_config(architecture_of(model))
    with torch.device("meta"):
        network = model_class(config)
    assert sum(tensor.numel() for tensor in network.parameters()) == model.parameter_count


def published_names() -> list[str]:
    """Of a ResNet-50 as timm names it, which is how the published file does."""
    names = ["conv1.weight", *(f"bn1.{part}" for part in NORMALIZATION)]
    for stage, blocks in enumerate(BLOCKS, start=1):
        for block in range(blocks):
            head = f"layer{stage}.{block}"
            for place in (1, 2, 3):
                names += [f"{head}.conv{place}.weight", *(f"{head}.bn{place}.{part}" for part in NORMALIZATION)]
        first = f"layer{stage}.0.downsample"
        names += [f"{first}.0.weight", *(f"{first}.1.{part}" for part in NORMALIZATION)]
    return [f"model.backbone.conv_encoder.model.{name}" for name in names]


def test_every_published_backbone_tensor_of_detr_finds_its_place_and_every_place_is_filled() -> None:
    architecture = architecture_of(manifest_of("detr-resnet-50"))

    def renamed(name: str) -> str:
        matching = [each for each in (architecture.renamings or {}).items() if re.search(each[0], name)]
        assert len(matching) == 1
        return re.sub(*matching[0], name)

    model_class, config = class_and_config(architecture)
    with torch.device("meta"):
        built = {name for name in model_class(config).state_dict() if name.startswith("model.backbone.")}
    assert {renamed(name) for name in published_names()} == built


def refusal(architecture: Architecture) -> tuple[str, str]:
    with pytest.raises(BenchError) as caught:
        class_and_config(architecture)
    return caught.value.record.code, caught.value.record.message


def test_a_class_that_the_library_does_not_have_is_refused_by_name() -> None:
    assert refusal(Architecture("NoSuchModel", {})) == (
        "unknown-model",
        f"Transformers {transformers.__version__} has no model class NoSuchModel.",
    )


def test_what_is_no_model_class_is_refused_even_if_the_library_has_it() -> None:
    assert refusal(Architecture("pipeline", {}))[0] == "unknown-model"


def test_a_configuration_that_does_not_fit_its_class_is_refused() -> None:
    assert refusal(Architecture("CLIPVisionModel", {"hidden_size": "wide"})) == (
        "unknown-model",
        "CLIPVisionModel cannot be built from the configuration in its manifest.",
    )


SIGLIP = {
    "hidden_size": 16,
    "intermediate_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "image_size": 32,
    "patch_size": 16,
}


def with_architecture(model: ModelManifest, class_name: str, config: dict[str, Any]) -> ModelManifest:
    return replace(model, source=replace(model.source, architecture=Architecture(class_name, config)))


def test_the_vision_half_of_a_published_siglip_loads_from_the_file_of_both_halves(tmp_path: Path) -> None:
    text = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = transformers.SiglipConfig(vision_config=SIGLIP, text_config={**text, "vocab_size": 64})
    torch.manual_seed(3)
    whole = transformers.SiglipModel(config).eval()
    whole.save_pretrained(tmp_path, safe_serialization=True)
    model = with_architecture(manifest_of("siglip2-base"), "SiglipVisionModel", SIGLIP)
    module = build_module(model, "", Weights("folder", str(tmp_path), 1)).module
    images = torch.rand(2, 3, 32, 32)
    with torch.inference_mode():
        (found,), expected = module(images), whole.vision_model(pixel_values=images).pooler_output
    torch.testing.assert_close(found, expected)


def test_weights_that_lack_a_tensor_are_refused(tmp_path: Path) -> None:
    transformers.SiglipVisionModel(transformers.SiglipVisionConfig(**SIGLIP)).save_pretrained(tmp_path)
    wider = with_architecture(manifest_of("siglip2-base"), "SiglipVisionModel", {**SIGLIP, "num_hidden_layers": 2})
    with pytest.raises(BenchError) as caught:
        build_module(wider, "", Weights("folder", str(tmp_path), 1))
    assert caught.value.record.code == "weights-unavailable"


def test_spread_weights_are_the_same_for_a_seed_and_give_every_place_another_score() -> None:
    config = {
        "backbone_config": {
            "model_type": "rt_detr_resnet",
            "hidden_sizes": [8, 8, 16, 16],
            "depths": [1, 1, 1, 1],
            "layer_type": "basic",
            "embedding_size": 8,
            "out_features": ["stage2", "stage3", "stage4"],
        },
        **{"encoder_in_channels": [8, 16, 16], "decoder_in_channels": [16, 16, 16], "decoder_n_points": 2},
        **{"d_model": 16, "encoder_hidden_dim": 16, "encoder_ffn_dim": 16, "decoder_ffn_dim": 16},
        **{"encoder_attention_heads": 2, "decoder_attention_heads": 2, "decoder_layers": 2, "num_queries": 5},
        "num_labels": 3,
    }
    small = with_architecture(manifest_of("rt-detrv2-r18"), "RTDetrV2ForObjectDetection", config)
    architecture = replace(architecture_of(small), seeding="spread")
    spread = replace(small, source=replace(small.source, architecture=architecture))
    images = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))

    def scores_of(model: ModelManifest, seed: int) -> torch.Tensor:
        network = build_module(model, "", Weights("seeded", None, seed)).module.model
        with torch.inference_mode():
            scores: torch.Tensor = network(pixel_values=images).enc_outputs_class.max(dim=-1).values
        return scores

    alike, wide, again, other = (scores_of(*each) for each in ((small, 5), (spread, 5), (spread, 5), (spread, 6)))
    assert (torch.equal(wide, again), torch.equal(wide, other)) == (True, False)
    assert wide.std() > 10 * alike.std()
