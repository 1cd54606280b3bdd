"""What the ONNX parser and the builder report against a model, as messages for a user. Pure: no TensorRT here.

The parser lists every operator it lacks, and of everything else only the first node it failed on. The builder reports
only its log. Known causes are recognized by their text; the rest is passed on, shortened."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from enginebench_worker.building.log import without_driver_noise
from enginebench_worker.errors import BenchError, ErrorCode, gpu_failure_of


@dataclass(frozen=True)
class ParserComplaint:
    """One error of the parser. `code` is its name, e.g. UNSUPPORTED_NODE; `node_index` is -1 if it has no node."""

    code: str
    node_index: int
    node_name: str
    operator: str
    description: str

    @property
    def where(self) -> str:
        named = f"{self.operator or 'a node'}"
        return f"{named} at {self.node_name or f'node {self.node_index}'}"


_Answer = tuple[ErrorCode, str, str]

_REPORT = "The log has the library's output."
_OTHER_TARGET = "Replace it in the model, or choose ONNX Runtime as the target."
_OWN_CONVERSION = "Convert the precision of the FP32 file here instead."

_NODE_CAUSES: tuple[tuple[str, ErrorCode, str, str], ...] = (
    (
        r"must have same input types|must be of same type|must have identical types",
        "mixed-precision",
        "mixes precisions: its inputs are of different types",
        _OWN_CONVERSION,
    ),
    (
        r"shiftIsAllZeros|Non-zero zero point",
        "unsupported-operator",
        "is quantized with a zero point other than 0, which TensorRT does not support",
        "Quantize symmetrically: " + _OWN_CONVERSION[0].lower() + _OWN_CONVERSION[1:],
    ),
    (
        r"has type Int32 but must have type",
        "unsupported-operator",
        "reads a bias that is stored as 32-bit integers, which TensorRT does not support",
        "Leave the biases unquantized: " + _OWN_CONVERSION[0].lower() + _OWN_CONVERSION[1:],
    ),
    (
        r"addPooling|maxKernelDimsProduct",
        "unsupported-operator",
        "pools over a window that is too large for TensorRT",
        "Replace it with global average pooling before the export.",
    ),
)
_MODEL_CAUSES: tuple[tuple[str, ErrorCode, str, str], ...] = (
    (
        r"Input file cannot be found",
        "missing-artifact",
        "{file} was not found.",
        "Start the conversion again.",
    ),
    (
        r"\(\.\./\)|Relative paths to parent",
        "unsafe-model-file",
        "{file} refers to weights outside its own folder.",
        "Save the model with its weights next to it.",
    ),
    (
        r"Failed to open file|Failed to import initializer",
        "bad-model-file",
        "The weights that {file} keeps in another file cannot be read.",
        "Put that file next to the model.",
    ),
    (
        r"Failed to parse the ONNX model",
        "bad-model-file",
        "{file} is truncated or is not an ONNX file.",
        "Export or copy it again.",
    ),
    (
        r"Failed to sort the model",
        "bad-model-file",
        "The nodes of {file} cannot be ordered: an output appears twice, or the nodes form a cycle.",
        "Export it again.",
    ),
    (
        r"null tensor",
        "bad-model-file",
        "{file} declares an output that no node produces.",
        "Export it again.",
    ),
    (
        r"Failed to convert ONNX dat[ae] type|Unsupported ONNX data type",
        "unsupported-operator",
        "{file} has an input or output of a type that TensorRT does not support.",
        "Use number types for its inputs and outputs.",
    ),
)
_BUILD_CAUSES: tuple[tuple[str, ErrorCode, str, str], ...] = (
    (
        r"libnvinfer_lean",
        "build-failed",
        "A version-compatible engine needs TensorRT's lean runtime, which is not installed.",
        "Install it, or switch version compatibility off.",
    ),
    (
        r"within workspace limit|workspace",
        "build-failed",
        "The workspace is too small for this model.",
        "Raise the workspace limit.",
    ),
    (
        r"no optimization profile|in profile \d|MIN<=OPT<=MAX|profile \d+",
        "bad-profile",
        "The batch sizes or the input size do not fit the model.",
        "Choose sizes that the model accepts.",
    ),
    (
        r"dedicated kernel",
        "unsupported-operator",
        "TensorRT has no attention kernel for this model in this precision.",
        "Export it with an opset of 20 or lower.",
    ),
    (
        r"has no runners that implement it|Could not find any implementation",
        "unsupported-operator",
        "{library} has no implementation for part of the model.",
        _OTHER_TARGET,
    ),
    (
        r"OutOfMemory|out of memory|Requested amount of GPU memory",
        "out-of-memory-gpu",
        "The GPU ran out of memory during the build.",
        "Close other programs that use the GPU, or lower the workspace limit and the largest batch.",
    ),
    (
        r"at least one output",
        "bad-model-file",
        "{file} holds no graph.",
        "Export it again.",
    ),
)


def parser_refusal(complaints: Sequence[ParserComplaint], log_errors: Sequence[str], file: str) -> BenchError:
    """`file` is the name of the ONNX file; `log_errors` is what the logger reported at level error."""
    cause = _cause([f"{each.where}: {each.description}" for each in complaints] or log_errors)
    code, message, remedy = (
        _lacking_operators(complaints, file)
        or _stumbled_node(complaints)
        or _unreadable_model([*(each.description for each in complaints), *log_errors], file)
        or _unknown(complaints, file)
    )
    return BenchError(code, "build", message, remedy, cause)


def build_refusal(log_errors: Sequence[str], library: str, file: str) -> BenchError:
    words = "\n".join(without_driver_noise(log_errors))
    if (fault := _gpu_fault(words)) is not None:
        return fault
    for pattern, code, message, remedy in _BUILD_CAUSES:
        if re.search(pattern, words):
            return BenchError(code, "build", message.format(library=library, file=file), remedy, _cause(log_errors))
    last = _short(words.splitlines()[-1]) if words else "it gave no reason"
    return BenchError(
        "build-failed", "build", f"{library} could not build the engine: {last}", _REPORT, _cause(log_errors)
    )


def builder_refusal(log_errors: Sequence[str], library: str) -> BenchError:
    """TensorRT gave no builder: the driver does not answer, or is too old."""
    words = "\n".join(log_errors)
    remedy = "Check the driver with nvidia-smi, and restart the machine after a driver update; then start again."
    if re.search(r"driver version is insufficient|error: 35\b", words):
        remedy = "Update the NVIDIA driver."
    message = f"{library} cannot start a build: {_short(log_errors[-1])}"
    return BenchError("backend-unavailable", "build", message, remedy, _cause(log_errors))


def _gpu_fault(words: str) -> BenchError | None:
    """A GPU that faulted or vanished in the middle of a build; this process must not use it again."""
    failure = gpu_failure_of(RuntimeError(words))
    if failure == "gpu-lost" or re.search(r"no CUDA-capable device|driver shutting down", words):
        message, remedy = "The GPU can no longer be reached.", "Check it with nvidia-smi, then convert the model again."
        return BenchError("gpu-lost", "build", message, remedy, words)
    if failure == "gpu-faulted":
        message = "The GPU reported an error during the build, and this process can no longer use it."
        remedy = "Convert the model again. If it happens again, check the driver, or lower the optimization level."
        return BenchError("gpu-faulted", "build", message, remedy, words)
    return None


def _lacking_operators(complaints: Sequence[ParserComplaint], file: str) -> _Answer | None:
    lacking = [each for each in complaints if each.operator and _is_lacking(each)]
    if not lacking:
        return None
    if any(each.operator == "EPContext" for each in lacking):
        message = f"{file} contains an engine compiled by another program (EPContext), which is code."
        return "unsafe-model-file", message, "Use the model that the engine was built from."
    count = len({each.operator for each in lacking})
    words = ", ".join(f"{each.where}{_why(each)}" for each in lacking[:8])
    more = f", and {len(lacking) - 8} more" if len(lacking) > 8 else ""
    subject = "an operator" if count == 1 else f"{count} operators"
    return "unsupported-operator", f"TensorRT does not support {subject} of {file}: {words}{more}.", _OTHER_TARGET


def _is_lacking(complaint: ParserComplaint) -> bool:
    return complaint.code.startswith("UNSUPPORTED_NODE") or "Plugin not found" in complaint.description


def _why(complaint: ParserComplaint) -> str:
    reasons = {
        "UNSUPPORTED_NODE_ATTR": " (one of its attributes)",
        "UNSUPPORTED_NODE_INPUT": " (one of its inputs)",
        "UNSUPPORTED_NODE_DATATYPE": " (its data type)",
        "UNSUPPORTED_NODE_DYNAMIC": " (with sizes that vary)",
        "UNSUPPORTED_NODE_SHAPE": " (its shape)",
    }
    custom = " (a custom operator)" if "Plugin not found" in complaint.description else ""
    return reasons.get(complaint.code, custom)


def _stumbled_node(complaints: Sequence[ParserComplaint]) -> _Answer | None:
    for complaint in complaints:
        for pattern, code, says, remedy in _NODE_CAUSES:
            if complaint.node_index >= 0 and re.search(pattern, complaint.description):
                return code, f"{complaint.where} {says}.", remedy
    return None


def _unreadable_model(words: Sequence[str], file: str) -> _Answer | None:
    text = "\n".join(words)
    for pattern, code, message, remedy in _MODEL_CAUSES:
        if re.search(pattern, text):
            return code, message.format(file=file), remedy
    return None


def _unknown(complaints: Sequence[ParserComplaint], file: str) -> _Answer:
    if not complaints:
        return "build-failed", f"TensorRT refused {file} and gave no reason.", _REPORT
    first = complaints[0]
    lines = without_driver_noise(first.description.splitlines())
    words = _short(lines[0]) if lines else first.code
    place = f"{file}, {first.where}" if first.node_index >= 0 else file
    return "build-failed", f"TensorRT refused {place}: {words}", _REPORT


def _cause(lines: Sequence[str]) -> str | None:
    kept = without_driver_noise("\n".join(lines).splitlines())
    return "\n".join(kept[:20])[:4000] or None


def _short(line: str) -> str:
    words = line.strip()
    return words if len(words) <= 200 else f"{words[:199]}…"
