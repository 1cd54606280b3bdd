"""The builder's configuration in addition to the network: its settings, the sizes that an engine is built for, and the
timing cache.

Each setting is read back after it is set: for a value that it does not accept, the library raises nothing, but logs,
keeps the former value and continues. A requested setting that did not take effect is refused. TF32 is the only
precision setting: the network has the rest. Sizes are checked before the builder sees them, and again by the builder: a
range out of order makes it drop the whole profile with a line in its log. Shapes are NCHW; the model has one image
input.

The app's timing cache is best effort: one that is absent, damaged or of another machine counts as empty, and one that
cannot be written costs only time. A cache that the user names is refused if it cannot be used, and never overwritten
then. Either is written whole, so two builds at once leave one or the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from enginebench_worker.building.log import BuildLog
from enginebench_worker.errors import BenchError
from enginebench_worker.files import written_whole
from enginebench_worker.tensorrt_engine.library import Library
from enginebench_worker.wire.domain import BuildRequest, EngineOptions, InputProfile, OptimizationRange
from enginebench_worker.wire.gpu_rows import GPU_FEATURES

if TYPE_CHECKING:
    import tensorrt as trt  # type: ignore[import-not-found]

Options = dict[str, "str | float | bool | None"]

GIB = 1 << 30


def configure(library: Library, config: trt.IBuilderConfig, request: BuildRequest) -> Options:
    """Returns every setting as read back from the library."""
    trt, asked = library.module, request.options
    flags = trt.BuilderFlag
    _set_flag(config, flags.TF32, request.precision == "tf32", f"TF32 in {library.label}")
    _set_flag(config, flags.DISABLE_TIMING_CACHE, not asked.timing_cache, "The timing cache")
    _set_flag(config, flags.VERSION_COMPATIBLE, asked.version_compatible, "Version compatibility")
    config.profiling_verbosity = trt.ProfilingVerbosity.DETAILED
    workspace = trt.MemoryPoolType.WORKSPACE
    wanted_bytes = int(asked.workspace_gib * GIB)
    config.set_memory_pool_limit(workspace, wanted_bytes)
    workspace_bytes = int(config.get_memory_pool_limit(workspace))
    _must_be(workspace_bytes == wanted_bytes, f"A workspace of {asked.workspace_gib:g} GiB", library)
    if asked.optimization_level is not None:
        config.builder_optimization_level = asked.optimization_level
        kept = int(config.builder_optimization_level) == asked.optimization_level
        _must_be(kept, f"Optimization level {asked.optimization_level}", library)
    level = hardware_level(asked)
    if level is not None:
        levels = trt.HardwareCompatibilityLevel
        wanted = {"ampere-plus": levels.AMPERE_PLUS, "same-compute-capability": levels.SAME_COMPUTE_CAPABILITY}[level]
        config.hardware_compatibility_level = wanted
        _must_be(config.hardware_compatibility_level == wanted, f"Building {GPU_FEATURES[level].label}", library)
    return {
        "stronglyTyped": True,
        "tf32": bool(config.get_flag(flags.TF32)),
        "workspaceBytes": workspace_bytes,
        "optimizationLevel": int(config.builder_optimization_level),
        "timingCache": not config.get_flag(flags.DISABLE_TIMING_CACHE),
        "versionCompatible": bool(config.get_flag(flags.VERSION_COMPATIBLE)),
        "hardwareCompatible": level is not None,
        **({} if level is None else {"hardwareLevel": level}),
        "profilingVerbosity": str(config.profiling_verbosity.name).lower(),
    }


def hardware_level(asked: EngineOptions) -> str | None:
    """The feature of `GPU_FEATURES` that the card which builds must have; None for an engine of this card only."""
    return (asked.hardware_level or "ampere-plus") if asked.hardware_compatible else None


def _set_flag(config: trt.IBuilderConfig, flag: trt.BuilderFlag, wanted: bool, what: str) -> None:
    if wanted:
        config.set_flag(flag)
    else:
        config.clear_flag(flag)
    if bool(config.get_flag(flag)) != wanted:
        message = f"{what} cannot be switched {'on' if wanted else 'off'}."
        raise BenchError("bad-usage", "build", message, f"Switch it {'off' if wanted else 'on'}.")


def _must_be(taken: bool, what: str, library: Library) -> None:
    if not taken:
        message = f"{what} is not available in {library.label}."
        raise BenchError("bad-usage", "build", message, "Switch it off, or choose another value.")


_LARGEST_BATCH = 65536
_LARGEST_PIXELS = 65536

Shapes = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]


def add_profile(
    builder: trt.Builder, config: trt.IBuilderConfig, network: trt.INetworkDefinition, request: BuildRequest
) -> dict[str, Shapes]:
    """Returns each input's least, tuned and largest shape."""
    if request.inputs is None:
        tensor = _image_input(network, request)
        asked = {tensor.name: profile_shapes(tuple(tensor.shape), request)}
    else:
        asked = _listed_shapes(network, request.inputs)
    said = "; ".join(in_words(shapes) for shapes in asked.values())
    profile = builder.create_optimization_profile()
    for name, shapes in asked.items():
        try:
            profile.set_shape(name, *shapes)
        except (RuntimeError, TypeError, ValueError) as error:
            raise _refused(f"TensorRT refuses the sizes {said}.", error) from error
    if not profile or config.add_optimization_profile(profile) < 0:
        raise _refused(f"TensorRT refuses the sizes {said}.")
    return asked


_SHAPE_TYPES = frozenset(("INT32", "INT64"))


def _listed_shapes(network: trt.INetworkDefinition, wanted: Sequence[InputProfile]) -> dict[str, Shapes]:
    """BenchError with every input that does not fit."""
    names = [network.get_input(index).name for index in range(network.num_inputs)]
    asked = {each.name: (each.min, each.opt, each.max) for each in wanted}
    faults = [f"it takes {name}, for which no shape is stated" for name in names if name not in asked]
    faults += [f"it has no input named {name}" for name in asked if name not in names]
    for index, name in enumerate(names):
        tensor = network.get_input(index)
        shape, shapes = tuple(tensor.shape), asked.get(name, ())
        if any(len(each) != len(shape) for each in shapes):
            faults.append(f"{name} has {len(shape)} dimensions")
        elif any(size not in (-1, given) for each in shapes for size, given in zip(shape, each, strict=True)):
            faults.append(f"{name} is {'x'.join(map(str, shape))}, and {in_words(asked[name])} is asked for")
        if len(shape) <= 1 and tensor.dtype.name in _SHAPE_TYPES and tensor.is_shape_tensor:
            faults.append(f"the values of {name} decide shapes inside the model, which a profile would have to state")
    if faults:
        message = f"The inputs do not fit the network: {'; '.join(faults)}."
        remedy = "Choose shapes that the file takes, or measure it with onnxruntime or openvino."
        raise BenchError("input-mismatch", "build", message, remedy)
    return {name: asked[name] for name in names}


def profile_shapes(shape: Sequence[int], request: BuildRequest) -> Shapes:
    """`shape` is the network's input shape, with -1 for a dynamic size."""
    _check_range("batch sizes", request.batch, _LARGEST_BATCH)
    if request.size is not None:
        _check_range("image sizes", request.size, _LARGEST_PIXELS)
    if len(shape) != 4:
        words = f"The model's input has {len(shape)} dimensions; images have 4."
        raise BenchError("input-mismatch", "build", words, "Use a model that takes images.")
    expected = request.model.input
    height, width = (_pixels(request.size, side or 1) for side in (expected.height, expected.width))
    wanted = (request.batch, _fixed(expected.channels or 1), height, width)
    for name, open_or_size, asked in zip(("batch", "channels", "height", "width"), shape, wanted, strict=True):
        if open_or_size >= 0 and {asked.min, asked.opt, asked.max} != {open_or_size}:
            raise _refused(f"The ONNX file has a fixed {name} of {open_or_size}, but {_span(asked)} was requested.")
    least, best, most = (tuple(getattr(each, name) for each in wanted) for name in ("min", "opt", "max"))
    return least, best, most


def _image_input(network: trt.INetworkDefinition, request: BuildRequest) -> trt.ITensor:
    tensors = [network.get_input(index) for index in range(network.num_inputs)]
    expected = request.model.input.name
    if [tensor.name for tensor in tensors] != [expected]:
        found = ", ".join(tensor.name for tensor in tensors) or "nothing"
        message = f"The ONNX file takes ({found}), but one image input {expected!r} was expected."
        raise BenchError("input-mismatch", "build", message, "Check the model's manifest, or use another file.")
    return tensors[0]


def _check_range(name: str, asked: OptimizationRange, largest: int) -> None:
    if not 1 <= asked.min <= asked.opt <= asked.max:
        raise _refused(f"The {name} {_span(asked)} are not in the order min, opt, max.")
    if asked.max > largest:
        raise _refused(f"The {name} go up to {asked.max}; the maximum is {largest}.")


def _pixels(asked: OptimizationRange | None, declared: int) -> OptimizationRange:
    return _fixed(declared) if asked is None else asked


def _fixed(value: int) -> OptimizationRange:
    return OptimizationRange(value, value, value)


def _span(asked: OptimizationRange) -> str:
    return str(asked.min) if asked.min == asked.opt == asked.max else f"{asked.min}:{asked.opt}:{asked.max}"


def in_words(shapes: Shapes) -> str:
    return ", ".join("x".join(map(str, shape)) for shape in shapes)


def _refused(message: str, cause: object = None) -> BenchError:
    return BenchError(
        "bad-profile", "build", message, "Choose sizes with min ≤ opt ≤ max that the model accepts.", cause
    )


def use_timing_cache(config: trt.IBuilderConfig, file: Path, log: BuildLog, is_given: bool) -> None:
    """`is_given`: the user named this file, so one that cannot be used is refused; the app's own counts as empty."""
    try:
        kept = file.read_bytes()
    except FileNotFoundError:
        kept = b""
    except OSError as error:
        if is_given:
            message = f"The timing cache {file.name} cannot be read: {error.strerror}."
            raise BenchError("not-writable", "build", message, "Check the permissions of the file.") from error
        kept = b""
    before = len(log.errors), len(log.information)
    cache = config.create_timing_cache(kept)
    said = _said(log, before)
    if is_given and kept and (cache is None or _UNREADABLE.search(said)):
        older = _OTHER_VERSION.search(said)
        why = "was made by another version" if older else "is cut short or damaged, or is not a timing cache"
        raise _unusable(file, f"{why} of TensorRT", said)
    if cache is None and kept:
        cache = config.create_timing_cache(b"")
    if cache is None or not config.set_timing_cache(cache, False):
        if is_given and kept:
            raise _unusable(file, "was made on another GPU or by another version of TensorRT", _said(log, before))
        log.write("warning", "The timing cache could not be used; the build measures again.")


_UNREADABLE = re.compile(r"Failed to deserialize timing cache|[Mm]agic|invalid timing cache")
_OTHER_VERSION = re.compile(r"[Vv]ersion tag does not match|stdVersionRead")


def _said(log: BuildLog, before: tuple[int, int]) -> str:
    return "\n".join([*log.errors[before[0] :], *log.information[before[1] :]])


def _unusable(file: Path, why: str, said: str) -> BenchError:
    message = f"The timing cache {file.name} {why}. It was left as it is."
    remedy = "Name a cache of this GPU and version, or a new file, which the build will make."
    return BenchError("bad-usage", "build", message, remedy, said or None)


def timing_cache_bytes(config: trt.IBuilderConfig) -> bytes | None:
    cache = config.get_timing_cache()
    serialized = None if cache is None else cache.serialize()
    return None if serialized is None else bytes(memoryview(serialized))


def keep_timing_cache(content: bytes | None, file: Path, log: BuildLog, is_given: bool) -> None:
    if content is None:
        return
    try:
        with written_whole(file) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        if is_given:
            raise
        log.write("warning", f"The timing cache could not be kept: {error.strerror}.")
