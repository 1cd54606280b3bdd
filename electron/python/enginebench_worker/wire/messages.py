"""What the worker answers. Absolute times are nanoseconds of the monotonic clock.

Generated from shared/worker-protocol by scripts/generate-python-wire.mjs: do not edit."""

from __future__ import annotations

from dataclasses import dataclass

from enginebench_worker.wire.bench_error import BenchErrorRecord
from enginebench_worker.wire.domain import (
    ArtifactKind,
    BackendStatus,
    BatchOutputs,
    BuildPhase,
    Bytes,
    Clock,
    DevicePeak,
    GraphInput,
    KeptCount,
    LayerSensitivity,
    LayerTime,
    LogEntry,
    ModelWork,
    PartTime,
    Precision,
    PrecisionProof,
    SkippedFile,
    StageTimes,
    WeightsOrigin,
    WrittenOutput,
)
from enginebench_worker.wire.found_source import SourceFacts
from enginebench_worker.wire.inspection import Inspection
from enginebench_worker.wire.model_source import ExporterRecord
from enginebench_worker.wire.plugin_operators import PluginOperator, RegisteredOperator

PROTOCOL_VERSION = 1
MAXIMUM_LINE_BYTES = 4194304
HEARTBEAT_INTERVAL_S = 1


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
    phases: tuple[BuildPhase, ...] | None = None
    entries: tuple[LogEntry, ...] | None = None


@dataclass(frozen=True)
class Failed:
    id: int
    error: BenchErrorRecord


@dataclass(frozen=True)
class CommandCancelled:
    id: int


@dataclass(frozen=True)
class BackendsDescribed:
    id: int
    backends: tuple[BackendStatus, ...]


@dataclass(frozen=True)
class ModelInspected:
    id: int
    opset: int
    inputs: tuple[GraphInput, ...]
    outputs: tuple[str, ...]
    output_tensors: tuple[GraphInput, ...]
    defaulted: tuple[str, ...]
    table_rows: dict[str, int]
    metadata: dict[str, str]
    external_files: tuple[str, ...]
    stored_precision: Precision
    sha256: str
    custom_operators: tuple[str, ...] | None = None


@dataclass(frozen=True)
class SourceInspected:
    id: int
    facts: SourceFacts


@dataclass(frozen=True)
class InputsPrepared:
    id: int
    shape: tuple[int, ...]
    sha256: str
    used: tuple[str, ...]
    skipped: tuple[SkippedFile, ...]


@dataclass(frozen=True)
class ArrayUnpacked:
    id: int
    shape: tuple[int, ...]


@dataclass(frozen=True)
class WeightsResolved:
    id: int
    origin: WeightsOrigin
    folder: str | None
    sha256: str | None
    reason: str


@dataclass(frozen=True)
class Exported:
    id: int
    sha256: str
    size_bytes: int
    build_time_ms: float
    opset: int
    node_count: int
    comparisons: tuple[BatchOutputs, ...]
    exporter: ExporterRecord
    tools: dict[str, str]


@dataclass(frozen=True)
class OnnxChecked:
    id: int
    opset: int
    node_count: int
    operators: dict[str, int]
    parameter_count: int
    plugin_operators: tuple[PluginOperator, ...] | None = None


@dataclass(frozen=True)
class PluginOperatorsListed:
    id: int
    operators: tuple[RegisteredOperator, ...]


@dataclass(frozen=True)
class OnnxConverted:
    id: int
    sha256: str
    size_bytes: int
    build_time_ms: float
    opset: int
    node_count: int
    kept_in_fp32: tuple[KeptCount, ...]
    quantized_node_count: int
    layer_precision: dict[str, float]
    weight_precision: dict[str, float]
    tools: dict[str, str]


@dataclass(frozen=True)
class SensitivityMeasured:
    id: int
    layers: tuple[LayerSensitivity, ...]


@dataclass(frozen=True)
class EngineBuilt:
    id: int
    sha256: str
    size_bytes: int
    build_time_ms: float
    kind: ArtifactKind
    precision_proof: PrecisionProof
    layer_precision: dict[str, float]
    weight_precision: dict[str, float]
    activation_bytes: Bytes
    weight_bytes: Bytes
    options: dict[str, str | float | bool | None]
    tools: dict[str, str]
    machine: str | None


@dataclass(frozen=True)
class FileInspected:
    id: int
    inspection: Inspection


@dataclass(frozen=True)
class WorkCounted:
    id: int
    work: ModelWork


@dataclass(frozen=True)
class PeakMeasured:
    id: int
    peak: DevicePeak
    versions: dict[str, str]


@dataclass(frozen=True)
class Prepared:
    id: int
    load_ms: float
    precision_proof: PrecisionProof
    engine_declared_bytes: Bytes
    threads: int | None
    versions: dict[str, str]
    notes: tuple[str, ...] | None = None


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
class ColdStarted:
    id: int
    import_ms: float | None
    context_ms: float | None
    load_ms: float
    first_query_ms: float
    second_query_ms: float
    caches: tuple[str, ...]


@dataclass(frozen=True)
class Sustained:
    id: int
    started_at_ns: int
    ended_at_ns: int
    queries: int


@dataclass(frozen=True)
class Served:
    id: int
    started_at_ns: int
    ended_at_ns: int
    latencies_ms: tuple[float, ...]


@dataclass(frozen=True)
class TimeSplit:
    id: int
    method: str
    parts: tuple[PartTime, ...]


@dataclass(frozen=True)
class LayersProfiled:
    id: int
    method: str
    layers: tuple[LayerTime, ...]
    other_layers: int
    other_ms: float
    clock: Clock | None = None


@dataclass(frozen=True)
class OutputsWritten:
    id: int
    outputs: tuple[WrittenOutput, ...]


@dataclass(frozen=True)
class VideoOpened:
    id: int
    width: int
    height: int
    codec: str
    frame_rate: float | None
    duration_s: float | None


@dataclass(frozen=True)
class VideoAnalyzed:
    id: int
    started_at_ns: int
    ended_at_ns: int
    frames: int
    results: int
    latencies_ms: tuple[float, ...]
    infer_ms: tuple[float, ...]
    stage_ms: StageTimes
    position_s: float
    frames_sha256: str | None
    is_end: bool
    problem: str | None


MESSAGE_SHAPES: dict[str, type] = {
    "hello": Hello,
    "heartbeat": Heartbeat,
    "progress": Progress,
    "failed": Failed,
    "cancelled": CommandCancelled,
    "backends-described": BackendsDescribed,
    "model-inspected": ModelInspected,
    "source-inspected": SourceInspected,
    "inputs-prepared": InputsPrepared,
    "array-unpacked": ArrayUnpacked,
    "weights-resolved": WeightsResolved,
    "exported": Exported,
    "onnx-checked": OnnxChecked,
    "plugin-operators-listed": PluginOperatorsListed,
    "onnx-converted": OnnxConverted,
    "sensitivity-measured": SensitivityMeasured,
    "engine-built": EngineBuilt,
    "file-inspected": FileInspected,
    "work-counted": WorkCounted,
    "peak-measured": PeakMeasured,
    "prepared": Prepared,
    "block": Block,
    "memory": Memory,
    "cold-started": ColdStarted,
    "sustained": Sustained,
    "served": Served,
    "time-split": TimeSplit,
    "layers-profiled": LayersProfiled,
    "outputs-written": OutputsWritten,
    "video-opened": VideoOpened,
    "video-analyzed": VideoAnalyzed,
}
