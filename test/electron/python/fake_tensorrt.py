"""A stand-in for the module `tensorrt` of any supported version, made from what the official bindings declare.

What the bindings lack, it lacks: reading a name that they do not have, or setting one that they only read, raises
AttributeError; a behaviour given here whose name or arguments differ from theirs cannot be made. It builds nothing and
runs nothing: its network is what a test hands it, its engine is bytes. No statement about TensorRT itself."""

from __future__ import annotations

import enum
import inspect
import types
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bindings_signatures import Bindings, bindings
from fake_tensorrt_engine import FakeEngine, engine_behaviours

VERSIONS = ("10.14.1.48.post1", "11.4.0.106")


_EMPTY = "Failed to deserialize timing cache. Returning an empty timing cache."
UNREADABLE_TIMING_CACHES: dict[bytes, tuple[str, ...]] = {
    b"cut sh": (_EMPTY,),
    b"older": (
        "Serialization assertion stdVersionRead == kSERIALIZATION_VERSION failed.Version tag does not match. "
        "Note: Current Version: 239, Serialized Engine Version: 237",
        _EMPTY,
    ),
}
"""Content -> what is logged of it."""


@dataclass
class Script:
    """What the stand-in does, and what was asked of it."""

    network: Sequence[FakeLayer] = ()
    input_shape: tuple[int, ...] = (-1, 1, 8, 8)
    inspector: dict[str, Any] = field(default_factory=lambda: {"Layers": []})
    engine: FakeEngine = field(default_factory=FakeEngine)
    layer_times: tuple[tuple[str, float], ...] = ()
    """What the profiler is told of the first run, and twice as much of the second."""
    created_network_with: int | None = None
    opened: bytes | None = None
    streams: list[int] = field(default_factory=list)
    build_words: str | None = None
    """Logged instead of building."""
    builder_words: str | None = None
    """Logged instead of making a builder, for which the bindings raise."""
    timing_cache_words: str | None = None
    """Logged instead of taking the timing cache."""
    plugins: list[tuple[Any, str]] = field(default_factory=list)
    plugin_libraries: list[str] = field(default_factory=list)
    """Loaded into the plugin registry."""
    registered: list[tuple[str, str, str]] = field(default_factory=lambda: [("EfficientNMS_TRT", "1", "")])
    """Name, version and namespace of the plugins in the registry."""
    brings: tuple[tuple[str, str, str], ...] = (("Sharpen", "1", ""),)
    """What a library of the user's adds to them."""
    imported_timings: bytes | None = None
    """That the last timing cache was made from."""
    plugin_words: str | None = None
    """Logged instead of loading a library."""
    hardware_level: str | None = None
    """That the last engine was built at; None if none was asked for."""


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
    official = bindings("tensorrt", version)
    module = types.ModuleType("tensorrt")
    for name, members in official.enumerations.items():
        if "." not in name:
            setattr(module, name, enum.IntEnum(name, list(members), start=0))
    behaviours = _behaviours(module, script)
    for name in official.classes:
        if "." not in name:
            setattr(module, name, _strict(official, name, behaviours.get(name)))
    severity = enum.IntEnum("Severity", official.enumerations["ILogger.Severity"], start=0)
    for logger in (module.ILogger, module.Logger):
        logger.Severity = severity
        for each in severity:
            type.__setattr__(logger, each.name, each)

    def init_libnvinfer_plugins(logger: Any, namespace: str) -> bool:
        script.plugins.append((logger, namespace))
        return True

    _check(official.function("init_libnvinfer_plugins"), init_libnvinfer_plugins, "init_libnvinfer_plugins")
    module.init_libnvinfer_plugins = init_libnvinfer_plugins

    def get_plugin_registry() -> Any:
        return module.IPluginRegistry()

    _check(official.function("get_plugin_registry"), get_plugin_registry, "get_plugin_registry")
    module.get_plugin_registry = get_plugin_registry
    module.__version__ = version
    return module


def _strict(official: Bindings, name: str, behaviour: type | None) -> type:
    members = official.members(name)
    for given, value in vars(behaviour).items() if behaviour is not None else ():
        if given.startswith("_"):
            continue
        assert given in members, f"{name} of the bindings has no {given}"
        if inspect.isfunction(value):
            _check(official.call(name, given) or (), value, f"{name}.{given}", beside_self=1)

    def guard(self: Any, attribute: str, value: object) -> None:
        if not attribute.startswith("_") and type(self) is made:  # what a subclass adds is its own
            declared = official.property(name, attribute)
            if declared is None or not declared.is_writable:
                raise AttributeError(f"{name} has no {attribute} that can be set")
        object.__setattr__(self, attribute, value)

    def missing(self: Any, attribute: str) -> Any:
        raise AttributeError(f"{name} has no {attribute} here")

    made = type(name, (behaviour,) if behaviour else (), {"__setattr__": guard, "__getattr__": missing})
    return made


def _check(signatures: Sequence[Any], function: Any, name: str, beside_self: int = 0) -> None:
    arguments = list(inspect.signature(function).parameters.values())[beside_self:]
    names = tuple(each.name for each in arguments)
    fits = (names == each.names[: len(names)] and len(names) >= each.required for each in signatures)
    assert any(fits), f"{name}{names} is not one of {signatures}"


def _behaviours(trt: types.ModuleType, script: Script) -> dict[str, type]:
    class Builder:
        def __init__(self, logger: Any) -> None:
            self._logger = logger
            if script.builder_words is not None:
                logger.log(trt.ILogger.Severity.ERROR, script.builder_words)
                raise TypeError("pybind11::init(): factory function returned nullptr")

        def create_network(self, flags: int) -> Any:
            script.created_network_with = flags
            return trt.INetworkDefinition()

        def create_builder_config(self) -> Any:
            made = trt.IBuilderConfig()
            made.__dict__["_logger"] = self._logger
            return made

        def create_optimization_profile(self) -> Any:
            return trt.IOptimizationProfile()

        def build_serialized_network(self, network: Any, config: Any) -> bytes | None:
            del network
            level = config.__dict__.get("hardware_compatibility_level")
            script.hardware_level = None if level is None else level.name
            if script.build_words is not None:
                self._logger.log(trt.ILogger.Severity.ERROR, script.build_words)
                return None
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

        def parse_from_file(self, model: str) -> bool:
            del model
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
            """None beyond the last input, as the bindings answer a null pointer."""
            if index >= self.num_inputs:
                return None
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

        def set_memory_pool_limit(self, pool: Any, pool_size: int) -> None:
            self._pools[pool] = pool_size

        def get_memory_pool_limit(self, pool: Any) -> int:
            return self._pools[pool]

        def add_optimization_profile(self, profile: Any) -> int:
            return 0

        def create_timing_cache(self, serialized_timing_cache: Any) -> Any:
            """As TensorRT does: what it cannot read counts as empty, and only the log says so."""
            content = bytes(serialized_timing_cache)
            script.imported_timings = content
            if content in UNREADABLE_TIMING_CACHES:
                for words in UNREADABLE_TIMING_CACHES[content]:
                    self._logger.log(trt.ILogger.Severity.WARNING, words)
            return trt.ITimingCache() if content != b"damaged" else None

        def set_timing_cache(self, cache: Any, ignore_mismatch: bool) -> bool:
            """One of another card is taken only if a mismatch is to be ignored."""
            if script.timing_cache_words is None or ignore_mismatch:
                return True
            self._logger.log(trt.ILogger.Severity.ERROR, script.timing_cache_words)
            return False

        def get_timing_cache(self) -> Any:
            return trt.ITimingCache()

    class IOptimizationProfile:
        def set_shape(self, input: str, min: Any, opt: Any, max: Any) -> None:
            return None

        def __bool__(self) -> bool:
            return True

    class IPluginCreatorV3One:
        def __init__(self, key: tuple[str, str, str]) -> None:
            self._key = key

        name = property(lambda self: self._key[0])
        plugin_version = property(lambda self: self._key[1])
        plugin_namespace = property(lambda self: self._key[2])

    class IPluginRegistry:
        @property
        def all_creators(self) -> list[Any]:
            return [trt.IPluginCreatorV3One(key) for key in script.registered]

        def load_library(self, plugin_path: str) -> object | None:
            if script.plugin_words is None:
                script.plugin_libraries.append(plugin_path)
                script.registered.extend(script.brings)
                return object()
            logger, _ = script.plugins[-1]
            logger.log(trt.ILogger.Severity.ERROR, script.plugin_words)
            return None

    class ITimingCache:
        def serialize(self) -> bytes:
            return b"timings"

    return {
        "Builder": Builder,
        "OnnxParser": OnnxParser,
        "INetworkDefinition": INetworkDefinition,
        "ILayer": Layer,
        "IConvolutionLayer": ConvolutionLayer,
        "IAttentionInputLayer": AttentionInputLayer,
        "IBuilderConfig": IBuilderConfig,
        "IOptimizationProfile": IOptimizationProfile,
        "IPluginCreatorV3One": IPluginCreatorV3One,
        "IPluginRegistry": IPluginRegistry,
        "ITimingCache": ITimingCache,
        **engine_behaviours(trt, script),
    }
