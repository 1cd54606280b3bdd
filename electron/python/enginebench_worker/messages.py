"""What the worker answers, as in shared/worker-protocol/message.ts. Absolute times are of the monotonic clock in ns."""

from __future__ import annotations

from dataclasses import dataclass

from enginebench_worker.domain import (
    BackendStatus,
    Bytes,
    ParityFigures,
    PrecisionProof,
    Steadiness,
    WeightsOrigin,
)
from enginebench_worker.errors import BenchErrorRecord


@dataclass(frozen=True)
class Hello:
    protocol_version: int
    worker_version: str
    pid: int
    runtime: str


@dataclass(frozen=True)
class Heartbeat:
    progress: int


@dataclass(frozen=True)
class Progress:
    id: int
    fraction: float | None
    text: str


@dataclass(frozen=True)
class BackendsDescribed:
    id: int
    backends: tuple[BackendStatus, ...]


@dataclass(frozen=True)
class SkippedFile:
    file: str
    reason: str


@dataclass(frozen=True)
class InputsPrepared:
    id: int
    shape: tuple[int, ...]
    sha256: str
    used: tuple[str, ...]
    skipped: tuple[SkippedFile, ...]


@dataclass(frozen=True)
class WeightsResolved:
    id: int
    origin: WeightsOrigin
    folder: str | None
    sha256: str | None
    reason: str


@dataclass(frozen=True)
class Comparison:
    batch_size: int
    figures: ParityFigures


@dataclass(frozen=True)
class Exported:
    id: int
    sha256: str
    size_bytes: int
    build_time_ms: float
    opset: int
    node_count: int
    comparisons: tuple[Comparison, ...]
    tools: dict[str, str]


@dataclass(frozen=True)
class Prepared:
    id: int
    load_ms: float
    precision_proof: PrecisionProof
    engine_declared_bytes: Bytes
    threads: int | None
    versions: dict[str, str]


@dataclass(frozen=True)
class Warmed:
    id: int
    steadiness: Steadiness


@dataclass(frozen=True)
class Block:
    id: int
    started_at_ns: int
    ended_at_ns: int
    latencies_ms: tuple[float, ...]


@dataclass(frozen=True)
class Memory:
    id: int
    allocator_peak_bytes: Bytes
    process_peak_bytes: Bytes


@dataclass(frozen=True)
class WrittenOutput:
    name: str
    file: str
    sha256: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class OutputsWritten:
    id: int
    outputs: tuple[WrittenOutput, ...]


@dataclass(frozen=True)
class Failed:
    id: int
    error: BenchErrorRecord


@dataclass(frozen=True)
class CommandCancelled:
    id: int


MESSAGE_SHAPES: dict[str, type] = {
    "hello": Hello,
    "heartbeat": Heartbeat,
    "progress": Progress,
    "backends-described": BackendsDescribed,
    "inputs-prepared": InputsPrepared,
    "weights-resolved": WeightsResolved,
    "exported": Exported,
    "prepared": Prepared,
    "warmed": Warmed,
    "block": Block,
    "memory": Memory,
    "outputs-written": OutputsWritten,
    "failed": Failed,
    "cancelled": CommandCancelled,
}
