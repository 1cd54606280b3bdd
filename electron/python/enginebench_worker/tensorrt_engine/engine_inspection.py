"""An engine file opened to be read, not to run: its inputs and outputs, its profiles, and its layers at the shapes that
its first profile is optimized for. Opening an engine needs a GPU of the kind that it was built for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from enginebench_worker.errors import BenchError
from enginebench_worker.nvidia_driver import cuda_device_count
from enginebench_worker.tensorrt_engine.inspected_layer import InspectedLayer, InspectedTensor, type_in_words
from enginebench_worker.tensorrt_engine.inspector import input_names, inspect_engine, optimal_context, shape_in_words
from enginebench_worker.tensorrt_engine.library import Library, open_library
from enginebench_worker.tensorrt_engine.opened_engine import open_engine
from enginebench_worker.wire.domain import PluginFile
from enginebench_worker.wire.inspection import InspectedEnd, InspectedProfile, Inspection, LayerInspection

if TYPE_CHECKING:
    import tensorrt as trt  # type: ignore[import-not-found]


def inspect_engine_file(file: Path, plugin: PluginFile | None = None) -> Inspection:
    library = open_library("load")
    if cuda_device_count() == 0:
        message = f"{file.name} cannot be opened here: no NVIDIA GPU and driver were found."
        remedy = "Inspect it on a machine with the kind of GPU that it was built for."
        raise BenchError("backend-unavailable", "load", message, remedy)
    opened = open_engine(library, file, plugin)
    return _read(library, opened.engine)


def _read(library: Library, engine: trt.ICudaEngine) -> Inspection:
    trt = library.module
    inspected = inspect_engine(library, engine, optimal_context(library, engine))
    names = [engine.get_tensor_name(index) for index in range(engine.num_io_tensors)]
    return Inspection(
        of="engine",
        shapes=inspected.shapes,
        tensors=tuple(_end(trt, engine, name) for name in names),
        profiles=tuple(
            InspectedProfile(index, name, *(tuple(each) for each in engine.get_tensor_profile_shape(name, index)))
            for index in range(engine.num_optimization_profiles)
            for name in input_names(trt, engine)
            if not engine.is_shape_inference_io(name)
        ),
        layers=tuple(_layer(layer) for layer in inspected.layers),
        tools=dict(library.tools),
    )


def _end(trt: Any, engine: trt.ICudaEngine, name: str) -> InspectedEnd:
    return InspectedEnd(
        name=name,
        mode="input" if engine.get_tensor_mode(name) == trt.TensorIOMode.INPUT else "output",
        type=type_in_words(engine.get_tensor_dtype(name).name),
        shape=tuple(engine.get_tensor_shape(name)),
        format=str(engine.get_tensor_format_desc(name)),
        location=str(engine.get_tensor_location(name).name).lower(),
    )


def _layer(layer: InspectedLayer) -> LayerInspection:
    computing = layer.computing() if layer.multiplies else None
    given = layer.outputs[0].type if layer.outputs else None
    type_told, evidence = computing or (given, None if given is None else "types of tensors")
    return LayerInspection(
        name=layer.name,
        kind=layer.kind,
        type=type_told,
        evidence=evidence,
        multiplies=layer.multiplies,
        tactic=layer.tactic,
        inputs=tuple(map(_in_words, layer.inputs)),
        outputs=tuple(map(_in_words, layer.outputs)),
        onnx_nodes=layer.onnx_nodes,
        operations=layer.work,
    )


def _in_words(tensor: InspectedTensor) -> str:
    form = "" if tensor.format is None else f", {tensor.format}"
    return f"{shape_in_words(tensor.shape)} {tensor.type or 'type not told'}{form}"
