"""The sizes that an engine is built for: batch, and pixels where the network leaves them open.

Checked before the builder sees it, and again with its own eyes: a range out of order makes the builder drop the whole
profile with a word in its log. Shapes are NCHW; the model has one image input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from enginebench_worker.errors import BenchError
from enginebench_worker.wire.domain import BuildRequest, OptimizationRange

_LARGEST_BATCH = 65536
_LARGEST_PIXELS = 65536

Shapes = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]


def add_profile(builder: Any, config: Any, network: Any, request: BuildRequest) -> str:
    """@returns the profile in words: `pixels: 1x3x224x224, 8x3x224x224, 16x3x224x224`."""
    tensor = _image_input(network, request)
    shapes = profile_shapes(tuple(tensor.shape), request)
    profile = builder.create_optimization_profile()
    try:
        profile.set_shape(tensor.name, *shapes)
    except (RuntimeError, TypeError, ValueError) as error:
        raise _refused(f"TensorRT refuses the sizes {_in_words(shapes)}.", error) from error
    if not profile or config.add_optimization_profile(profile) < 0:
        raise _refused(f"TensorRT refuses the sizes {_in_words(shapes)}.")
    return f"{tensor.name}: {_in_words(shapes)}"


def profile_shapes(shape: Sequence[int], request: BuildRequest) -> Shapes:
    """`shape` is the network's, -1 where it is open."""
    _check_range("batch sizes", request.batch, _LARGEST_BATCH)
    if request.size is not None:
        _check_range("image sizes", request.size, _LARGEST_PIXELS)
    if len(shape) != 4:
        words = f"The model takes an input of {len(shape)} dimensions, where images have 4."
        raise BenchError("input-mismatch", "build", words, "Use a model that takes images.")
    expected = request.model.input
    height, width = _pixels(request.size, expected.height), _pixels(request.size, expected.width)
    wanted = (request.batch, _fixed(expected.channels), height, width)
    for name, open_or_size, asked in zip(("batch", "channels", "height", "width"), shape, wanted, strict=True):
        if open_or_size >= 0 and {asked.min, asked.opt, asked.max} != {open_or_size}:
            raise _refused(f"The ONNX file has a fixed {name} of {open_or_size}, but {_span(asked)} is asked for.")
    least, best, most = (tuple(getattr(each, name) for each in wanted) for name in ("min", "opt", "max"))
    return least, best, most


def _image_input(network: Any, request: BuildRequest) -> Any:
    tensors = [network.get_input(index) for index in range(network.num_inputs)]
    expected = request.model.input.name
    if [tensor.name for tensor in tensors] != [expected]:
        found = ", ".join(tensor.name for tensor in tensors) or "nothing"
        message = f"The ONNX file takes ({found}), where one image input {expected!r} was expected."
        raise BenchError("input-mismatch", "build", message, "Check the model's manifest, or use another file.")
    return tensors[0]


def _check_range(name: str, asked: OptimizationRange, largest: int) -> None:
    if not 1 <= asked.min <= asked.opt <= asked.max:
        raise _refused(f"The {name} {_span(asked)} are not in the order least, best, most.")
    if asked.max > largest:
        raise _refused(f"The {name} go up to {asked.max}; {largest} is the most.")


def _pixels(asked: OptimizationRange | None, declared: int) -> OptimizationRange:
    return _fixed(declared) if asked is None else asked


def _fixed(value: int) -> OptimizationRange:
    return OptimizationRange(value, value, value)


def _span(asked: OptimizationRange) -> str:
    return str(asked.min) if asked.min == asked.opt == asked.max else f"{asked.min}:{asked.opt}:{asked.max}"


def _in_words(shapes: Shapes) -> str:
    return ", ".join("x".join(map(str, shape)) for shape in shapes)


def _refused(message: str, cause: object = None) -> BenchError:
    return BenchError("bad-profile", "build", message, "Choose sizes with min ≤ opt ≤ max that the model takes.", cause)
