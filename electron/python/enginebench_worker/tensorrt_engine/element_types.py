"""Between the worker's arrays and the element types of an engine's inputs and outputs.

Images come as float32. NumPy has no bfloat16: it is kept as 16-bit integers and rounded to nearest even. A whole-number
input takes the images' values as they are, so a value that it cannot hold is refused rather than cut off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from enginebench_worker.errors import BenchError

if TYPE_CHECKING:
    import tensorrt as trt  # type: ignore[import-not-found]

_STORED: dict[str, type[np.generic]] = {
    "FLOAT": np.float32,
    "HALF": np.float16,
    "BF16": np.uint16,
    "INT8": np.int8,
    "UINT8": np.uint8,
    "INT32": np.int32,
    "INT64": np.int64,
    "BOOL": np.bool_,
}


@dataclass(frozen=True)
class ElementType:
    name: str
    """TensorRT's name, e.g. `HALF`."""
    stored: np.dtype[Any]

    def write(self, target: NDArray[Any], values: NDArray[np.float32]) -> None:
        if self.name == "BF16":
            np.copyto(target, _to_bfloat16(values))
        elif self.name == "BOOL":
            np.not_equal(values, 0, out=target)
        else:
            np.copyto(target, values, casting="unsafe")

    def read(self, source: NDArray[Any]) -> NDArray[Any]:
        """A copy."""
        return _from_bfloat16(source) if self.name == "BF16" else source.copy()

    def check_holds(self, tensor: str, values: NDArray[np.float32]) -> None:
        """BenchError if an image's value would be changed by more than rounding to fewer bits."""
        if self.stored.kind not in "iub" or self.name == "BF16":
            return
        low, high = (0, 1) if self.name == "BOOL" else (np.iinfo(self.stored).min, np.iinfo(self.stored).max)
        wrong = values[(values != np.rint(values)) | (values < low) | (values > high)]
        if wrong.size:
            message = (
                f"Engine input {tensor} takes whole numbers from {low} to {high} ({self.name.lower()}), "
                f"but the prepared images hold values such as {wrong.flat[0]:.4g}."
            )
            remedy = "Correct the preprocessing in the model's manifest, or use an engine with an FP32 or FP16 input."
            raise BenchError("input-mismatch", "load", message, remedy)


def element_type(dtype: trt.DataType, tensor: str) -> ElementType:
    stored = _STORED.get(dtype.name)
    if stored is None:
        message = f"Engine tensor {tensor} is of type {dtype.name}, which the worker cannot fill or read."
        remedy = "Build the engine with inputs and outputs of FP32, FP16, BF16, whole numbers or booleans."
        raise BenchError("input-mismatch", "load", message, remedy)
    return ElementType(dtype.name, np.dtype(stored))


def _to_bfloat16(values: NDArray[np.float32]) -> NDArray[np.uint16]:
    bits = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    rounded = (bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))) >> np.uint32(16)
    return np.where(np.isnan(values), np.uint16(0x7FC0), rounded.astype(np.uint16))


def _from_bfloat16(bits: NDArray[np.uint16]) -> NDArray[np.float32]:
    return (bits.astype(np.uint32) << np.uint32(16)).view(np.float32)
