"""Weights of a folder into a network of Transformers, whether its class comes from a manifest or from the folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from enginebench_worker.models.weights import weights_do_not_fit


def load_network(
    model_class: Any, config: Any, folder: str, renamings: Mapping[str, str] | None = None
) -> torch.nn.Module:
    """Safetensors only, in FP32. A tensor that is missing or has another shape is an error: Transformers would seed it.

    `renamings` are patterns of tensor names in the file, each with the name that the network has for it."""
    try:
        network, report = model_class.from_pretrained(
            folder,
            config=config,
            local_files_only=True,
            use_safetensors=True,
            output_loading_info=True,
            dtype=torch.float32,
            key_mapping=renamings,
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise weights_do_not_fit(folder, error) from error
    absent = sorted({str(key) for kind in ("missing_keys", "mismatched_keys") for key in report.get(kind, ())})
    if absent:
        raise weights_do_not_fit(folder, f"{len(absent)} tensors are missing or have another shape: {absent[:5]}")
    return network
