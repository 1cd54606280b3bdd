"""Architectures from Ultralytics, built from its own yaml by name. Its weights are pickles, which are never opened, so
weights are seeded or come from a folder's .safetensors."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import torch

from enginebench_worker.errors import BenchError
from enginebench_worker.files import temporary_root
from enginebench_worker.models.weights import read_safetensors, weights_do_not_fit
from enginebench_worker.wire.domain import ModelManifest, Weights

CLASSES = 80


class DetectionOutput(torch.nn.Module):
    """[batch, 3, height, width] to ([batch, 4 + classes, anchors],): boxes in pixels, then class scores."""

    def __init__(self, model: torch.nn.Module, head: Any) -> None:
        super().__init__()
        self.model = model
        head.export, head.format, head.dynamic = True, "onnx", True

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor]:
        return (self.model(images),)


def build_ultralytics_module(model: ModelManifest, weights: Weights) -> torch.nn.Module:
    detection_model = _import_detection_model()
    torch.manual_seed(weights.seed)
    network = detection_model(model.source.repository, ch=model.input.channels, nc=CLASSES, verbose=False)
    if weights.origin != "seeded":
        _load_weights(network, model, weights)
    fused = network.eval().fuse(verbose=False)
    return DetectionOutput(fused, fused.model[-1])


def _import_detection_model() -> Any:
    """Keeps Ultralytics from the network, from installing packages, and from the user's settings."""
    settings = tempfile.mkdtemp(prefix="enginebench-ultralytics-", dir=temporary_root())
    atexit.register(shutil.rmtree, settings, ignore_errors=True)
    os.environ.update(YOLO_OFFLINE="1", YOLO_AUTOINSTALL="0", YOLO_CONFIG_DIR=settings, YOLO_VERBOSE="0")
    try:
        from ultralytics.nn.tasks import DetectionModel
    except Exception as error:  # its imports raise RuntimeError if torchvision does not match torch
        raise BenchError(
            "backend-unavailable",
            "load",
            "Ultralytics is installed but cannot be loaded.",
            "Repair its environment: torch and torchvision must be matching builds.",
            error,
        ) from error
    return DetectionModel


def _load_weights(network: torch.nn.Module, model: ModelManifest, weights: Weights) -> None:
    file = str(Path(weights.folder or "") / (model.source.weights_file or "model.safetensors"))
    try:
        network.load_state_dict(read_safetensors(file))
    except RuntimeError as error:
        raise weights_do_not_fit(file, error) from error
