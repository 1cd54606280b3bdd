"""A PyTorch module recorded once as a CUDA graph and launched as one: eager without the host's enqueueing cost.

The graph reads and writes fixed memory on the GPU, so a query copies in, replays, and copies out. Nothing is compiled:
the kernels are those of the eager module, whose types are the proof."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from enginebench_worker.torch_engine.runtime import ShapedCase

_QUERIES_BEFORE_RECORDING = 3


class GraphCase(ShapedCase):
    _types_come_from = "layer outputs of one query of the module that was recorded"
    refusal_code = "capture-refused"
    refusal = ("This model cannot be recorded as a CUDA graph.", "Use torch-eager.")

    def _make_ready(self, shape: tuple[int, ...]) -> None:
        self._images = torch.zeros(shape, device=self._device, dtype=self._dtype)
        self._graph = torch.cuda.CUDAGraph()
        self._outputs = self._record()

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
