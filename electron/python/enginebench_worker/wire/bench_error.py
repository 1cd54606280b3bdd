"""An expected failure as it crosses the wire.

Generated from shared/worker-protocol by scripts/generate-python-wire.mjs: do not edit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ErrorCode = Literal[
    "bad-usage",
    "unknown-model",
    "unknown-backend",
    "unsupported-precision",
    "batch-outside-profile",
    "no-images",
    "no-readable-images",
    "input-mismatch",
    "bad-model-file",
    "unsafe-model-file",
    "missing-artifact",
    "export-failed",
    "weights-unavailable",
    "backend-unavailable",
    "python-unavailable",
    "python-setup-failed",
    "licence-not-accepted",
    "out-of-memory-host",
    "out-of-memory-gpu",
    "worker-crashed",
    "worker-stalled",
    "protocol-violation",
    "invalid-samples",
    "disk-full",
    "folder-not-empty",
    "not-writable",
    "record-unreadable",
    "newer-schema",
    "inference-failed",
    "capture-refused",
    "fallback",
    "interrupted",
    "display-unavailable",
    "unknown-run",
    "unknown-artifact",
    "unknown-conversion",
    "bad-recipe",
    "bad-profile",
    "unsupported-operator",
    "mixed-precision",
    "conversion-failed",
    "build-failed",
    "precision-not-proved",
    "no-calibration-images",
    "untrusted-engine",
    "untrusted-code",
    "model-code-failed",
    "bad-analyzer",
    "no-videos",
    "unreadable-video",
    "gpu-faulted",
    "gpu-lost",
    "unsynchronized",
    "unexpected",
]
Stage = Literal[
    "setup",
    "plan",
    "inputs",
    "export",
    "simplify",
    "precision",
    "calibrate",
    "build",
    "spawn",
    "load",
    "memory",
    "warmup",
    "measure",
    "cold-start",
    "energy",
    "time-split",
    "layers",
    "serve",
    "limits",
    "parity",
    "summarize",
    "store",
    "report",
]


@dataclass(frozen=True)
class BenchErrorRecord:
    code: ErrorCode
    stage: Stage
    message: str
    remedy: str
    cause: str | None
