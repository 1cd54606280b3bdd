"""What the supervisor can ask for, as in shared/worker-protocol/command.ts. Milliseconds, absolute paths."""

from __future__ import annotations

from dataclasses import dataclass

from enginebench_worker.domain import ModelManifest, Weights, WeightsChoice, WorkerCase


@dataclass(frozen=True)
class DescribeBackends:
    id: int


@dataclass(frozen=True)
class InspectModel:
    """Known so that it is refused by name: the built-in worker answers it, this one does not."""

    id: int
    file: str
    copy_folder: str


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


@dataclass(frozen=True)
class Prepare:
    id: int
    case: WorkerCase


@dataclass(frozen=True)
class Warmup:
    id: int
    minimum_iterations: int
    minimum_ms: float
    cap_ms: float


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
class WriteOutputs:
    id: int
    folder: str


@dataclass(frozen=True)
class Cancel:
    pass


@dataclass(frozen=True)
class Close:
    pass


Command = (
    DescribeBackends
    | InspectModel
    | PrepareInputs
    | ResolveWeights
    | ExportOnnx
    | Prepare
    | Warmup
    | MeasureBlock
    | MeasureMemory
    | WriteOutputs
    | Cancel
    | Close
)

COMMAND_SHAPES: dict[str, type] = {
    "describe-backends": DescribeBackends,
    "inspect-model": InspectModel,
    "prepare-inputs": PrepareInputs,
    "resolve-weights": ResolveWeights,
    "export-onnx": ExportOnnx,
    "prepare": Prepare,
    "warmup": Warmup,
    "measure-block": MeasureBlock,
    "measure-memory": MeasureMemory,
    "write-outputs": WriteOutputs,
    "cancel": Cancel,
    "close": Close,
}
