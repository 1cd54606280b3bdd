"""The nouns that cross the wire. NCHW shapes, sizes in pixels, memory in bytes, absolute paths.

Generated from shared/worker-protocol by scripts/generate-python-wire.mjs: do not edit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from enginebench_worker.wire.model_input import ElementType, Feed, InputArray, InputProfile, TensorInput
from enginebench_worker.wire.model_source import PreferredExporter, Source

Precision = Literal["fp32", "tf32", "fp16", "bf16", "int8", "fp8", "int4-weights"]
Clock = Literal["host", "device"]
Device = Literal["cpu", "cuda"]
WeightsOrigin = Literal["hub", "folder", "package", "seeded", "own"]
WeightsChoice = Literal["auto", "hub", "folder", "seeded"]
ArtifactKind = Literal["onnx", "onnxruntime-optimized", "tensorrt-engine", "tensorrt-rtx-engine", "openvino-ir"]


@dataclass(frozen=True)
class Preprocessing:
    resize: Literal["none", "shortest-edge", "exact", "letterbox"]
    interpolation: Literal["bilinear", "bicubic"]
    center_crop: bool
    pad_value: int
    rescale: float
    mean: tuple[float, ...]
    standard_deviation: tuple[float, ...]
    crop_fraction: float | None = None


@dataclass(frozen=True)
class Licence:
    model: str
    weights: str
    note: str | None


@dataclass(frozen=True)
class ModelInput:
    name: str
    dtype: ElementType
    channels: int | None
    height: int | None
    width: int | None
    dynamic_size: bool
    size_multiple: int


@dataclass(frozen=True)
class OptimizationProfile:
    min: int
    opt: int
    max: int


@dataclass(frozen=True)
class Tolerance:
    cosine_pass: float
    cosine_warn: float
    max_abs_pass: float | None


@dataclass(frozen=True)
class ShippedArtifact:
    kind: Literal["onnx"]
    precision: Precision
    file: str
    sha256: str
    opset: int


@dataclass(frozen=True)
class Evaluation:
    inputs_file: str
    labels_file: str
    thumbnails: str
    licence: str


@dataclass(frozen=True)
class CalibrationArrays:
    inputs_file: str
    licence: str


@dataclass(frozen=True)
class ModelManifest:
    id: str
    name: str
    task: Literal["image-embedding", "object-detection", "image-classification", "custom"]
    source: Source
    licence: Licence
    parameter_count: int | None
    input: ModelInput
    outputs: tuple[str, ...]
    preprocessing: Preprocessing
    postprocessing: Literal["none", "embedding", "set-detection", "focal-detection", "yolo-detection", "top-1"]
    optimization_profile: OptimizationProfile
    default_opset: int
    parity_tolerance: dict[str, Tolerance]
    keep_in_fp32: tuple[KeptOperator, ...]
    backends: tuple[str, ...]
    artifacts: tuple[ShippedArtifact, ...]
    evaluation: Evaluation | None
    inputs: tuple[TensorInput, ...] | None = None
    assumptions: tuple[str, ...] | None = None
    exporter: PreferredExporter | None = None
    custom_operators: tuple[str, ...] | None = None
    calibration: CalibrationArrays | None = None
    score_threshold: float | None = None


@dataclass(frozen=True)
class Weights:
    origin: WeightsOrigin
    folder: str | None
    seed: int


@dataclass(frozen=True)
class BuildRecord:
    precision_proof: PrecisionProof | None
    tf32: bool | None
    version_compatible: bool | None = None


@dataclass(frozen=True)
class PluginLibrary:
    name: str
    sha256: str


@dataclass(frozen=True)
class PluginFile:
    name: str
    sha256: str
    file: str


@dataclass(frozen=True)
class WorkerCase:
    backend: str
    precision: Precision
    model: ModelManifest
    model_folder: str
    weights: Weights
    onnx_file: str | None
    batch_size: int
    input: InputArray
    device: Device
    threads: int
    options: dict[str, object]
    engine_file: str | None = None
    build_record: BuildRecord | None = None
    plugin: PluginFile | None = None
    feeds: tuple[Feed, ...] | None = None


@dataclass(frozen=True)
class OptimizationRange:
    min: int
    opt: int
    max: int


@dataclass(frozen=True)
class EngineOptions:
    workspace_gib: float
    optimization_level: int | None
    timing_cache: bool
    version_compatible: bool
    hardware_compatible: bool
    timing_cache_file: str | None = None
    hardware_level: Literal["ampere-plus", "same-compute-capability"] | None = None
    plugin: PluginLibrary | None = None


@dataclass(frozen=True)
class CalibrationArray:
    file: str
    method: Literal["min-max", "entropy", "percentile"]
    feeds: tuple[Feed, ...] | None = None
    scheme: Literal["symmetric", "asymmetric"] | None = None
    overflow_fix: Literal["disable", "first-layer", "enable"] | None = None


@dataclass(frozen=True)
class FrameSampling:
    every_frames: int | None
    frames_per_second: float | None


@dataclass(frozen=True)
class StageTimes:
    decode: float
    preprocess: float
    infer: float
    postprocess: float
    write: float


@dataclass(frozen=True)
class KeptOperator:
    operator: str
    reason: str


@dataclass(frozen=True)
class KeptCount:
    operator: str
    count: int
    reason: str


@dataclass(frozen=True)
class LayerSensitivity:
    name: str
    operator: str
    cosine_similarity: float | None
    max_abs_error: float | None


@dataclass(frozen=True)
class BuildPhase:
    name: str
    depth: int
    done: int
    total: int | None


@dataclass(frozen=True)
class LogEntry:
    level: Literal["verbose", "info", "warning", "error", "stray"]
    text: str
    count: int


@dataclass(frozen=True)
class PrecisionProof:
    holds: bool
    label: str
    method: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Bytes:
    value: int | None
    reason: str | None = None


@dataclass(frozen=True)
class BuildRequest:
    model: ModelManifest
    onnx_file: str
    out_file: str
    log_file: str
    precision: Precision
    batch: OptimizationRange
    size: OptimizationRange | None
    inputs: tuple[InputProfile, ...] | None
    options: EngineOptions
    timing_cache_file: str | None
    plugin: PluginFile | None
    calibration: CalibrationArray | None
    threads: int


@dataclass(frozen=True)
class EngineFacts:
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
class BuilderStatus:
    available: bool
    reason: str | None
    remedy: str | None
    library: str | None
    precisions: tuple[Precision, ...]


@dataclass(frozen=True)
class BackendCard:
    name: str
    uuid: str | None
    refusal: str | None


@dataclass(frozen=True)
class BackendStatus:
    id: str
    runs_in: Literal["python", "built-in"]
    available: bool
    reason: str | None
    remedy: str | None
    version: str | None
    precisions: tuple[Precision, ...]
    devices: tuple[str, ...]
    licence: str | None
    options_schema: dict[str, object] | None
    cards: tuple[BackendCard, ...] | None = None
    device_remedies: dict[str, str] | None = None
    builder: BuilderStatus | None = None


@dataclass(frozen=True)
class WrittenOutput:
    name: str
    file: str
    sha256: str
    shape: tuple[int, ...]
    shapes: tuple[tuple[int, ...], ...] | None = None


@dataclass(frozen=True)
class BatchOutputs:
    batch_size: int
    reference: tuple[WrittenOutput, ...]
    candidate: tuple[WrittenOutput, ...]


@dataclass(frozen=True)
class Steadiness:
    verdict: Literal["steady", "no-steady-state", "not-checked"]
    iterations: int
    elapsed_ms: float
    reason: str
    within_share: float | None = None
    settled_ms: float | None = None


@dataclass(frozen=True)
class PartTime:
    part: Literal["preprocess", "host-to-device", "compute", "enqueue", "device-to-host", "postprocess"]
    clock: Clock
    median_ms: float | None
    reason: str | None
    included: bool


@dataclass(frozen=True)
class LayerTime:
    name: str
    operator: str
    time_ms: float


@dataclass(frozen=True)
class ModelWork:
    operations: float
    bytes: float
    not_counted: tuple[str, ...]


@dataclass(frozen=True)
class DevicePeak:
    precision: Precision
    operations_per_second: float
    bytes_per_second: float
    source: str


@dataclass(frozen=True)
class GraphInput:
    name: str
    dtype: str
    dimensions: tuple[int | str, ...] | None


@dataclass(frozen=True)
class SkippedFile:
    file: str
    reason: str
