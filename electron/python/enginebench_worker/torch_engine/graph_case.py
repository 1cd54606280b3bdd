"""A PyTorch module recorded once as a CUDA graph and launched as one: what eager costs without the host's enqueueing.

The graph reads and writes fixed memory on the GPU, so a query copies in, replays, and copies out. Nothing is compiled:
the kernels are those of the eager module, whose types are the proof."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from enginebench_worker.backend import LayerProfile
from enginebench_worker.errors import BenchError, gpu_failure_of
from enginebench_worker.torch_engine.profile import profile_kernels
from enginebench_worker.torch_engine.runtime import TorchCase, load_torch_case
from enginebench_worker.wire.domain import Device, Precision, WorkerCase

_QUERIES_BEFORE_RECORDING = 3


def load_graph_case(case: WorkerCase) -> TorchCase:
    shape = (case.batch_size, *case.input.shape[1:])

    def make(module: torch.nn.Module, precision: Precision, device: Device, versions: dict[str, str]) -> TorchCase:
        return GraphCase(module, precision, device, versions, shape)

    return load_torch_case(case, make)


class GraphCase(TorchCase):
    _types_come_from = "layer outputs of one query of the module that was recorded"

    def __init__(
        self,
        module: torch.nn.Module,
        precision: Precision,
        device: Device,
        versions: dict[str, str],
        shape: tuple[int, ...],
    ) -> None:
        super().__init__(module, precision, device, versions)
        self._images = torch.zeros(shape, device=self._device, dtype=self._dtype)
        self._graph = torch.cuda.CUDAGraph()
        try:
            self._outputs = self._record()
        except RuntimeError as error:
            if gpu_failure_of(error) is not None:
                raise
            message = "This model cannot be recorded as a CUDA graph."
            raise BenchError("backend-unavailable", "load", message, "Use torch-eager.", error) from error

    def profile_layers(self, batches: Sequence[NDArray[np.float32]], queries: int) -> LayerProfile:
        return profile_kernels(self.query, batches, queries, self._device)

    def _run(self, images: torch.Tensor) -> Sequence[torch.Tensor]:
        self._images.copy_(images)
        self._graph.replay()
        return self._outputs

    @torch.inference_mode()
    def _record(self) -> tuple[torch.Tensor, ...]:
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(_QUERIES_BEFORE_RECORDING):
                self._module(self._images)
        torch.cuda.current_stream().wait_stream(aside)
        with torch.cuda.graph(self._graph):
            return tuple(self._module(self._images))
