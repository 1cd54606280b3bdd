"""An ONNX file or an IR on OpenVINO's CPU plugin: one stream, latency mode, inputs fixed to the case's shapes.

Every setting is read back from the compiled model and is part of the proof. Precisions that the processor lacks are
refused, not emulated: OpenVINO accepts the hint for BF16 without the instructions for it. Layers are timed by
OpenVINO's own counters on a second compilation of the model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from enginebench_worker.backend import Batch, LayerProfile, LoadedCase, MarkPart, query_shape
from enginebench_worker.errors import BenchError
from enginebench_worker.openvino_engine.library import DEVICE, in_its_words, open_openvino
from enginebench_worker.openvino_engine.precision import computed_types, judge_layers, stored_bytes
from enginebench_worker.wire.domain import Bytes, Feed, LayerTime, PrecisionProof, WorkerCase

if TYPE_CHECKING:
    from numpy.typing import NDArray

COUNTING = "PERF_COUNT"
METHOD = "OpenVINO's counters of a second compilation (PERF_COUNT), real time of each layer: median over the queries"


def layer_profile(queries: Iterable[Iterable[Any]]) -> LayerProfile:
    """`queries`: the request's `profiling_info` for each query. Layers that did not run because they were fused are
    left out."""
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    for layers in queries:
        for layer in layers:
            if layer.status.name == "EXECUTED":
                times[layer.node_name, layer.node_type].append(layer.real_time.total_seconds() * 1e3)
    return LayerProfile(METHOD, tuple(LayerTime(*names, median(each)) for names, each in times.items()))


_READ_BACK = (
    "INFERENCE_PRECISION_HINT",
    "PERFORMANCE_HINT",
    "NUM_STREAMS",
    "INFERENCE_NUM_THREADS",
    "ENABLE_CPU_PINNING",
    "ENABLE_HYPER_THREADING",
)
_INPUT_TYPES = {"f32": "float32", "f16": "float16"}
_FED_TYPES = {
    "float32": "f32",
    "float16": "f16",
    "float64": "f64",
    "bfloat16": "bf16",
    "bool": "boolean",
    **{f"{sign}int{bits}": f"{kind}{bits}" for sign, kind in (("", "i"), ("u", "u")) for bits in (8, 16, 32, 64)},
}
"""OpenVINO's name of each element type that can be fed."""


def load_ir_case(case: WorkerCase, file: Path) -> IrCase:
    openvino = open_openvino()
    core = openvino.Core()
    hint = _precision_hint(core, case)
    model = read_model(core, file)
    if case.feeds is None:
        _check_names(model, case)
        _fix_input(model, case, file)
    else:
        _check_feeds(model, case, case.feeds)
        _fix_feeds(model, case, case.feeds, file)
    settings = {
        "INFERENCE_PRECISION_HINT": hint,
        "PERFORMANCE_HINT": "LATENCY",
        "NUM_STREAMS": 1,
        "INFERENCE_NUM_THREADS": case.threads,
    }
    try:
        compiled = core.compile_model(model, DEVICE, settings)
    except RuntimeError as error:
        message = f"OpenVINO cannot compile {file.name}: {in_its_words(error)}"
        raise BenchError("bad-model-file", "load", message, "Check the file, or convert it again.", error) from error
    return IrCase(case, model, compiled, openvino, lambda: _compile_counting(core, model, settings))


def _compile_counting(core: Any, model: Any, settings: dict[str, Any]) -> Any:
    return core.compile_model(model, DEVICE, {**settings, COUNTING: True})


class IrCase(LoadedCase):
    engine_declared = Bytes(None, "OpenVINO declares no size in advance")

    def __init__(
        self, case: WorkerCase, model: Any, compiled: Any, openvino: Any, compile_counting: Callable[[], Any]
    ) -> None:
        self._case, self._model, self._compiled = case, model, compiled
        self._compile_counting, self._openvino = compile_counting, openvino
        self._input = case.model.input.name
        type_of_input = compiled.input(self._input).get_element_type().to_string()
        self._input_type = _INPUT_TYPES.get(type_of_input, "float32")
        self._brains = {feed.name for feed in case.feeds or () if feed.type == "bfloat16"}
        self._outputs = [compiled.output(name) for name in case.model.outputs]
        self._request = compiled.create_infer_request()
        self.threads = int(compiled.get_property("INFERENCE_NUM_THREADS"))
        self.versions = {"openvino": openvino.__version__}

    def query(self, batch: Batch) -> Sequence[NDArray[Any]]:
        results = self._request.infer(self._feed(batch), share_inputs=True)
        return [results[output] for output in self._outputs]

    def _feed(self, batch: Batch) -> Mapping[str, Any]:
        """NumPy has no bfloat16: a tensor is laid over its bits."""
        if isinstance(batch, np.ndarray):
            return {self._input: batch.astype(self._input_type, copy=False)}
        if not self._brains:
            return batch
        kind = self._openvino.Type.bf16
        return {
            name: self._openvino.Tensor(values, list(values.shape), kind) if name in self._brains else values
            for name, values in batch.items()
        }

    def query_in_parts(self, batch: Batch, part: MarkPart) -> Sequence[NDArray[Any]]:
        with part("compute"):
            return self.query(batch)

    def profile_layers(self, batches: Sequence[Batch], queries: int) -> LayerProfile:
        request = self._compile_counting().create_infer_request()
        counted = []
        for index in range(queries):
            request.infer(self._feed(batches[index % len(batches)]), share_inputs=True)
            counted.append(request.profiling_info)
        return layer_profile(counted)

    def prove_precision(self, batch: Batch) -> PrecisionProof:
        self.query(batch)
        settings = [f"{name} = {_in_words(self._compiled.get_property(name))}" for name in _READ_BACK]
        arrays = [batch] if isinstance(batch, np.ndarray) else list(batch.values())
        shape = f"input fixed to {', '.join('x'.join(map(str, array.shape)) for array in arrays)}"
        computed, stored = computed_types(self._compiled), stored_bytes(self._model)
        return judge_layers(self._case.precision, computed, stored, (*settings, shape))

    def reset_allocator_peak(self) -> None:
        return None

    def allocator_peak(self) -> Bytes:
        return Bytes(None, "OpenVINO does not report its peak allocation")


def read_model(core: Any, file: Path) -> Any:
    try:
        return core.read_model(file)
    except RuntimeError as error:
        message = f"OpenVINO cannot read {file.name}: {in_its_words(error)}"
        raise BenchError("bad-model-file", "load", message, "Check the file, or convert it again.", error) from error


def _precision_hint(core: Any, case: WorkerCase) -> str:
    able = set(core.get_property(DEVICE, "OPTIMIZATION_CAPABILITIES"))
    if case.precision == "bf16" and "BF16" not in able:
        message = "This processor has no BF16 instructions; OpenVINO would only emulate them."
        raise BenchError("unsupported-precision", "load", message, "Use fp32 or int8 here.")
    return {"bf16": "bf16", "fp16": "f16" if "FP16" in able else "f32"}.get(case.precision, "f32")


def _check_names(model: Any, case: WorkerCase) -> None:
    inputs = [_name(port) for port in model.inputs]
    types = [port.get_element_type().to_string() for port in model.inputs]
    if len(inputs) != 1 or case.model.input.name not in model.inputs[0].get_names() or types[0] not in _INPUT_TYPES:
        found = ", ".join(f"{name}: {kind}" for name, kind in zip(inputs, types, strict=True))
        message = f"The file takes ({found}), but one image input {case.model.input.name!r} was expected."
        raise BenchError("input-mismatch", "load", message, "Check the model's manifest, or use another file.")
    known = {name for port in model.outputs for name in port.get_names()}
    missing = [name for name in case.model.outputs if name not in known]
    if missing:
        message = f"The file has no output named {', '.join(missing)}."
        raise BenchError("input-mismatch", "load", message, "Check the outputs that the model's manifest names.")


def _check_feeds(model: Any, case: WorkerCase, feeds: Sequence[Feed]) -> None:
    ports = {name: port for port in model.inputs for name in port.get_names()}
    fed = {feed.name for feed in feeds}
    faults = [f"it takes {_name(port)}, which is not fed" for port in model.inputs if not port.get_names() & fed]
    for feed in feeds:
        port = ports.get(feed.name)
        if port is None:
            faults.append(f"it has no input named {feed.name}")
        elif port.get_element_type().to_string() != _FED_TYPES[feed.type]:
            faults.append(f"{feed.name} is {port.get_element_type().to_string()}, and {feed.type} is fed")
    known = {name for port in model.outputs for name in port.get_names()}
    faults += [f"it has no output named {name}" for name in case.model.outputs if name not in known]
    if faults:
        message = f"The inputs do not fit the file in OpenVINO: {'; '.join(faults)}."
        raise BenchError("input-mismatch", "load", message, "Use another file, or another backend.")


def _fix_feeds(model: Any, case: WorkerCase, feeds: Sequence[Feed], file: Path) -> None:
    shapes = {feed.name: list(query_shape(feed, case.batch_size)) for feed in feeds}
    try:
        model.reshape(shapes)
    except RuntimeError as error:
        asked = ", ".join(f"{name} of shape {shape}" for name, shape in shapes.items())
        message = f"{file.name} does not take {asked}."
        remedy = "Choose shapes and a batch that the file takes."
        raise BenchError("input-mismatch", "load", message, remedy, error) from error


def _fix_input(model: Any, case: WorkerCase, file: Path) -> None:
    wanted = [case.batch_size, *case.input.shape[1:]]
    found = model.inputs[0].get_partial_shape()
    fits = found.rank.is_dynamic or (
        len(found) == len(wanted) and all(d.is_dynamic or len(d) == w for d, w in zip(found, wanted, strict=True))
    )
    error: RuntimeError | None = None
    if fits:
        try:
            model.reshape({case.model.input.name: wanted})
            return
        except RuntimeError as caught:
            error = caught
    message = f"{file.name} takes {case.model.input.name} of shape {found}, but the case asks for {wanted}."
    raise BenchError("input-mismatch", "load", message, "Use that batch and size, or export with dynamic sizes.", error)


def _name(port: Any) -> str:
    return ", ".join(sorted(port.get_names())) or "(no name)"


def _in_words(value: Any) -> str:
    return value.to_string() if hasattr(value, "to_string") else str(value)
