"""ONNX Runtime's TensorRT provider: the libraries that it is linked to, its settings, the folder of its engines, and a
session in which every node is its own.

If a library is missing, or TensorRT refuses a node, ONNX Runtime gives the nodes to the CUDA provider or the CPU and at
most logs it. So libraries are loaded, and named, before a session is made, and the session tells where each node went.
ONNX Runtime names the engines that it keeps after the graph, not after weights, TF32 or the driver: each key gets a
folder of its own. TF32 has no setting but a variable that NVIDIA's libraries read once, when they are loaded."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from enginebench_worker import tuning
from enginebench_worker.boolean_option import boolean_option
from enginebench_worker.errors import BenchError, ErrorCode, gpu_failure_of
from enginebench_worker.files import sha256_of
from enginebench_worker.installed import version_of
from enginebench_worker.nvidia_driver import gpu_identity
from enginebench_worker.onnxruntime_engine import cuda_provider
from enginebench_worker.onnxruntime_engine.placement import CPU, placement_of, require_all_on
from enginebench_worker.onnxruntime_engine.session import forget_profiles
from enginebench_worker.wire.domain import Precision, WorkerCase

PROVIDER, CUDA = "TensorrtExecutionProvider", "CUDAExecutionProvider"
TENSORRT_MAJOR = 10
"""Of the TensorRT that the wheels of onnxruntime-gpu 1.24 to 1.31 are linked to."""
_LIBRARIES = {
    "linux": (f"libnvinfer.so.{TENSORRT_MAJOR}", f"libnvonnxparser.so.{TENSORRT_MAJOR}"),
    "win32": (f"nvinfer_{TENSORRT_MAJOR}.dll", f"nvonnxparser_{TENSORRT_MAJOR}.dll"),
}
_PLUGINS = {"linux": f"libnvinfer_plugin.so.{TENSORRT_MAJOR}", "win32": f"nvinfer_plugin_{TENSORRT_MAJOR}.dll"}
"""TensorRT's standard plugins: the provider opens them by name, and does without."""
SET_UP = "Set up the environment onnxruntime-tensorrt; if it is there, repair it."
ENGINE_CACHE = "ENGINEBENCH_ENGINE_CACHE"
"""Folder that the supervisor names; without it, no engine is kept."""
TF32_OVERRIDE = "NVIDIA_TF32_OVERRIDE"
TYPING_SWITCHES: dict[str, Precision] = {
    "trt_fp16_enable": "fp16",
    "trt_bf16_enable": "bf16",
    "trt_int8_enable": "int8",
}
"""With all of them off, the provider's network is strongly typed; any one of them lets TensorRT choose types."""
CUDA_GRAPH = "trt_cuda_graph_enable"
_PRECISION_BY, _WAYS, _GRAPH = "precisionBy", ("file", "provider"), "cudaGraph"
OPTIONS_SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {
        _GRAPH: {"type": "boolean", "default": False, "title": "CUDA graph"},
        _PRECISION_BY: {
            "type": "string",
            "enum": list(_WAYS),
            "default": _WAYS[0],
            "title": "What lowers precision: the file, or the provider's switch, which proves nothing",
        },
        tuning.OPTION: tuning.option_schema("onnxruntime-tensorrt"),
    },
    "additionalProperties": False,
}


def records_graph(case: WorkerCase) -> bool:
    return boolean_option(case, _GRAPH, default=False) or tuning.is_tuned(case)


def is_by_provider(case: WorkerCase) -> bool:
    """Whether TensorRT may lower what the file stores in FP32. Raises `bad-usage` for a way that does not exist."""
    way = case.options.get(_PRECISION_BY, _WAYS[0])
    if way not in _WAYS:
        message = f"Precision cannot come from {way!r}."
        raise BenchError("bad-usage", "load", message, f"Set {_PRECISION_BY} to one of {', '.join(_WAYS)}.")
    return way == "provider"


def tensorrt_version() -> str | None:
    """Of the libraries that are installed as a package."""
    return version_of("tensorrt-cu13-libs")


def load_tensorrt_libraries() -> None:
    """After the CUDA libraries, to which they are linked. BenchError `backend-unavailable` names what is missing."""
    names = _LIBRARIES.get(sys.platform, ())
    for name in (*names, _PLUGINS.get(sys.platform, "")):
        kept = [folder / name for folder in cuda_provider.package_folders("tensorrt_libs") if name]
        any(cuda_provider.loads(str(file)) for file in kept if file.is_file())
    missing = [name for name in names if not cuda_provider.loads(name)]
    if missing:
        found = tensorrt_version()
        beside = f" TensorRT {found} is installed." if found is not None else ""
        message = (
            f"ONNX Runtime's TensorRT provider needs {', '.join(missing)} of TensorRT {TENSORRT_MAJOR}, "
            f"which cannot be loaded.{beside}"
        )
        raise BenchError("backend-unavailable", "load", message, SET_UP)


def switch_tf32(allowed: bool) -> None:
    """Before any of NVIDIA's libraries is loaded."""
    if allowed:
        os.environ.pop(TF32_OVERRIDE, None)
    else:
        os.environ[TF32_OVERRIDE] = "0"


def provider_settings(case: WorkerCase, shape: Sequence[int], by_provider: bool, graph: bool) -> dict[str, str]:
    """The profile is the case's own shape."""
    profile = f"{case.model.input.name}:{'x'.join(map(str, shape))}"
    switches = {
        name: "1" if by_provider and precision == case.precision else "0" for name, precision in TYPING_SWITCHES.items()
    }
    profiles = {f"trt_profile_{name}_shapes": profile for name in ("min", "opt", "max")}
    return {**switches, **profiles, CUDA_GRAPH: "1" if graph else "0"}


def engine_folder(case: WorkerCase, file: Path, settings: Mapping[str, str], onnxruntime_version: str) -> Path | None:
    """Where the engine of this case is kept, under everything that decides about it; None if none is kept."""
    root = os.environ.get(ENGINE_CACHE)
    if not root:
        return None
    beside = [each for each in sorted(file.parent.glob(f"{file.stem}*")) if each != file and each.is_file()]
    key = {
        "file": sha256_of(file),
        "data": [(each.name, each.stat().st_size, each.stat().st_mtime_ns) for each in beside],
        "tf32": case.precision == "tf32",
        "settings": {name: value for name, value in settings.items() if name != CUDA_GRAPH},
        "libraries": (onnxruntime_version, tensorrt_version()),
        "gpu": gpu_identity(),
    }
    name = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()
    return Path(root) / "onnxruntime-tensorrt" / name[:32]


def holds_engine(folder: Path | None) -> bool:
    return folder is not None and next(folder.glob("*.engine"), None) is not None


def open_whole_session(
    onnxruntime: Any,
    case: WorkerCase,
    file: Path,
    make_options: Callable[[], Any],
    settings: Mapping[str, str],
    folder: Path | None,
) -> Any:
    """A session on the provider with every node. BenchError `fallback` if ONNX Runtime gave some to another provider,
    `capture-refused` if it records no CUDA graph of them. An engine in the cache that cannot be read is built again."""
    cache = {} if folder is None else {"trt_engine_cache_enable": "1", "trt_engine_cache_path": str(folder)}

    def opened(changes: Mapping[str, str]) -> Any:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        options, providers = make_options(), [(PROVIDER, {**settings, **cache, **changes}), CUDA, CPU]
        try:
            return onnxruntime.InferenceSession(str(file), options, providers=providers, enable_fallback=0)
        except Exception:  # ONNX Runtime's errors are classes without a common base
            forget_profiles(options)
            raise

    def checked(changes: Mapping[str, str]) -> Any:
        session = opened(changes)
        try:
            _require_whole(session, case)
        except BenchError:
            Path(session.end_profiling()).unlink(missing_ok=True)
            raise
        return session

    try:
        try:
            return checked({})
        except Exception as error:  # likewise
            if folder is None or not _STALE.search(str(error)):
                raise
            shutil.rmtree(folder, ignore_errors=True)
            return checked({})
    except (BenchError, OSError):
        raise
    except Exception as error:  # likewise
        if gpu_failure_of(error) is not None:
            raise
        if _NO_GRAPH.search(str(error)):
            Path(checked({CUDA_GRAPH: "0"}).end_profiling()).unlink(missing_ok=True)
            raise capture_refusal(shape_in_words(case), error) from error
        raise _refusal(file, error) from error


def shape_in_words(case: WorkerCase) -> str:
    return "x".join(map(str, (case.batch_size, *case.input.shape[1:])))


def capture_refusal(shape: str, cause: object) -> BenchError:
    because = " ".join(str(cause).split()).rstrip(".")
    message = f"ONNX Runtime cannot record this model as a CUDA graph for the input {shape}: {because[:300]}."
    return BenchError("capture-refused", "load", message, 'Switch "CUDA graph" off for this case.', cause)


MIXED_REMEDY = (
    "Export the model without these operators, or measure it with onnxruntime on the GPU: a mixed run does not measure "
    "TensorRT."
)
_NOT_STARTED = "TensorRT did not start: the log says why. Check the GPU driver, or repair the environment."


def _require_whole(session: Any, case: WorkerCase) -> None:
    started = PROVIDER in session.get_providers()
    require_all_on(PROVIDER, placement_of(session), case.model.name, MIXED_REMEDY if started else _NOT_STARTED)
    if not started:
        raise cuda_provider.did_not_start(PROVIDER, session.get_providers()[0])


_STALE = re.compile(r"could not deserialize engine from cache|failed to deserialize engine")
_NO_GRAPH = re.compile(r"cannot use the (?:graph capture|CUDA Graph) feature", re.IGNORECASE)


@dataclass(frozen=True)
class _Cause:
    pattern: str
    code: ErrorCode
    says: str
    """`{file}` is the file's name."""
    remedy: str


_CAUSES = (
    _Cause(
        r"install TensorRT libraries|Failed to load library \S*providers_tensorrt",
        "backend-unavailable",
        "ONNX Runtime cannot load its TensorRT provider.",
        SET_UP,
    ),
    _Cause(
        r"has no shape specified",
        "bad-model-file",
        "TensorRT needs the shape of every tensor, and {file} leaves some out.",
        "Export the model again, or run ONNX's shape inference over the file.",
    ),
    _Cause(
        r"TensorRT EP (?:could not|[Ff]ailed to)",
        "build-failed",
        "TensorRT cannot build an engine from {file}.",
        "Use onnxruntime on the GPU; the log has TensorRT's output.",
    ),
    _Cause(
        r"CU(?:DA|DNN) failure",
        "backend-unavailable",
        "ONNX Runtime's TensorRT provider failed while it loaded {file}.",
        "Check the GPU and its driver; the log has the details.",
    ),
    _Cause(r"", "bad-model-file", "ONNX Runtime cannot load {file}.", "Check the file, or export it again."),
)


def _refusal(file: Path, error: BaseException) -> BenchError:
    cause = next(each for each in _CAUSES if re.search(each.pattern, str(error)))
    return BenchError(cause.code, "load", cause.says.format(file=file.name), cause.remedy, error)
