"""What TensorRT's own sentences mean, as messages for a user. Pure: no TensorRT here.

The sentences are those that the library holds, in 8 to 11 and in TensorRT-RTX. In "expecting A got B", A is this
machine and B the engine. The library's last words come with every failure as its cause."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from enginebench_worker.errors import BenchError, ErrorCode, QueryFailure, Stage

_BUILD_AGAIN = "Convert the model again on this machine."
_BUILD_THERE = "Convert the model again on this machine: engines are not portable."


@dataclass(frozen=True)
class Cause:
    pattern: str
    code: ErrorCode
    says: str
    """Completes "The engine FILE …"; fields are the groups of the pattern."""
    remedy: str


_DOES_NOT_FIT = Cause(
    r"OutOfMemory|out of memory|could not be allocated|cudaErrorMemoryAllocation|Cuda Runtime \(2\b",
    "out-of-memory-gpu",
    "does not fit into the free memory of the GPU",
    "Close other programs that use the GPU, use a smaller batch, or choose a GPU with more memory.",
)
_DRIVER_TOO_OLD = Cause(
    r"driver version is insufficient|CUDA initialization failure with error: 35|cudaErrorInsufficientDriver",
    "backend-unavailable",
    "needs a newer NVIDIA driver than the installed one",
    "Update the NVIDIA driver. The engine itself is not damaged.",
)
_NO_DRIVER = Cause(
    r"no CUDA-capable device|CUDA initialization failure with error: (?:100|999|3)\b|cudaErrorNoDevice"
    r"|driver shutting down|cudaErrorSystemDriverMismatch|cudaErrorInitializationError",
    "gpu-lost",
    "cannot be opened, since the NVIDIA driver no longer answers",
    "Check the driver with nvidia-smi; restart the machine after a driver update. The engine itself is not damaged.",
)
_OPENING: tuple[Cause, ...] = (
    Cause(
        r"getEngineHostCodeAllowed|host code",
        "untrusted-engine",
        "carries host code, which may run only with your consent",
        "Adopt the engine, if you trust its source; or convert the model here.",
    ),
    _DRIVER_TOO_OLD,
    _NO_DRIVER,
    Cause(
        r"[Pp]latform.{0,20}mismatch|expectedPlatformTag|target runtime platform",
        "bad-model-file",
        "was built for another operating system or processor",
        _BUILD_THERE,
    ),
    Cause(
        r"expecting compute (?P<here>[\d.]+) got compute (?P<there>[\d.]*\d)",
        "bad-model-file",
        "was built for a GPU of compute capability {there}, but this GPU has {here}",
        _BUILD_THERE,
    ),
    Cause(
        r"Expected compute capability >=\s*(?P<there>[\d.]*\d)",
        "bad-model-file",
        "needs a GPU of compute capability {there} or higher",
        _BUILD_THERE,
    ),
    Cause(
        r"cannot run on this GPU, which has compute capability (?P<here>[\d.]*\d)",
        "bad-model-file",
        "cannot run on this GPU, which has compute capability {here}",
        _BUILD_THERE,
    ),
    Cause(
        r"incompatible device|different device|Target GPU",
        "bad-model-file",
        "was built for another GPU",
        _BUILD_THERE,
    ),
    Cause(
        r"expecting library version (?P<here>[\d.]*\d) got (?P<there>[\d.]*\d)",
        "bad-model-file",
        "was built by TensorRT {there}, but TensorRT {here} is installed",
        "Convert the model again, or install the version that built it.",
    ),
    Cause(
        r"Current Version: (?P<here>\d+), Serialized Engine Version: (?P<there>\d+)",
        "bad-model-file",
        "was built by {age} version of TensorRT (format {there}; the installed version reads {here})",
        "Convert the model again, or install the version that built it.",
    ),
    Cause(
        r"plan major version does not match|old deserialization call on a newer plan|older plan"
        r"|[Vv]ersion tag does not match|not compatible with this version|different version",
        "bad-model-file",
        "was built by another version of TensorRT",
        "Convert the model again, or install the version that built it.",
    ),
    Cause(
        r"libnvinfer_lean|could not create lean runtime|lean runtime.{0,40}(?:not found|load)|Runtime load failed",
        "backend-unavailable",
        "needs TensorRT's lean runtime, which could not be loaded",
        "Install TensorRT's lean runtime in this environment, or convert the model without version compatibility.",
    ),
    Cause(
        r"IPluginCreator(?:Interface)? not found|could not find plugin:?\s*(?P<plugin>\w+)?|Plugin not found",
        "unsupported-operator",
        "needs a plugin that TensorRT does not have",
        "If you trust its maker, name its library: convert, artifacts add and inspect take --plugin FILE.",
    ),
    Cause(
        r"DLA|safety engine",
        "bad-model-file",
        "was built for another kind of device (a DLA core or a safety runtime)",
        _BUILD_AGAIN,
    ),
    Cause(
        r"blobSize failed|Size specified in header|cursor (?:==|<) blobSize|header[.>-]+size|[Tt]runcat"
        r"|Insufficient data|end of (?:file|stream)",
        "bad-model-file",
        "is cut short, or has bytes that do not belong to it",
        "Convert the model again, or copy the file again.",
    ),
    Cause(
        r"[Mm]agic|incompatible serialization",
        "bad-model-file",
        "is not a TensorRT engine, or comes from a version with another format",
        "Choose another file, or convert the model here.",
    ),
    Cause(
        r"empty (?:memory buffer|blob)",
        "bad-model-file",
        "is empty",
        "Convert the model again, or copy the file again.",
    ),
    _DOES_NOT_FIT,
)

_CAPTURING = re.compile(
    r"stream is capturing|StreamCapture\w*|previous error during capture|capturing a CUDA graph|cudaErrorStreamCapture"
)
_RUNNING: tuple[Cause, ...] = (
    _DOES_NOT_FIT,
    Cause(
        r"Neither address or allocator is set|Address is not set|not been (?:specified|set)|Parameter check failed"
        r"|API Usage Error",
        "inference-failed",
        "was called with an input or output that TensorRT does not accept",
        "Please report this, with the log.",
    ),
)


def opening_refusal(lines: Sequence[str], library: str, file: str) -> BenchError:
    return _judged(_OPENING, lines, "load", f"The engine {file}") or BenchError(
        "bad-model-file",
        "load",
        f"{library} cannot open the engine {file}{last_words(lines)}.",
        _BUILD_AGAIN,
        "\n".join(lines) or None,
    )


def preparing_refusal(lines: Sequence[str], file: str) -> BenchError:
    """The engine was opened, but no context could be made of it."""
    return _judged((*_RUNNING[:1], _DRIVER_TOO_OLD, _NO_DRIVER), lines, "load", f"The engine {file}") or BenchError(
        "inference-failed",
        "load",
        f"TensorRT opened the engine {file} but cannot prepare it to run{last_words(lines)}.",
        "Use a smaller batch, or convert the model again; the log has TensorRT's output.",
        "\n".join(lines) or None,
    )


def running_failure(lines: Sequence[str], what: str = "TensorRT did not run the engine") -> QueryFailure:
    """TensorRT refused a call, and the GPU is not faulted."""
    known = _judged(_RUNNING, lines, "measure", "The engine")
    if known is not None:
        return QueryFailure(known.record.code, "measure", known.record.message, known.record.remedy, known.record.cause)
    return QueryFailure(
        "inference-failed",
        "measure",
        f"{what}{last_words(lines) or ', and gave no reason'}.",
        "Use a smaller batch, or convert the model again; the log has TensorRT's output.",
        "\n".join(lines) or None,
    )


def capture_refusal(lines: Sequence[str], shape: str) -> BenchError:
    """The stream was checked and is usable."""
    because = next((line for line in lines if _CAPTURING.search(line)), lines[0] if lines else "no reason was given")
    message = (
        f"This engine cannot be recorded as a CUDA graph for the input {shape}: {_shortened(because)}. "
        "The GPU and its stream are still usable."
    )
    remedy = 'Switch "CUDA graph" off for this case.'
    return BenchError("capture-refused", "load", message, remedy, "\n".join(lines) or None)


def _judged(causes: Sequence[Cause], lines: Sequence[str], stage: Stage, subject: str) -> BenchError | None:
    words = "\n".join(lines)
    for cause in causes:
        if found := re.search(cause.pattern, words):
            fields = {name: text or "" for name, text in found.groupdict().items()}
            message = f"{subject} {cause.says.format(**fields, age=_age(fields))}."
            return BenchError(cause.code, stage, message, cause.remedy, words)
    return None


def _age(fields: dict[str, str]) -> str:
    here, there = fields.get("here", ""), fields.get("there", "")
    if here.isdigit() and there.isdigit():
        return "a newer" if int(there) > int(here) else "an older"
    return "another"


def last_words(lines: Sequence[str]) -> str:
    """`: the reason`, without the library's place in its own source; empty without lines."""
    return f": {_shortened(lines[-1])}" if lines else ""


def _shortened(line: str) -> str:
    """Without the library's place in its own source."""
    found = re.search(r"Error Code \d+: [\w ]+ \((?P<words>.*)\)\s*$", line, re.DOTALL)
    words = " ".join((found["words"] if found else line).split()).rstrip(".")
    return words if len(words) <= 300 else f"{words[:297]}…"
