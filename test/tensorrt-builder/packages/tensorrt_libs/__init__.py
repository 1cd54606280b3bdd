"""Loads what the bindings link against, in the place where NVIDIA's own library wheel would do so.

Order matters: each library is found by its soname among those that are already loaded. The two of TensorRT for RTX
stay local, so that nothing resolves against them but through the entry points."""

import ctypes
from importlib.util import find_spec
from pathlib import Path

_provider = find_spec("onnxruntime_ep_nv_tensorrt_rtx")
if _provider is None or _provider.origin is None:
    raise ImportError("the test builder lacks TensorRT for RTX: install it again")
_rtx, _here = Path(_provider.origin).parent, Path(__file__).parent

for _pattern in ("libtensorrt_rtx.so.*", "libtensorrt_onnxparser_rtx.so.*"):
    ctypes.CDLL(str(next(_rtx.glob(_pattern))), mode=ctypes.RTLD_LOCAL)
for _name in ("libnvinfer.so.11", "libnvinfer_plugin.so.11", "libnvonnxparser.so.11"):
    ctypes.CDLL(str(_here / _name), mode=ctypes.RTLD_GLOBAL)
