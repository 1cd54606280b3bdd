"""What PyTorch offers on each device, eager or compiled. FP16 on a CPU is left out: it is emulated there."""

from __future__ import annotations

from enginebench_worker.wire.domain import Precision

PRECISIONS_OF: dict[str, tuple[Precision, ...]] = {
    "cpu": ("fp32", "bf16"),
    "cuda": ("fp32", "tf32", "fp16", "bf16"),
}
