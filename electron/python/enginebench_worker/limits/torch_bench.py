"""Matrix products and copies in PyTorch, to measure a device's peak. Each waits for the device."""

from __future__ import annotations

from collections.abc import Callable

import torch

from enginebench_worker.torch_engine.runtime import DTYPES, check_device, set_float32_arithmetic, set_threads
from enginebench_worker.wire.domain import Device, Precision


class TorchBench:
    def __init__(self, device: Device, precision: Precision, threads: int) -> None:
        check_device(device)
        set_threads(threads)
        set_float32_arithmetic(precision if precision == "tf32" else "fp32")
        self._device, self._precision = torch.device(device), precision
        self.versions = {"torch": torch.__version__}

    @torch.inference_mode()
    def product(self, size: int) -> Callable[[], object]:
        left, right = self._matrix(size), self._matrix(size)
        if self._precision == "int8":
            return self._waited(lambda: torch._int_mm(left, right))
        result = torch.empty((size, size), device=self._device, dtype=left.dtype)
        return self._waited(lambda: torch.mm(left, right, out=result))

    @torch.inference_mode()
    def copy(self, size_bytes: int) -> Callable[[], object]:
        source = torch.ones(size_bytes, device=self._device, dtype=torch.uint8)
        target = torch.empty_like(source)
        return self._waited(lambda: target.copy_(source))

    def _matrix(self, size: int) -> torch.Tensor:
        """Random numbers: a GPU multiplies equal numbers faster than those of any model."""
        if self._precision == "int8":
            return torch.randint(-127, 128, (size, size), device=self._device, dtype=torch.int8)
        return torch.rand((size, size), device=self._device).to(DTYPES[self._precision])

    def _waited(self, run: Callable[[], object]) -> Callable[[], object]:
        if self._device.type == "cpu":
            return torch.inference_mode()(run)

        def run_and_wait() -> None:
            run()
            torch.cuda.synchronize()

        return torch.inference_mode()(run_and_wait)
