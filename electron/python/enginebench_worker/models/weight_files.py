"""Reads weights from .safetensors, the one format that cannot run code."""

from __future__ import annotations

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from enginebench_worker.errors import BenchError


def read_safetensors(file: str) -> dict[str, torch.Tensor]:
    try:
        return load_file(file)
    except (SafetensorError, OSError) as error:
        raise weights_do_not_fit(file, error) from error


def weights_do_not_fit(where: str, cause: object) -> BenchError:
    return BenchError(
        "weights-unavailable",
        "load",
        f"The weights in {where} do not fit this model.",
        "Name the folder of this model's own .safetensors weights, or use seeded ones.",
        cause,
    )
