"""A session's input and outputs bound to memory on its device, so that the parts of a query can be told apart.

Each part returns when it is done: copies wait for the device, and so does a run. One batch size; what is copied out
belongs to the caller."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from enginebench_worker.errors import BenchError
from enginebench_worker.wire.domain import Device

_ALLOCATION_FAILED = "Failed to allocate memory for requested buffer"
"""Of its arena, which says so of any device's memory alike."""

if TYPE_CHECKING:
    from numpy.typing import NDArray


class DeviceBinding:
    def __init__(
        self,
        onnxruntime: Any,
        session: Any,
        device: Device,
        given: tuple[str, str],
        shape: Sequence[int],
        outputs: Sequence[str],
    ) -> None:
        """`given`: the input's name and NumPy type."""
        name, type_name = given
        self._session = session
        self._type = np.dtype(type_name)
        self._input = onnxruntime.OrtValue.ortvalue_from_shape_and_type(tuple(shape), self._type.type, device, 0)
        self._binding = session.io_binding()
        self._binding.bind_ortvalue_input(name, self._input)
        for output in outputs:
            self._binding.bind_output(output, device, 0)

    def copy_in(self, batch: NDArray[Any]) -> None:
        self._input.update_inplace(np.ascontiguousarray(batch, dtype=self._type))

    def run(self) -> None:
        try:
            self._session.run_with_iobinding(self._binding)
        except Exception as error:  # ONNX Runtime's errors are classes of its own without a common base
            if _ALLOCATION_FAILED not in str(error):
                raise
            message, remedy = "The GPU's memory ran out.", "Use a smaller batch or input size."
            raise BenchError("out-of-memory-gpu", "measure", message, remedy, error) from error

    def copy_out(self) -> Sequence[NDArray[Any]]:
        return self._binding.copy_outputs_to_cpu()

    def synchronize(self) -> None:
        self._binding.synchronize_outputs()
