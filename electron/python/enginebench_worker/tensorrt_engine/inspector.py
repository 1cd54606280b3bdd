"""What an open engine reports about itself: its layers, its memory.

An inspector without an execution context whose input shapes are all set answers `N/A due to dynamic shapes` for every
tensor of an engine with a dynamic dimension. So it always gets one: that of the case, at the measured shape, or one
made here, at the shapes that the profile is optimized for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from enginebench_worker.tensorrt_engine.inspected_layer import InspectedLayer, read_layers
from enginebench_worker.tensorrt_engine.library import Library

if TYPE_CHECKING:
    import tensorrt as trt  # type: ignore[import-not-found]


@dataclass(frozen=True)
class InspectedEngine:
    layers: tuple[InspectedLayer, ...]
    activation_bytes: int = 0
    weight_bytes: int = 0
    shapes: str | None = None
    """Of the inputs that the types were asked for, `pixels 8x3x224x224`; None if there was no context."""

    @property
    def kinds(self) -> Mapping[str, str]:
        """Name of a layer -> its kind, as the library names it."""
        return {layer.name: layer.kind for layer in self.layers}


def inspect_engine(library: Library, engine: trt.ICudaEngine, context: trt.IExecutionContext | None) -> InspectedEngine:
    """`context` has all its input shapes set; with None, tensors of dynamic shapes tell no types."""
    trt = library.module
    inspector = engine.create_engine_inspector()
    if context is not None:
        inspector.execution_context = context
    return InspectedEngine(
        read_layers(inspector.get_engine_information(trt.LayerInformationFormat.JSON)),
        int(engine.device_memory_size_v2),
        int(engine.get_engine_stat(trt.EngineStat.TOTAL_WEIGHTS_SIZE)),
        None if context is None else _shapes(trt, engine, context),
    )


def optimal_context(library: Library, engine: trt.ICudaEngine) -> trt.IExecutionContext | None:
    """A context at the shapes that the first profile is optimized for; None if there is no memory for it, or if the
    engine refuses them. Keep the engine at least as long."""
    context = engine.create_execution_context()
    if context is None:
        return None
    for name in input_names(library.module, engine):
        if engine.is_shape_inference_io(name):
            continue  # its values are asked for, not its shape
        _, best, _ = engine.get_tensor_profile_shape(name, 0)
        if not context.set_input_shape(name, tuple(best)):
            return None
    return context


def input_names(trt: Any, engine: trt.ICudaEngine) -> Sequence[str]:
    names = [engine.get_tensor_name(index) for index in range(engine.num_io_tensors)]
    return [name for name in names if engine.get_tensor_mode(name) == trt.TensorIOMode.INPUT]


def shape_in_words(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape))


def _shapes(trt: Any, engine: trt.ICudaEngine, context: trt.IExecutionContext) -> str:
    shapes = {name: context.get_tensor_shape(name) for name in input_names(trt, engine)}
    return ", ".join(f"{name} {shape_in_words(tuple(shape))}" for name, shape in shapes.items())
