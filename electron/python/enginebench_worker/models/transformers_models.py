"""Architectures from Transformers, written out here so that none needs the hub: seeded weights work offline, and
weights from a folder are checked against the same architecture.

The published DETR weights name the ResNet backbone as timm does. The renamings below map those names to Transformers'
own ResNet, so timm is not needed. Patterns have the form that `from_pretrained` accepts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import transformers

from enginebench_worker.errors import BenchError
from enginebench_worker.models.weights import weights_do_not_fit
from enginebench_worker.wire.domain import ModelManifest, Weights

_PUBLISHED = r"^model\.backbone\.conv_encoder\.model\."
_BUILT = "model.backbone.model."
_STAGES = 4
_CONVOLUTIONS_IN_BLOCK = 3


def _renamings() -> dict[str, str]:
    renamings = {
        _PUBLISHED + r"conv1\.": _BUILT + "embedder.embedder.convolution.",
        _PUBLISHED + r"bn1\.": _BUILT + "embedder.embedder.normalization.",
    }
    for stage in range(_STAGES):
        published = _PUBLISHED + rf"layer{stage + 1}\.(\d+)\."
        built = _BUILT + rf"encoder.stages.{stage}.layers.\1."
        renamings[published + r"downsample\.0\."] = built + "shortcut.convolution."
        renamings[published + r"downsample\.1\."] = built + "shortcut.normalization."
        for place in range(_CONVOLUTIONS_IN_BLOCK):
            renamings[published + rf"conv{place + 1}\."] = built + f"layer.{place}.convolution."
            renamings[published + rf"bn{place + 1}\."] = built + f"layer.{place}.normalization."
    return renamings


DETR_BACKBONE_RENAMINGS = _renamings()


class NamedOutputs(torch.nn.Module):
    """Returns the wanted fields of a Transformers model's answer as a tuple."""

    def __init__(self, model: torch.nn.Module, names: tuple[str, ...]) -> None:
        super().__init__()
        self.model = model
        self.names = names

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, ...]:
        answer = self.model(pixel_values=images)
        return tuple(answer[name] for name in self.names)


def _clip_vision_b32() -> tuple[type, Any]:
    config = transformers.CLIPVisionConfig(
        hidden_size=768,
        intermediate_size=3072,
        num_hidden_layers=12,
        num_attention_heads=12,
        image_size=224,
        patch_size=32,
        projection_dim=512,
    )
    return transformers.CLIPVisionModelWithProjection, config


def _detr_resnet_50() -> tuple[type, Any]:
    backbone = transformers.ResNetConfig(out_features=["stage4"])
    config = transformers.DetrConfig(
        use_timm_backbone=False,
        use_pretrained_backbone=False,
        backbone=None,
        backbone_config=backbone,
        num_labels=91,
    )
    return transformers.DetrForObjectDetection, config


def _yolos_tiny() -> tuple[type, Any]:
    config = transformers.YolosConfig(
        hidden_size=192,
        num_hidden_layers=12,
        num_attention_heads=3,
        intermediate_size=768,
        image_size=[800, 1333],
        patch_size=16,
        num_detection_tokens=100,
        use_mid_position_embeddings=False,
        num_labels=91,
    )
    return transformers.YolosForObjectDetection, config


ARCHITECTURES: dict[str, Callable[[], tuple[type, Any]]] = {
    "openai/clip-vit-base-patch32": _clip_vision_b32,
    "facebook/detr-resnet-50": _detr_resnet_50,
    "hustvl/yolos-tiny": _yolos_tiny,
}

_RENAMINGS = {"facebook/detr-resnet-50": DETR_BACKBONE_RENAMINGS}


def build_transformers_module(model: ModelManifest, weights: Weights) -> torch.nn.Module:
    transformers.logging.set_verbosity_error()
    architecture = ARCHITECTURES.get(model.source.repository)
    if architecture is None:
        raise BenchError(
            "unknown-model",
            "load",
            f"This version does not know the architecture of {model.source.repository}.",
            f"Use one of {', '.join(ARCHITECTURES)}, or an ONNX file of the model.",
        )
    model_class, config = architecture()
    if weights.origin == "seeded":
        torch.manual_seed(weights.seed)
        network = model_class(config)
    else:
        network = _from_folder(model_class, config, weights, model.source.repository)
    return NamedOutputs(network.eval(), model.outputs)


def _from_folder(model_class: Any, config: Any, weights: Weights, repository: str) -> torch.nn.Module:
    folder = weights.folder
    if folder is None:
        raise BenchError("weights-unavailable", "load", "No folder of weights was given.", "Resolve the weights first.")
    try:
        network, report = model_class.from_pretrained(
            folder,
            config=config,
            local_files_only=True,
            use_safetensors=True,
            output_loading_info=True,
            dtype=torch.float32,
            key_mapping=_RENAMINGS.get(repository),
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise weights_do_not_fit(folder, error) from error
    absent = sorted({str(key) for kind in ("missing_keys", "mismatched_keys") for key in report.get(kind, ())})
    if absent:
        raise weights_do_not_fit(folder, f"{len(absent)} tensors are missing or have another shape: {absent[:5]}")
    return network
