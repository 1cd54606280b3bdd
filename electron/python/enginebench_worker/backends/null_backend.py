"""A backend that does nothing, to measure the loop itself. Not listed: tests and benchmarks name it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from enginebench_worker.backend import LoadedCase
from enginebench_worker.wire.domain import Bytes, PrecisionProof

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray


class NullCase(LoadedCase):
    threads = 1
    engine_declared = Bytes(None, "the null backend holds nothing")

    def __init__(self) -> None:
        self.versions = {}

    def query(self, batch: NDArray[float32]) -> Sequence[NDArray[Any]]:
        return (batch,)

    def prove_precision(self, batch: NDArray[float32]) -> PrecisionProof:
        return PrecisionProof(True, "fp32", "input handed back", (f"output: {batch.dtype}",))

    def reset_allocator_peak(self) -> None:
        return None

    def allocator_peak(self) -> Bytes:
        return Bytes(None, "the null backend allocates nothing")
