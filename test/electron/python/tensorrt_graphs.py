"""ONNX files for the builder: the shipped digits model in each precision as the parser takes it, and small ones that it
must refuse. Made with the libraries themselves, apart from the product's own transformations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.onnx_model import ONNXModel
from onnxruntime.transformers.float16 import convert_float_to_float16


class _Images(CalibrationDataReader):
    def __init__(self, images: np.ndarray) -> None:
        self._batches = iter([{"pixels": images[start : start + 8]} for start in range(0, 64, 8)])

    def get_next(self) -> dict[str, np.ndarray] | None:
        return next(self._batches, None)


def to_half(source: Path, target: Path) -> None:
    converted = convert_float_to_float16(onnx.load(source), keep_io_types=True)
    del converted.graph.value_info[:]
    sortable = ONNXModel(converted)
    sortable.topological_sort()
    onnx.save(sortable.model, target)


def to_integers(source: Path, target: Path, images: np.ndarray, symmetric: bool = True) -> None:
    quantize_static(
        source,
        target,
        _Images(images),
        quant_format=QuantFormat.QDQ,
        op_types_to_quantize=["MatMul", "Conv", "Gemm"],
        per_channel=True,
        activation_type=QuantType.QInt8,
        weight_type=QuantType.QInt8,
        extra_options={
            "ActivationSymmetric": symmetric,
            "WeightSymmetric": symmetric,
            "QuantizeBias": False,
        },
    )


def to_integers_beside_half(source: Path, target: Path, images: np.ndarray) -> None:
    """FP16 scales need opset 19; the digits model has no operator that changed on the way there."""
    newer = onnx.load(source)
    newer.opset_import[0].version = 20
    raised = target.with_name("raised.onnx")
    onnx.save(newer, raised)
    to_half(raised, raised)
    to_integers(raised, target, images)


def digits_graphs(folder: Path, models: Path) -> dict[str, Path]:
    digits = models / "digits"
    plain, images = digits / "fp32.onnx", np.load(digits / "test-inputs.npy", allow_pickle=False)
    made = {name: folder / f"{name}.onnx" for name in ("fp16", "int8", "int8-beside-fp16", "asymmetric")}
    to_half(plain, made["fp16"])
    to_integers(plain, made["int8"], images)
    to_integers_beside_half(plain, made["int8-beside-fp16"], images)
    to_integers(plain, made["asymmetric"], images, symmetric=False)
    return {**made, "fp32": plain, "tf32": plain}


Nodes = list[Any]


def small_graph(
    nodes: Nodes,
    initializers: dict[str, np.ndarray] | None = None,
    domains: tuple[str, ...] = (),
    output: str = "logits",
    input_type: int = TensorProto.FLOAT,
    opset: int = 17,
) -> onnx.ModelProto:
    """Of one input `pixels` [batch, 1, 8, 8]."""
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("pixels", input_type, ["batch", 1, 8, 8])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
        [numpy_helper.from_array(values, name) for name, values in (initializers or {}).items()],
    )
    opsets = [helper.make_opsetid("", opset), *(helper.make_opsetid(domain, 1) for domain in domains)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8 if opset < 21 else 11)


def node(operator: str, inputs: list[str], outputs: list[str], **attributes: Any) -> Any:
    return helper.make_node(operator, inputs, outputs, name=f"the_{operator.lower()}", **attributes)


def mixed_types() -> onnx.ModelProto:
    return small_graph([node("Add", ["pixels", "half"], ["logits"])], {"half": np.ones(1, np.float16)})


def lacking_operators() -> onnx.ModelProto:
    return small_graph(
        [
            node("Det", ["pixels"], ["determinants"]),
            node("SplitToSequence", ["pixels"], ["parts"], axis=1),
            node("ConcatFromSequence", ["parts"], ["whole"], axis=1),
            helper.make_node("ReduceMean", ["whole"], ["mean"], name="the_mean"),
            node("Add", ["determinants", "mean"], ["logits"]),
        ]
    )


def custom_operator() -> onnx.ModelProto:
    return small_graph([node("Swirl", ["pixels"], ["logits"], domain="example.shop")], domains=("example.shop",))


def compiled_engine() -> onnx.ModelProto:
    return small_graph(
        [node("EPContext", ["pixels"], ["logits"], domain="com.microsoft", ep_cache_context=b"code")],
        domains=("com.microsoft",),
    )


def wide_pooling() -> onnx.ModelProto:
    return small_graph(
        [node("AveragePool", ["pixels"], ["logits"], kernel_shape=[1280, 1280], pads=[640, 640, 640, 640])]
    )


def outputs_twice() -> onnx.ModelProto:
    return small_graph([node("Relu", ["pixels"], ["logits"]), node("Sigmoid", ["pixels"], ["logits"])])


def output_of_nothing() -> onnx.ModelProto:
    return small_graph([node("Relu", ["pixels"], ["other"])])


def attention_as_one_operator() -> onnx.ModelProto:
    """Whole only from opset 23 on; in FP32 the builder has no kernel for it. Heads of 64, as real models have: narrow
    ones end the builder's process."""
    seeded = np.random.default_rng(7)
    weights = {name: seeded.standard_normal((8, 64), np.float32) for name in ("query", "key", "value")}
    projections = [helper.make_node("MatMul", ["pixels", name], [f"{name}s"]) for name in weights]
    attention = node("Attention", ["querys", "keys", "values"], ["attended"])
    return small_graph([*projections, attention, node("Relu", ["attended"], ["logits"])], weights, opset=23)


def text_input() -> onnx.ModelProto:
    return small_graph([node("Relu", ["pixels"], ["logits"])], input_type=TensorProto.STRING)


def weights_elsewhere(location: str) -> onnx.ModelProto:
    model = small_graph([node("Add", ["pixels", "weight"], ["logits"])], {"weight": np.ones((1, 1, 8, 8), np.float32)})
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    return model


Made = Callable[[], onnx.ModelProto]


def deep_graph(layers: int = 60) -> onnx.ModelProto:
    """Convolutions of ever other widths between the input and one output: slow to optimize, small on disk."""
    nodes, weights, last, channels = [], {}, "pixels", 1
    seeded = np.random.default_rng(7)
    for index in range(layers):
        width = 8 + 4 * (index % 29)
        weights[f"weight_{index}"] = seeded.standard_normal((width, channels, 3, 3), np.float32)
        nodes.append(helper.make_node("Conv", [last, f"weight_{index}"], [f"wide_{index}"], pads=[1, 1, 1, 1]))
        nodes.append(helper.make_node("Softmax", [f"wide_{index}"], [f"soft_{index}"], axis=1))
        last, channels = f"soft_{index}", width
    nodes.append(helper.make_node("Identity", [last], ["logits"]))
    return small_graph(nodes, weights)
