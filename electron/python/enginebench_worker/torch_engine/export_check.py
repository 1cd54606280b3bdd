"""Whether an exported graph equals the PyTorch module.

A choice of the highest scores (TopK) turns a difference in rounding into other outputs wherever scores are close, so
such a graph is judged in two parts: the scores before each choice, and everything after it with PyTorch's own choice
fed in its place. Scores that differ less than rounding show nothing and are refused.

Differences are shares of the range of what is compared, or of a hundredth of its size where it varies less: FP32 itself
rounds to a millionth. Infinities and NaN must stand in the same places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch.overrides import TorchFunctionMode

from enginebench_worker.torch_engine.exporters import ExportRefused

EQUAL_WITHIN_SHARE = 1e-4
LEAST_RANGE_SHARE = 0.01
ALIKE_WITHIN_SHARE = 1e-5
"""Scores whose range is less than this share of their size differ by little more than FP32's rounding."""

Array = NDArray[Any]


@dataclass(frozen=True)
class Choice:
    """One call of torch.topk."""

    scores: Array
    values: Array
    indices: Array
    count: int
    axis: int
    largest: bool


class _ChoiceRecorder(TorchFunctionMode):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Choice] = []

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        answer = func(*args, **(kwargs or {}))
        if getattr(func, "__name__", "") == "topk":
            self.found.append(_choice_of_call(dict(zip(_PARAMETERS, args, strict=False)) | (kwargs or {}), answer))
        return answer


#: Of torch.topk and Tensor.topk, in order.
_PARAMETERS = ("input", "k", "dim", "largest", "sorted")


def _choice_of_call(call: dict[str, Any], answer: Any) -> Choice:
    scores = call["input"]
    arrays = [tensor.detach().cpu().numpy().copy() for tensor in (scores, answer[0], answer[1])]
    return Choice(*arrays, int(call["k"]), int(call.get("dim", -1)) % scores.ndim, bool(call.get("largest", True)))


@dataclass(frozen=True)
class Query:
    """One batch through the module."""

    images: NDArray[np.float32]
    outputs: list[Array]
    choices: list[Choice]


def ask_module(module: torch.nn.Module, images: NDArray[np.float32]) -> Query:
    recorder = _ChoiceRecorder()
    with torch.inference_mode(), recorder:
        outputs = module(torch.from_numpy(images))
    return Query(images, [output.numpy() for output in outputs], recorder.found)


@dataclass(frozen=True)
class _ChoiceNode:
    scores: str
    values: str
    indices: str
    count: int | None
    axis: int
    largest: bool


class CheckedGraph:
    """A graph that is compared batch by batch. Raises `ExportRefused` with what differs."""

    def __init__(self, file: Path, input_name: str, outputs: Sequence[str]) -> None:
        self._input, self._names = input_name, list(outputs)
        self._session = _session(str(file))
        self._nodes, self._open_session = _with_choices_fed(file)
        self.worst_share = 0.0
        self.choice_count = len(self._nodes)

    def run(self, images: NDArray[np.float32]) -> list[Array]:
        try:
            return self._session.run(self._names, {self._input: images})
        except Exception as error:  # ONNX Runtime raises types of its own
            where = f"at batch {len(images)}, {images.shape[3]} x {images.shape[2]} pixels"
            raise ExportRefused(f"its graph does not run {where}: {_first_line(error)}") from error

    def compare(self, query: Query) -> None:
        outputs = self.run(query.images)
        if self._open_session is not None:
            outputs = self._run_with_choices(query, self._open_session)
        for name, found, expected in zip(self._names, outputs, query.outputs, strict=True):
            self._hold(f"output {name}", found, expected, len(query.images))

    def _run_with_choices(self, query: Query, session: Any) -> list[Array]:
        choices = _paired(self._nodes, query.choices)
        fed = {self._input: query.images}
        wanted = {each.name for each in session.get_inputs()}
        for node, choice in zip(self._nodes, choices, strict=True):
            parts = {node.values: choice.values, node.indices: choice.indices.astype(np.int64)}
            fed |= {name: array for name, array in parts.items() if name in wanted}
        answers = session.run([*self._names, *(node.scores for node in self._nodes)], fed)
        for place, (scores, choice) in enumerate(zip(answers[len(self._names) :], choices, strict=True), start=1):
            what = f"the scores of choice {place}"
            spread, size = float(np.ptp(choice.scores)), float(np.abs(choice.scores).max())
            if spread <= ALIKE_WITHIN_SHARE * size:
                raise ExportRefused(f"{what} hardly differ (by {spread:.1e}), so its outputs say nothing")
            self._hold(what, scores, choice.scores, len(query.images))
        return answers[: len(self._names)]

    def _hold(self, what: str, found: Array, expected: Array, images: int) -> None:
        if found.shape != expected.shape:
            raise ExportRefused(f"{what} has the shape {list(found.shape)}, in PyTorch {list(expected.shape)}")
        share = difference_share(found, expected)
        self.worst_share = max(self.worst_share, share)
        if share <= EQUAL_WITHIN_SHARE:
            return
        words = "has infinities or NaN elsewhere" if np.isinf(share) else f"is off by {share:.1e} of its range"
        raise ExportRefused(f"{what} {words}, at batch {images} ({EQUAL_WITHIN_SHARE:g} is allowed)")


def difference_share(found: Array, expected: Array) -> float:
    """Largest difference as a share of the range of `expected`, which counts as at least a hundredth of its size."""
    if expected.size == 0:
        return 0.0
    if not np.issubdtype(expected.dtype, np.floating):
        return 0.0 if np.array_equal(found, expected) else float("inf")
    one, other = found.astype(np.float64), expected.astype(np.float64)
    finite = np.isfinite(other)
    if not np.array_equal(np.isfinite(one), finite) or not np.array_equal(one[~finite], other[~finite], equal_nan=True):
        return float("inf")
    if not finite.any():
        return 0.0
    largest = float(np.abs(one[finite] - other[finite]).max())
    if largest == 0:
        return 0.0
    spread = max(float(np.ptp(other[finite])), LEAST_RANGE_SHARE * float(np.abs(other[finite]).max()))
    return largest / spread if spread > 0 else float("inf")


def _paired(nodes: Sequence[_ChoiceNode], choices: Sequence[Choice]) -> list[Choice]:
    """The call of each node. An exporter drops calls whose results are not used, but never changes their order; so from
    the last backwards, each node is the nearest call of the same kind."""
    waiting, paired = list(choices), []
    for node in reversed(nodes):
        while waiting:
            choice = waiting.pop()
            if _same_kind(node, choice):
                paired.append(choice)
                break
        else:
            counts = f"{len(nodes)} times and PyTorch {len(choices)} times"
            raise ExportRefused(f"its graph chooses the highest scores {counts}, in other ways")
    return paired[::-1]


def _same_kind(node: _ChoiceNode, choice: Choice) -> bool:
    return (
        node.count in (None, choice.count)
        and node.axis % choice.scores.ndim == choice.axis
        and node.largest == choice.largest
    )


def _with_choices_fed(file: Path) -> tuple[list[_ChoiceNode], Any]:
    """The graph's choices, and a session in which their results are inputs and their scores are outputs; None without
    choices."""
    model = onnx.load(str(file))
    graph = model.graph
    found = [node for node in graph.node if node.op_type == "TopK"]
    if not found:
        return [], None
    constants = _whole_constants(graph)
    nodes = [_choice_node(node, constants) for node in found]
    types = {each.name: each.type.tensor_type.elem_type for each in graph.value_info}
    for node in found:
        graph.node.remove(node)
    used = {name for node in graph.node for name in node.input} | {output.name for output in graph.output}
    outputs = {output.name for output in graph.output}
    for node in nodes:
        float_type = types.get(node.values) or onnx.TensorProto.FLOAT
        for name, element in ((node.values, float_type), (node.indices, onnx.TensorProto.INT64)):
            if name in outputs:
                raise ExportRefused("its highest scores are an output themselves, which cannot be compared in parts")
            if name in used:
                graph.input.append(onnx.helper.make_tensor_value_info(name, element, None))
        if node.scores not in {output.name for output in graph.output}:
            graph.output.append(onnx.ValueInfoProto(name=node.scores))
    return nodes, _session(model.SerializeToString())


def _choice_node(node: onnx.NodeProto, constants: dict[str, Array]) -> _ChoiceNode:
    attributes = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
    count = constants.get(node.input[1]) if len(node.input) > 1 else None
    values, indices = [*node.output, "", ""][:2]
    return _ChoiceNode(
        node.input[0],
        values,
        indices,
        None if count is None or count.size != 1 else int(count.reshape(-1)[0]),
        int(attributes.get("axis", -1)),
        bool(attributes.get("largest", 1)),
    )


def _whole_constants(graph: onnx.GraphProto) -> dict[str, Array]:
    """Small constants of whole numbers by name, from initializers and from nodes."""
    tensors = [(each.name, each) for each in graph.initializer]
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute and node.attribute[0].HasField("t"):
            tensors.append((node.output[0], node.attribute[0].t))
    whole = (onnx.TensorProto.INT64, onnx.TensorProto.INT32)
    return {
        name: onnx.numpy_helper.to_array(tensor)
        for name, tensor in tensors
        if tensor.data_type in whole and len(tensor.dims) <= 1
    }


def _session(graph: str | bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # Memory is freed after each query: nothing is timed here.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ExportRefused(f"ONNX Runtime does not load its graph: {_first_line(error)}") from error


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
