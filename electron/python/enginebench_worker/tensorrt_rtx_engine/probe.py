"""Whether TensorRT-RTX can be used here, and if not, why: asked without loading the plugin.

The plugin needs NVIDIA's driver to be loaded at all, ONNX Runtime's CPU package beside it, and a GPU of its list."""

from __future__ import annotations

from dataclasses import dataclass

from enginebench_worker.installed import compute_capability, cuda_device_count, is_importable, version_of

PLUGIN = "onnxruntime_ep_nv_tensorrt_rtx"
_DISTRIBUTIONS = (
    "onnxruntime-ep-nv-tensorrt-rtx-cu13",
    "onnxruntime-ep-nv-tensorrt-rtx-cu12",
    "onnxruntime-ep-nv-tensorrt-rtx",
)
_OLDEST_ONNXRUNTIME = (1, 24)
_CAPABILITIES = frozenset({(8, 0), (8, 6), (8, 9)})
_CAPABILITIES_FROM = (12, 0)
_SET_UP = "Set up the TensorRT-RTX environment."


@dataclass(frozen=True)
class Probe:
    version: str | None
    reason: str | None
    remedy: str | None


def probe_tensorrt_rtx() -> Probe:
    version = next(filter(None, map(version_of, _DISTRIBUTIONS)), None)
    reason, remedy = _why_not()
    return Probe(version, reason, remedy)


def _why_not() -> tuple[str | None, str | None]:
    if cuda_device_count() == 0:
        return "No NVIDIA GPU and driver were found.", "It needs an NVIDIA RTX GPU. Use torch-eager or onnxruntime."
    capability = compute_capability()
    if capability is not None and capability not in _CAPABILITIES and capability < _CAPABILITIES_FROM:
        number = ".".join(map(str, capability))
        reason = f"The GPU has compute capability {number}; TensorRT-RTX runs on 8.0, 8.6, 8.9, and from 12.0 on."
        return reason, "Use TensorRT or PyTorch on this GPU."
    if not is_importable(PLUGIN) or not is_importable("onnxruntime"):
        return "ONNX Runtime's plugin for TensorRT-RTX is not installed in this environment.", _SET_UP
    if version_of("onnxruntime-gpu") is not None:
        return "onnxruntime-gpu is installed beside the plugin, and the two conflict.", _SET_UP
    found = version_of("onnxruntime")
    if found is not None and _numbers(found) < _OLDEST_ONNXRUNTIME:
        return f"ONNX Runtime {found} is older than the 1.24 that the plugin needs.", f"{_SET_UP} It needs Python 3.11."
    return None, None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
