"""One engine from one ONNX file: parse, read the types, configure, build, and inspect the result.

Runs in the thread of `WatchedWork`, and checks `stop` whenever the library allows it. Stores nothing: the result is in
memory, and the caller writes it. Without a GPU, the engine's memory is known only from the end of the builder's log."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enginebench_worker.building.log import BuildLog
from enginebench_worker.errors import Cancelled
from enginebench_worker.nvidia_driver import cuda_device_count
from enginebench_worker.tensorrt_engine.configuration import (
    Options,
    add_profile,
    configure,
    in_words,
    timing_cache_bytes,
    use_timing_cache,
)
from enginebench_worker.tensorrt_engine.inspector import InspectedEngine, inspect_engine, optimal_context
from enginebench_worker.tensorrt_engine.library import Library
from enginebench_worker.tensorrt_engine.network import (
    NetworkTypes,
    make_attention_decomposable,
    parse_onnx,
    read_network_types,
)
from enginebench_worker.tensorrt_engine.parser_refusal import build_refusal, builder_refusal
from enginebench_worker.tensorrt_engine.phases import Phases, make_logger, make_progress_monitor
from enginebench_worker.tensorrt_engine.plugins import added_in_words, load_plugins
from enginebench_worker.tensorrt_engine.precision import judge_built_engine, judge_network
from enginebench_worker.tensorrt_engine.trtexec import build_command
from enginebench_worker.wire.domain import BuildRequest, Bytes, PrecisionProof

if TYPE_CHECKING:
    import tensorrt as trt  # type: ignore[import-not-found]

_ACTIVATION = re.compile(r"Total Activation Memory: (\d+)")
_WEIGHTS = re.compile(r"Total Weights Memory: (\d+)")


def activation_bytes(lines: Sequence[str]) -> Bytes:
    return _last(_ACTIVATION, lines, "the builder's log does not state the activation memory")


def weight_bytes(lines: Sequence[str]) -> Bytes:
    return _last(_WEIGHTS, lines, "the builder's log does not state the weights memory")


def _last(pattern: re.Pattern[str], lines: Sequence[str], reason: str) -> Bytes:
    found = [int(match[1]) for line in lines if (match := pattern.search(line))]
    return Bytes(found[-1]) if found else Bytes(None, reason)


@dataclass(frozen=True)
class BuiltEngine:
    plan: Any
    """The library's memory; a memoryview of it gives the engine's bytes."""
    types: NetworkTypes
    proof: PrecisionProof
    options: Options
    activation: Bytes
    weights: Bytes
    timing_cache: bytes | None


@dataclass(frozen=True)
class EngineBuild:
    library: Library
    request: BuildRequest
    log: BuildLog
    phases: Phases
    stop: threading.Event

    def run(self) -> BuiltEngine:
        trt, request, log = self.library.module, self.request, self.log
        logger = make_logger(trt, log)
        builder = self._builder(logger)
        added = load_plugins(self.library, logger, request.plugin, "build", lambda: log.errors)
        if request.plugin is not None:
            log.write("info", added_in_words(request.plugin, added))
        builder.max_threads = request.threads
        parsed = parse_onnx(self.library, builder, logger, log, Path(request.onnx_file))
        self._check_stop()
        types = read_network_types(trt, parsed.network)
        config = builder.create_builder_config()
        options = configure(self.library, config, request)
        profiled = add_profile(builder, config, parsed.network, request)
        attention = make_attention_decomposable(trt, parsed.network)
        if request.options.timing_cache and request.timing_cache_file is not None:
            use_timing_cache(
                config, Path(request.timing_cache_file), log, request.options.timing_cache_file is not None
            )
        config.progress_monitor = make_progress_monitor(trt, self.phases, self.stop)
        self._check_stop()
        plan = builder.build_serialized_network(parsed.network, config)
        self._check_stop()
        if plan is None:
            raise build_refusal(log.errors, self.library.label, Path(request.onnx_file).name)
        proof = judge_network(request.precision, types, bool(options["tf32"]))
        inspected = self._inspect(logger, plan)
        if inspected is not None:
            proof = judge_built_engine(proof, request.precision, inspected, bool(options["tf32"]))
        options |= {
            "threads": int(builder.max_threads),
            "profile": "; ".join(f"{name}: {in_words(shapes)}" for name, shapes in profiled.items()),
            "decomposedAttention": attention,
        }
        if self.library.kind == "tensorrt-engine":
            tensors = [parsed.network.get_input(index) for index in range(parsed.network.num_inputs)]
            variable = [tensor.name for tensor in tensors if any(size < 0 for size in tuple(tensor.shape))]
            named = [[(name, profiled[name][end]) for name in variable] for end in range(3)]
            options |= {"trtexec": build_command(self.library.capabilities.major, request, named)}
        return BuiltEngine(
            plan,
            types,
            proof,
            options,
            activation_bytes(log.information) if inspected is None else Bytes(inspected.activation_bytes),
            weight_bytes(log.information) if inspected is None else Bytes(inspected.weight_bytes),
            timing_cache_bytes(config) if request.options.timing_cache else None,
        )

    def _builder(self, logger: trt.ILogger) -> trt.Builder:
        """The bindings raise whatever type they like if the library gave no builder, as without a working driver."""
        try:
            return self.library.module.Builder(logger)
        except Exception as error:
            raise builder_refusal(self.log.errors or [str(error)], self.library.label) from error

    def _check_stop(self) -> None:
        if self.stop.is_set():
            raise Cancelled

    def _inspect(self, logger: trt.ILogger, plan: Any) -> InspectedEngine | None:
        """None if no GPU can open it. A failure is logged, not raised: it must not cost an hour's build."""
        if self.library.kind != "tensorrt-engine" or cuda_device_count() == 0:
            return None
        try:
            runtime = self.library.module.Runtime(logger)
            runtime.engine_host_code_allowed = True
            engine = runtime.deserialize_cuda_engine(memoryview(plan))
            if engine is None:
                return None
            return inspect_engine(self.library, engine, optimal_context(self.library, engine))
        except Exception as error:
            self.log.write("warning", f"The engine could not be inspected: {error}")
            return None
