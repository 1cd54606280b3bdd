"""One small network of each built-in class of Transformers, exported as the large ones are. The same classes with their
real configurations are exported by the tests marked `models`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import MODELS
from enginebench_worker.execution import Execution
from enginebench_worker.torch_engine.export import export_onnx
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.commands import ExportOnnx
from enginebench_worker.wire.domain import ModelManifest, Weights
from enginebench_worker.wire.model_source import Architecture

TRANSFORMER = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
DETECTOR = {
    **{"d_model": 16, "encoder_hidden_dim": 16, "encoder_ffn_dim": 16, "decoder_ffn_dim": 16, "decoder_layers": 2},
    **{"encoder_attention_heads": 2, "decoder_attention_heads": 2, "decoder_in_channels": [16, 16, 16]},
    **{"encoder_in_channels": [8, 16, 16], "hidden_expansion": 0.5, "num_queries": 5, "num_labels": 3},
}
STAGES = ["stage2", "stage3", "stage4"]
SMALL: dict[str, tuple[int, dict[str, Any]]] = {
    "clip-vit-b32": (32, {**TRANSFORMER, "intermediate_size": 32, "image_size": 32, "patch_size": 16}),
    "siglip2-base": (32, {**TRANSFORMER, "intermediate_size": 32, "image_size": 32, "patch_size": 16}),
    "dinov2-small": (28, {**TRANSFORMER, "image_size": 42, "patch_size": 14}),
    "convnextv2-tiny": (32, {"hidden_sizes": [8, 8, 16, 16], "depths": [1, 1, 2, 1], "num_labels": 7}),
    "efficientnet-lite0": (
        32,
        {
            **{"imageSize": 32, "classes": 7, "stemChannels": 8, "headChannels": 16},
            "stages": [
                {"repeats": 1, "kernel": 3, "stride": 1, "expansion": 1, "channels": 8},
                {"repeats": 2, "kernel": 5, "stride": 2, "expansion": 6, "channels": 12},
            ],
        },
    ),
    "yolos-tiny": (
        32,
        {**TRANSFORMER, "intermediate_size": 32, "image_size": [32, 48], "patch_size": 16, "num_detection_tokens": 4},
    ),
    "detr-resnet-50": (
        64,
        {
            "backbone_config": {
                **{"model_type": "resnet", "embedding_size": 8, "hidden_sizes": [8, 8, 16, 16], "depths": [1, 1, 1, 1]},
                "out_features": ["stage4"],
            },
            **{"use_timm_backbone": False, "use_pretrained_backbone": False, "backbone": None},
            **{"d_model": 16, "encoder_layers": 1, "decoder_layers": 1, "num_queries": 4, "num_labels": 3},
            **{"encoder_ffn_dim": 16, "decoder_ffn_dim": 16, "encoder_attention_heads": 2, "decoder_attention_heads": 2},
        },
    ),
    "rt-detrv2-r18": (
        64,
        {
            **DETECTOR,
            "decoder_n_points": 2,
            "backbone_config": {
                **{"model_type": "rt_detr_resnet", "layer_type": "basic", "embedding_size": 8},
                **{"hidden_sizes": [8, 8, 16, 16], "depths": [1, 1, 1, 1], "out_features": STAGES},
            },
        },
    ),
    "d-fine-s": (
        64,
        {
            **DETECTOR,
            **{"depth_mult": 0.34, "decoder_n_points": [1, 2, 1]},
            "backbone_config": {
                **{"model_type": "hgnet_v2", "stem_channels": [3, 8, 8], "stage_in_channels": [8, 8, 8, 16]},
                **{"hidden_sizes": [8, 8, 16, 16], "stage_mid_channels": [8] * 4, "stage_out_channels": [8, 8, 16, 16]},
                **{"stage_num_blocks": [1] * 4, "stage_numb_of_layers": [1] * 4, "use_learnable_affine_block": True},
                "out_features": STAGES,
            },
        },
    ),
    "rf-detr-nano": (
        64,
        {
            "backbone_config": {
                **{"model_type": "rf_detr_dinov2", "hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": 2},
                **{"image_size": 64, "patch_size": 16, "num_windows": 2, "out_features": ["stage1", "stage2"]},
            },
            **{"d_model": 16, "num_queries": 5, "decoder_layers": 1, "decoder_n_points": 2, "decoder_ffn_dim": 16},
            **{"decoder_self_attention_heads": 2, "decoder_cross_attention_heads": 2, "num_labels": 3},
        },
    ),
}


def small(model_id: str) -> ModelManifest:
    size, config = SMALL[model_id]
    model = from_json(ModelManifest, json.loads((MODELS / model_id / "model.json").read_text(encoding="utf-8")))
    assert model.source.architecture is not None
    architecture = Architecture(model.source.architecture.class_name, config, None, model.source.architecture.seeding)
    return replace(
        model,
        source=replace(model.source, architecture=architecture),
        input=replace(model.input, height=size, width=size, size_multiple=32),
    )


@pytest.mark.parametrize("model_id", SMALL)
def test_a_small_network_of_the_class_is_exported_and_equals_pytorch(
    model_id: str, tmp_path: Path, execution: Execution
) -> None:
    model = small(model_id)
    size = model.input.height
    images = np.random.default_rng(1).normal(size=(8, 3, size, size)).astype(np.float32)
    np.save(tmp_path / "images.npy", images)
    seeded = Weights("seeded", None, 5)
    files = (str(tmp_path / name) for name in ("images.npy", "model.onnx", "outputs"))
    exported = export_onnx(ExportOnnx(1, model, "", seeded, model.default_opset, *files), execution)
    record = exported.exporter
    chooses = model.postprocessing == "focal-detection"
    sizes = 2 if model.input.dynamic_size else 1
    assert (record.name, record.batch_sizes, len(record.sizes), record.choice_count > 0) == (
        "torchscript" if model.exporter is None else model.exporter.name,
        (1, 3, 8),
        sizes,
        chooses,
    )
    assert (record.refused, record.worst_share < 1e-4) == ((), True)
