"""The names that the published DETR weights give the ResNet backbone (those of timm), as renamings to the names of
Transformers' own ResNet, which is built here so that timm is not needed. Patterns as `from_pretrained` takes them."""

from __future__ import annotations

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
