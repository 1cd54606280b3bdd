"""What the supervisor can ask for. Milliseconds, absolute paths.

Generated from shared/worker-protocol by scripts/generate-python-wire.mjs: do not edit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from enginebench_worker.wire.domain import (
    BuildRequest,
    CalibrationArray,
    Device,
    FrameSampling,
    KeptOperator,
    ModelManifest,
    PluginFile,
    Precision,
    Weights,
    WeightsChoice,
    WorkerCase,
)
from enginebench_worker.wire.found_source import CodeFile, InputSize, ModelSource
from enginebench_worker.wire.model_input import Feed
from enginebench_worker.wire.plugin_operators import RegisteredOperator


@dataclass(frozen=True)
class DescribeBackends:
    id: int


@dataclass(frozen=True)
class InspectModel:
    id: int
    file: str
    copy_folder: str


@dataclass(frozen=True)
class InspectSource:
    id: int
    source: ModelSource
    code: tuple[CodeFile, ...]
    input_size: InputSize | None
    outputs: tuple[str, ...] | None
    folder: str


@dataclass(frozen=True)
class PrepareInputs:
    id: int
    model: ModelManifest
    height: int
    width: int
    files: tuple[str, ...]
    limit: int
    out_file: str


@dataclass(frozen=True)
class UnpackArray:
    id: int
    file: str
    array: str | None
    out_file: str


@dataclass(frozen=True)
class ResolveWeights:
    id: int
    model: ModelManifest
    model_folder: str
    choice: WeightsChoice
    folder: str | None
    seed: int


@dataclass(frozen=True)
class ExportOnnx:
    id: int
    model: ModelManifest
    model_folder: str
    weights: Weights
    opset: int
    input_file: str
    out_file: str
    outputs_folder: str


@dataclass(frozen=True)
class CheckOnnx:
    id: int
    file: str
    custom_operators: bool | None = None
    registered: tuple[RegisteredOperator, ...] | None = None


@dataclass(frozen=True)
class ListPluginOperators:
    id: int
    plugin: PluginFile


@dataclass(frozen=True)
class SimplifyOnnx:
    id: int
    in_file: str
    out_file: str


@dataclass(frozen=True)
class ConvertPrecision:
    id: int
    in_file: str
    out_file: str
    precision: Literal["fp16", "bf16", "int8", "fp8", "int4-weights"]
    elsewhere: Literal["fp32", "fp16"]
    keep_operators: tuple[KeptOperator, ...]
    keep_nodes: tuple[str, ...]
    calibration: CalibrationArray | None


@dataclass(frozen=True)
class MeasureSensitivity:
    id: int
    in_file: str
    keep_operators: tuple[KeptOperator, ...]
    keep_nodes: tuple[str, ...]
    calibration: CalibrationArray
    input_file: str
    outputs: tuple[str, ...]
    feeds: tuple[Feed, ...] | None = None


@dataclass(frozen=True)
class BuildEngine(BuildRequest):
    id: int
    backend: str


@dataclass(frozen=True)
class InspectFile:
    id: int
    file: str
    of: Literal["engine", "graph"]
    plugin: PluginFile | None = None


@dataclass(frozen=True)
class CountWork:
    id: int
    file: str
    input_shape: tuple[int, ...]


@dataclass(frozen=True)
class MeasurePeak:
    id: int
    device: Device
    precision: Precision
    threads: int


@dataclass(frozen=True)
class Prepare:
    id: int
    case: WorkerCase


@dataclass(frozen=True)
class Warmup:
    id: int
    target_ms: float
    minimum_samples: int
    cap_ms: float
    floor_samples: int


@dataclass(frozen=True)
class MeasureBlock:
    id: int
    target_ms: float
    minimum_samples: int
    cap_ms: float
    floor_samples: int


@dataclass(frozen=True)
class MeasureMemory:
    id: int
    iterations: int


@dataclass(frozen=True)
class ColdStart:
    id: int
    case: WorkerCase


@dataclass(frozen=True)
class Sustain:
    id: int
    duration_ms: float
    minimum_queries: int


@dataclass(frozen=True)
class Serve:
    id: int
    arrivals_ms: tuple[float, ...]


@dataclass(frozen=True)
class SplitTime:
    id: int
    queries: int


@dataclass(frozen=True)
class ProfileLayers:
    id: int
    queries: int


@dataclass(frozen=True)
class WriteOutputs:
    id: int
    folder: str


@dataclass(frozen=True)
class OpenVideo:
    id: int
    file: str
    sampling: FrameSampling
    score_threshold: float | None
    folder: str
    hash_frames: bool


@dataclass(frozen=True)
class AnalyzeVideo:
    id: int
    frames: int
    part: int


@dataclass(frozen=True)
class Cancel:
    pass


@dataclass(frozen=True)
class Close:
    pass


Command = (
    DescribeBackends
    | InspectModel
    | InspectSource
    | PrepareInputs
    | UnpackArray
    | ResolveWeights
    | ExportOnnx
    | CheckOnnx
    | ListPluginOperators
    | SimplifyOnnx
    | ConvertPrecision
    | MeasureSensitivity
    | BuildEngine
    | InspectFile
    | CountWork
    | MeasurePeak
    | Prepare
    | Warmup
    | MeasureBlock
    | MeasureMemory
    | ColdStart
    | Sustain
    | Serve
    | SplitTime
    | ProfileLayers
    | WriteOutputs
    | OpenVideo
    | AnalyzeVideo
    | Cancel
    | Close
)


COMMAND_SHAPES: dict[str, type] = {
    "describe-backends": DescribeBackends,
    "inspect-model": InspectModel,
    "inspect-source": InspectSource,
    "prepare-inputs": PrepareInputs,
    "unpack-array": UnpackArray,
    "resolve-weights": ResolveWeights,
    "export-onnx": ExportOnnx,
    "check-onnx": CheckOnnx,
    "list-plugin-operators": ListPluginOperators,
    "simplify-onnx": SimplifyOnnx,
    "convert-precision": ConvertPrecision,
    "measure-sensitivity": MeasureSensitivity,
    "build-engine": BuildEngine,
    "inspect-file": InspectFile,
    "count-work": CountWork,
    "measure-peak": MeasurePeak,
    "prepare": Prepare,
    "warmup": Warmup,
    "measure-block": MeasureBlock,
    "measure-memory": MeasureMemory,
    "cold-start": ColdStart,
    "sustain": Sustain,
    "serve": Serve,
    "split-time": SplitTime,
    "profile-layers": ProfileLayers,
    "write-outputs": WriteOutputs,
    "open-video": OpenVideo,
    "analyze-video": AnalyzeVideo,
    "cancel": Cancel,
    "close": Close,
}
