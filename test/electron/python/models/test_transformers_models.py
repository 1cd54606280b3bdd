import re

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from enginebench_worker.models.transformers_models import ARCHITECTURES, DETR_BACKBONE_RENAMINGS

BLOCKS = (3, 4, 6, 3)
NORMALIZATION = ("weight", "bias", "running_mean", "running_var")


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


def renamed(name: str) -> str:
    matching = [(pattern, new) for pattern, new in DETR_BACKBONE_RENAMINGS.items() if re.search(pattern, name)]
    assert len(matching) == 1
    return re.sub(*matching[0], name)


def test_every_published_backbone_tensor_finds_its_place_and_every_place_is_filled() -> None:
    import torch

    model_class, config = ARCHITECTURES["facebook/detr-resnet-50"]()
    with torch.device("meta"):
        built = {name for name in model_class(config).state_dict() if name.startswith("model.backbone.")}
    assert {renamed(name) for name in published_names()} == built
