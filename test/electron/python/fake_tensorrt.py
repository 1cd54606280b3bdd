"""A stand-in for the module `tensorrt` of either major, made from the names that the official bindings define.

What the bindings lack, it lacks: reading or setting a name that is not in the list raises AttributeError, and a
behaviour given here that the bindings do not have cannot be made. It builds nothing and runs nothing: its network is
what a test hands it, its engine is bytes, an opened engine doubles its input. No statement about TensorRT itself."""

from __future__ import annotations

import enum
import json
import types
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAMES = Path(__file__).resolve().parents[2] / "contract" / "python" / "tensorrt-names"
VERSIONS = ("10.14.1.48.post1", "11.4.0.106")


@dataclass
class Script:
    """What the stand-in does, and what was asked of it."""

    network: Sequence[FakeLayer] = ()
    input_shape: tuple[int, ...] = (-1, 1, 8, 8)
    inspector: dict[str, Any] = field(default_factory=lambda: {"Layers": []})
    """What the inspector answers with a context that has all its input shapes; without one, no types of tensors."""
    opens: bool = True
    engine_words: str = ""
    layer_times: tuple[tuple[str, float], ...] = ()
    """What the profiler is told of the first run, and twice as much of the second."""
    created_network_with: int | None = None
    opened: bytes | None = None
    addresses: dict[str, int] = field(default_factory=dict)
    streams: list[int] = field(default_factory=list)
    memory: dict[int, Any] = field(default_factory=dict)


class FakeTensor:
    def __init__(self, name: str, dtype: Any, shape: tuple[int, ...] = (1,)) -> None:
        self.name, self.dtype, self.shape = name, dtype, shape


@dataclass
class FakeLayer:
    """By the names of its kind and type; `reads` are names of tensors, and it gives one that is named after it."""

    name: str
    kind: str
    gives: str
    reads: tuple[str, ...] = ()
    shape: tuple[int, ...] = (1,)


def fake_tensorrt(version: str, script: Script) -> types.ModuleType:
    record = json.loads((NAMES / f"{version}.json").read_text(encoding="utf-8"))
    module = types.ModuleType("tensorrt")
    for name, members in record["enumerations"].items():
        made = enum.IntEnum(name.split(".")[-1], list(members), start=0)
        if "." not in name:
            setattr(module, name, made)
    behaviours = _behaviours(module, record, script)
    for name, members in record["members"].items():
        if "." not in name:
            setattr(module, name, _strict(name, frozenset(members), behaviours.get(name)))
    severity = enum.IntEnum("Severity", record["enumerations"]["ILogger.Severity"], start=0)
    for logger in (module.ILogger, module.Logger):
        logger.Severity = severity
        for each in severity:
            type.__setattr__(logger, each.name, each)
    module.__version__ = version
    module.nptype = lambda dtype: {"FLOAT": "float32", "HALF": "float16"}[dtype.name]
    return module


def _without_types(answer: Any) -> Any:
    """As an engine with a dynamic batch answers an inspector without a context."""
    if isinstance(answer, list):
        return [_without_types(each) for each in answer]
    if not isinstance(answer, dict):
        return answer
    unknown = {"Format/Datatype", "Format", "Datatype"}
    return {k: "N/A due to dynamic shapes" if k in unknown else _without_types(v) for k, v in answer.items()}


def _strict(name: str, members: frozenset[str], behaviour: type | None) -> type:
    if behaviour is not None:
        added = {each for each in vars(behaviour) if not each.startswith("_")} - members
        assert not added, f"{name} of the bindings has no {', '.join(sorted(added))}"

    def guard(self: Any, attribute: str, value: object) -> None:
        if attribute not in members and not attribute.startswith("_"):
            raise AttributeError(f"{name} has no {attribute}")
        object.__setattr__(self, attribute, value)

    return type(name, (behaviour,) if behaviour else (), {"__setattr__": guard})


def _behaviours(trt: types.ModuleType, record: dict[str, Any], script: Script) -> dict[str, type]:
    class Builder:
        def __init__(self, logger: Any) -> None:
            self._logger = logger

        def create_network(self, flags: int) -> Any:
            script.created_network_with = flags
            return trt.INetworkDefinition()

        def create_builder_config(self) -> Any:
            return trt.IBuilderConfig()

        def create_optimization_profile(self) -> Any:
            return trt.IOptimizationProfile()

        def build_serialized_network(self, network: Any, config: Any) -> bytes | None:
            del network
            monitor = config.progress_monitor
            monitor.phase_start("Building engine", None, 2)
            monitor.phase_start("Timing graph nodes", "Building engine", 4)
            for step in range(4):
                if not monitor.step_complete("Timing graph nodes", step):
                    return None
            monitor.phase_finish("Timing graph nodes")
            self._logger.log(trt.ILogger.Severity.INFO, "Total Activation Memory: 4096 bytes")
            self._logger.log(trt.ILogger.Severity.INFO, "Total Weights Memory: 512 bytes")
            monitor.phase_finish("Building engine")
            return b"plan"

    class OnnxParser:
        num_errors = 0

        def __init__(self, network: Any, logger: Any) -> None:
            del network, logger

        def parse_from_file(self, file: str) -> bool:
            del file
            return True

    class INetworkDefinition:
        num_inputs = num_outputs = 1

        @property
        def num_layers(self) -> int:
            return len(script.network)

        def get_input(self, index: int) -> Any:
            return FakeTensor("pixels", trt.DataType.FLOAT, script.input_shape)

        def get_layer(self, index: int) -> Any:
            made = trt.ILayer()
            made.__dict__["_layer"] = script.network[index]
            return made

    class Layer:
        num_outputs = 1

        @property
        def type(self) -> Any:
            return trt.LayerType[self._layer.kind]

        @property
        def num_inputs(self) -> int:
            return len(self._layer.reads)

        def get_input(self, index: int) -> Any:
            givers = {each.name: each for each in script.network}
            giver = givers.get(self._layer.reads[index])
            return FakeTensor(self._layer.reads[index], trt.DataType[giver.gives if giver else "FLOAT"])

        def get_output(self, index: int) -> Any:
            return FakeTensor(self._layer.name, trt.DataType[self._layer.gives], self._layer.shape)

    class ConvolutionLayer(Layer):
        @property
        def kernel(self) -> Any:
            return types.SimpleNamespace(size=100)

        @property
        def bias(self) -> Any:
            return types.SimpleNamespace(size=10)

    class AttentionInputLayer(Layer):
        @property
        def attention(self) -> Any:
            return trt.IAttention()

    class IBuilderConfig:
        builder_optimization_level = 3

        def __init__(self) -> None:
            self._flags = {trt.BuilderFlag.TF32}
            self._pools: dict[Any, int] = {}

        def set_flag(self, flag: Any) -> None:
            self._flags.add(flag)

        def clear_flag(self, flag: Any) -> None:
            self._flags.discard(flag)

        def get_flag(self, flag: Any) -> bool:
            return flag in self._flags

        def set_memory_pool_limit(self, pool: Any, size: int) -> None:
            self._pools[pool] = size

        def get_memory_pool_limit(self, pool: Any) -> int:
            return self._pools[pool]

        def add_optimization_profile(self, profile: Any) -> int:
            return 0

        def create_timing_cache(self, content: bytes) -> Any:
            return trt.ITimingCache()

        def set_timing_cache(self, cache: Any, ignore_mismatch: bool) -> bool:
            return True

        def get_timing_cache(self) -> Any:
            return trt.ITimingCache()

    class IOptimizationProfile:
        def set_shape(self, name: str, least: Any, best: Any, most: Any) -> None:
            return None

        def __bool__(self) -> bool:
            return True

    class ITimingCache:
        def serialize(self) -> bytes:
            return b"timings"

    class Runtime:
        def __init__(self, logger: Any) -> None:
            self._logger = logger

        def deserialize_cuda_engine(self, plan: Any) -> Any:
            script.opened = bytes(plan)
            if script.opens:
                return trt.ICudaEngine()
            self._logger.log(trt.ILogger.Severity.ERROR, script.engine_words)
            return None

    class ICudaEngine:
        num_io_tensors = 2
        device_memory_size_v2 = 1000

        def get_tensor_name(self, index: int) -> str:
            return ("pixels", "logits")[index]

        def get_tensor_dtype(self, name: str) -> Any:
            return trt.DataType.FLOAT

        def get_tensor_profile_shape(self, name: str, profile: int) -> Any:
            return (1, 1, 8, 8), (8, 1, 8, 8), (16, 1, 8, 8)

        def get_engine_stat(self, stat: Any) -> int:
            assert stat is trt.EngineStat.TOTAL_WEIGHTS_SIZE
            return 500

        def get_tensor_mode(self, name: str) -> Any:
            return trt.TensorIOMode.INPUT if name == "pixels" else trt.TensorIOMode.OUTPUT

        def is_shape_inference_io(self, name: str) -> bool:
            return False

        @property
        def num_optimization_profiles(self) -> int:
            return 1

        def get_tensor_shape(self, name: str) -> tuple[int, ...]:
            return (-1, 1, 8, 8) if name == "pixels" else (-1, 64)

        def get_tensor_format_desc(self, name: str) -> str:
            return "Row-major linear FP32 format (kLINEAR)"

        def get_tensor_location(self, name: str) -> Any:
            return trt.TensorLocation.DEVICE

        def create_engine_inspector(self) -> Any:
            return trt.EngineInspector()

        def create_execution_context(self) -> Any:
            return trt.IExecutionContext()

    class EngineInspector:
        def get_engine_information(self, form: Any) -> str:
            assert form is trt.LayerInformationFormat.JSON
            context = getattr(self, "execution_context", None)
            has_shapes = context is not None and getattr(context, "_shape", None) is not None
            return json.dumps(script.inspector if has_shapes else _without_types(script.inspector))

    class IExecutionContext:
        def set_input_shape(self, name: str, shape: tuple[int, ...]) -> bool:
            self._shape = shape
            return True

        def get_tensor_shape(self, name: str) -> tuple[int, ...]:
            return self._shape if name == "pixels" else (self._shape[0], 64)

        def set_tensor_address(self, name: str, address: int) -> bool:
            script.addresses[name] = address
            return True

        def execute_async_v3(self, stream: int) -> bool:
            script.streams.append(stream)
            if getattr(self, "profiler", None) is not None:
                for name, milliseconds in script.layer_times:
                    self.profiler.report_layer_time(name, milliseconds * len(script.streams))
            read = script.memory[script.addresses["pixels"]]
            script.memory[script.addresses["logits"]][:] = (read * 2).reshape(-1)
            return True

    return {
        "Builder": Builder,
        "OnnxParser": OnnxParser,
        "INetworkDefinition": INetworkDefinition,
        "ILayer": Layer,
        "IConvolutionLayer": ConvolutionLayer,
        "IAttentionInputLayer": AttentionInputLayer,
        "IBuilderConfig": IBuilderConfig,
        "IOptimizationProfile": IOptimizationProfile,
        "ITimingCache": ITimingCache,
        "Runtime": Runtime,
        "ICudaEngine": ICudaEngine,
        "EngineInspector": EngineInspector,
        "IExecutionContext": IExecutionContext,
    }
