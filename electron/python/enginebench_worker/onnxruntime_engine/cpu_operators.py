"""Why ONNX Runtime refused to keep a file off the CPU: its GPU provider did not start, or lacks operators, by name.

Asked only after the refusal, since the file is loaded once more with falling back allowed. Nothing of it is run."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from enginebench_worker.errors import BenchError

NO_FALLBACK = "session.disable_cpu_ep_fallback"
_RECORD = "session.record_ep_graph_assignment_info"
_REFUSED_WORDS = "fallback to CPU EP has been explicitly disabled"
_MOST_NAMED = 8


def is_left_to_the_cpu(error: BaseException) -> bool:
    return _REFUSED_WORDS in str(error)


def explain_refusal(
    onnxruntime: Any, file: Path, options: Any, provider: tuple[str, dict[str, str]], cause: BaseException
) -> BenchError:
    """`options` are those of the refused session; they are spent afterwards."""
    options.enable_profiling = False
    options.add_session_config_entry(NO_FALLBACK, "0")
    options.add_session_config_entry(_RECORD, "1")
    try:
        session = onnxruntime.InferenceSession(str(file), options, providers=[provider], enable_fallback=0)
    except Exception:  # why it was refused is known already; this asks for names alone
        return _left_over(file, Counter(), cause)
    if provider[0] not in session.get_providers():
        return did_not_start(provider[0], session.get_providers()[0], cause)
    return _left_over(file, cpu_operators(session), cause)


def did_not_start(provider: str, instead: str, cause: object = None) -> BenchError:
    message = f"ONNX Runtime did not start {provider} and fell back to {instead}."
    remedy = "Check that the GPU driver is recent and that cuDNN 9 is installed, or use the CPU; the log has its words."
    return BenchError("backend-unavailable", "load", message, remedy, cause)


def cpu_operators(session: Any) -> Counter[str]:
    return Counter(
        node.op_type
        for part in session.get_provider_graph_assignment_info()
        if part.ep_name == "CPUExecutionProvider"
        for node in part.get_nodes()
    )


def _left_over(file: Path, named: Counter[str], cause: object) -> BenchError:
    words = _in_words(named) or "operators that ONNX Runtime does not name"
    message = f"The CUDA provider would leave part of {file.name} to the CPU: {words}."
    remedy = "Export the model without these operators, or measure it on the CPU: a mixed run is no figure of the GPU."
    return BenchError("unsupported-operator", "load", message, remedy, cause)


def _in_words(named: Counter[str]) -> str:
    listed = named.most_common(_MOST_NAMED)
    rest = sum(named.values()) - sum(count for _, count in listed)
    return ", ".join([*(f"{count} {operator}" for operator, count in listed), *([f"{rest} more"] if rest else [])])
