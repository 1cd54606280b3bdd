"""How an ONNX Runtime session is set up, in one place, so that the proved session and the measured one are the same.

One provider per session, with no fallback. The profile of a query proves its precision, so
every session to be proved writes one. On CUDA the case's shape is fixed before the graph is optimized: open sizes would
be computed by CPU operators in the middle of every query."""

from __future__ import annotations

import glob
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from enginebench_worker import tuning
from enginebench_worker.backend import query_shape
from enginebench_worker.errors import BenchError, gpu_failure_of
from enginebench_worker.files import temporary_root
from enginebench_worker.onnx_graph.file_structure import open_dimensions
from enginebench_worker.onnxruntime_engine.cuda_provider import (
    GPU_PACKAGE,
    did_not_start,
    explain_refusal,
    load_cuda_libraries,
)
from enginebench_worker.onnxruntime_engine.placement import NO_FALLBACK, is_left_to_the_cpu
from enginebench_worker.spinning import OPTION, OPTION_SCHEMA, SPIN_LIMIT_US, spins
from enginebench_worker.wire.domain import Device, Feed, Precision, WorkerCase

PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
SPINNING = "session.intra_op.allow_spinning"
SPIN_TIME = "session.intra_op.spin_duration_us"
EXACT_INT8 = "session.x64quantprecision"
"""Without VNNI the fused uint8 x int8 kernels saturate at 16 bits; with this set to 1 they do not, and are slower."""
CUDA_SETTINGS = ("use_tf32", "cudnn_conv_algo_search", "do_copy_in_default_stream")
"""Settings of the CUDA provider, read back as evidence."""
TUNED = {"session.set_denormal_as_zero": "1", "session.dynamic_block_base": "4"}
GET_GPU_PACKAGE = f"In this environment: pip uninstall -y onnxruntime, then pip install {GPU_PACKAGE}, or use the CPU."
"""Both packages install the same module, so one must replace the other."""
LEVELS = {
    "disabled": "ORT_DISABLE_ALL",
    "basic": "ORT_ENABLE_BASIC",
    "extended": "ORT_ENABLE_EXTENDED",
    "all": "ORT_ENABLE_ALL",
}
OPTIONS_SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {
        "graphOptimization": {
            "type": "string",
            "enum": ["disabled", "basic", "extended", "all"],
            "default": "all",
            "title": "Graph optimization",
        },
        "int8Kernels": {
            "type": "string",
            "enum": ["fast", "exact"],
            "default": "fast",
            "title": "INT8 kernels",
        },
        OPTION: OPTION_SCHEMA,
        tuning.OPTION: tuning.option_schema("onnxruntime"),
    },
    "additionalProperties": False,
}


def optimization_of(case: WorkerCase) -> str:
    """Raises bad-usage for an unknown option: ignoring it would make the case's label wrong."""
    unknown = sorted(set(case.options) - {"graphOptimization", "int8Kernels", OPTION, tuning.OPTION})
    level = case.options.get("graphOptimization", "all")
    if unknown or not isinstance(level, str) or level not in LEVELS:
        said = (
            f"ONNX Runtime has no option {unknown[0]}." if unknown else f"Graph optimization {level!r} does not exist."
        )
        raise BenchError("bad-usage", "load", said, f"Set graphOptimization to one of {', '.join(LEVELS)}.")
    kernels = case.options.get("int8Kernels", "fast")
    if kernels not in ("fast", "exact"):
        said = f"There are no INT8 kernels {kernels!r}."
        raise BenchError("bad-usage", "load", said, "Set int8Kernels to fast or exact.")
    return level


def session_options(onnxruntime: Any, threads: int, optimization: str, spinning: bool = False) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = getattr(onnxruntime.GraphOptimizationLevel, LEVELS[optimization])
    options.log_severity_level = 3
    options.add_session_config_entry(SPINNING, "1" if spinning else "0")
    if spinning:
        options.add_session_config_entry(SPIN_TIME, str(SPIN_LIMIT_US))
    return options


def fix_shape(options: Any, file: Path, input_name: str, shape: Sequence[int]) -> None:
    """Sizes that the file leaves open are set to the case's, if they have a name."""
    fix_shapes(options, file, {input_name: shape})


def fix_shapes(options: Any, file: Path, shapes: Mapping[str, Sequence[int]]) -> None:
    """A name that stands for several sizes is left open."""
    dimensions = open_dimensions(file)
    sizes: dict[str, set[int]] = {}
    for input_name, shape in shapes.items():
        names = dimensions.get(input_name, ())
        if len(names) == len(shape):
            for name, size in zip(names, shape, strict=True):
                if name is not None:
                    sizes.setdefault(name, set()).add(size)
    for name, possible in sizes.items():
        if len(possible) == 1:
            options.add_free_dimension_override_by_name(name, *possible)


def profiled(options: Any) -> Any:
    """The same options, which also write a profile; `read_profile` removes it."""
    options.enable_profiling = True
    with tempfile.NamedTemporaryFile(prefix="enginebench-profile-", suffix="", dir=temporary_root()) as unique:
        options.profile_file_prefix = unique.name
    return options


def open_profiled_session(onnxruntime: Any, case: WorkerCase, file: Path, optimization: str) -> Any:
    options = profiled(session_options(onnxruntime, case.threads, optimization, spins(case)))
    if case.options.get("int8Kernels") == "exact":
        options.add_session_config_entry(EXACT_INT8, "1")
    if tuning.is_tuned(case):
        if case.device != "cpu":
            message = "ONNX Runtime's tuned settings are for the CPU."
            raise BenchError("bad-usage", "load", message, "Leave out the tuned candidate on a GPU.")
        for name, value in TUNED.items():
            options.add_session_config_entry(name, value)
    if case.device == "cuda" and case.feeds is None:
        fix_shape(options, file, case.model.input.name, (case.batch_size, *case.input.shape[1:]))
    elif case.device == "cuda":
        fix_shapes(options, file, {feed.name: query_shape(feed, case.batch_size) for feed in case.feeds or ()})
    return open_session(onnxruntime, file, options, case.device, case.precision)


def forget_profiles(options: Any) -> None:
    """Profiles that sessions with these options began and nobody read."""
    prefix = Path(options.profile_file_prefix)
    for file in prefix.parent.glob(f"{glob.escape(prefix.name)}*.json"):
        file.unlink(missing_ok=True)


def open_session(onnxruntime: Any, file: Path, options: Any, device: Device, precision: Precision) -> Any:
    provider = PROVIDERS[device]
    if provider not in onnxruntime.get_available_providers():
        message = f"This build of ONNX Runtime has no {provider}."
        raise BenchError("backend-unavailable", "load", message, GET_GPU_PACKAGE)
    asked: tuple[str, dict[str, str]] = (provider, {})
    if device == "cuda":
        load_cuda_libraries(onnxruntime)
        asked = (provider, cuda_settings(precision))
        options.add_session_config_entry(NO_FALLBACK, "1")
    try:
        session = onnxruntime.InferenceSession(str(file), options, providers=[asked], enable_fallback=0)
    except Exception as error:  # ONNX Runtime's load errors are classes without a common base
        forget_profiles(options)
        if gpu_failure_of(error) is not None:
            raise
        if is_left_to_the_cpu(error):
            raise explain_refusal(onnxruntime, file, options, asked, error) from error
        if "CUDA failure" in str(error) or "CUDNN failure" in str(error):
            message = f"ONNX Runtime's {provider} failed while it loaded {file.name}."
            remedy = "Check the GPU and its driver, or use the CPU; the log has the details."
            raise BenchError("backend-unavailable", "load", message, remedy, error) from error
        lacking = lacking_operator(str(error))
        if lacking is not None:
            message = f"ONNX Runtime cannot compute {lacking} of {file.name} on {provider}."
            remedy = "Export it with standard operators and other types or another opset, or use another backend."
            raise BenchError("unsupported-operator", "load", message, remedy, error) from error
        message = f"ONNX Runtime cannot load {file.name}."
        raise BenchError("bad-model-file", "load", message, "Check the file, or export it again.", error) from error
    if session.get_providers()[0] != provider:
        raise did_not_start(provider, session.get_providers()[0])
    return session


_LACKING = (
    re.compile(r"find an implementation for (?P<operator>\w+)\((?P<opset>\d+)\) node with name '(?P<name>[^']*)'"),
    re.compile(r"Failed to find kernel for (?P<operator>[\w.]+)\((?P<opset>\d+)\) \(node:'(?P<name>[^']*)'"),
    re.compile(r"Fatal error: (?P<operator>[\w.:]+)\((?P<opset>-?\d+)\) is not a registered function/op"),
)


def lacking_operator(words: str) -> str | None:
    """`Swish (opset 24) "/block/act"`, as ONNX Runtime names what it has no kernel for."""
    found = next((match for each in _LACKING if (match := each.search(words))), None)
    if found is None:
        return None
    parts = found.groupdict()
    opset = "" if parts["opset"].startswith("-") else f" (opset {parts['opset']})"
    place = f' "{parts["name"]}"' if parts.get("name") else ""
    return f"{parts['operator']}{opset}{place}"


def cuda_settings(precision: Precision) -> dict[str, str]:
    """The provider's default for FP32 is TF32, so it is always set. Convolution kernels are searched, not guessed."""
    values = ("1" if precision == "tf32" else "0", "EXHAUSTIVE", "1")
    return dict(zip(CUDA_SETTINGS, values, strict=True))


ELEMENT_TYPES = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(double)": "float64",
    "tensor(bfloat16)": "bfloat16",
    "tensor(bool)": "bool",
    **{f"tensor({name})": name for name in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")},
}


def match_feeds(session: Any, case: WorkerCase, feeds: Sequence[Feed]) -> None:
    """BenchError `input-mismatch`, with every fault, if the file takes other inputs than the case feeds."""
    declared = {entry.name: entry for entry in session.get_inputs()}
    faults = [f"it takes {name}, which is not fed" for name in declared if name not in {feed.name for feed in feeds}]
    for feed in feeds:
        entry, shape = declared.get(feed.name), query_shape(feed, case.batch_size)
        if entry is None:
            faults.append(f"it has no input named {feed.name}")
        elif ELEMENT_TYPES.get(entry.type) != feed.type:
            faults.append(f"{feed.name} is {entry.type}, and {feed.type} is fed")
        elif len(entry.shape) != len(shape) or any(
            isinstance(size, int) and size != want for size, want in zip(entry.shape, shape, strict=True)
        ):
            faults.append(f"{feed.name} has the shape {entry.shape}, and {list(shape)} is fed")
    faults += [
        f"it has no output named {name}"
        for name in case.model.outputs
        if name not in {each.name for each in session.get_outputs()}
    ]
    if faults:
        message = f"The inputs do not fit the ONNX file: {'; '.join(faults)}."
        raise BenchError("input-mismatch", "load", message, "Choose the shapes that the file takes, or another file.")


def match_input(session: Any, case: WorkerCase) -> tuple[str, str]:
    """The input's name and NumPy type."""
    inputs = session.get_inputs()
    names = [entry.name for entry in inputs]
    expected = case.model.input.name
    wanted = [case.batch_size, *case.input.shape[1:]]
    entry = inputs[0] if len(inputs) == 1 else None
    types = {"tensor(float)": "float32", "tensor(float16)": "float16"}
    fits = entry is not None and entry.name == expected and entry.type in types and len(entry.shape) == 4
    if not fits or entry is None:
        found = ", ".join(f"{each.name}: {each.type} {each.shape}" for each in inputs)
        message = f"The ONNX file takes ({found}), but one image input {expected!r} was expected."
        raise BenchError("input-mismatch", "load", message, "Check the model's manifest, or use another file.")
    if any(isinstance(size, int) and size != want for size, want in zip(entry.shape, wanted, strict=True)):
        message = f"The ONNX file takes {expected} of shape {entry.shape}, but the case asks for {wanted}."
        raise BenchError("input-mismatch", "load", message, "Use that batch and size, or export with dynamic sizes.")
    missing = [name for name in case.model.outputs if name not in {each.name for each in session.get_outputs()}]
    if missing:
        message = f"The ONNX file has no output named {', '.join(missing)}."
        raise BenchError("input-mismatch", "load", message, "Check the outputs that the model's manifest names.")
    return names[0], types[entry.type]
