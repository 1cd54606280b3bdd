"""A PyTorch module compiled by Inductor as a whole, for one shape. Compiling is part of loading, never of a query.

A graph break would run part of the model eagerly under this name, so it is an error; so is a compile after loading.
Compiling stays in this process, so no process of a compiler pool outlives the case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from enginebench_worker.backend import LayerProfile
from enginebench_worker.torch_engine.profile import profile_kernels
from enginebench_worker.torch_engine.runtime import ShapedCase, type_name

Mode = Literal["default", "reduce-overhead", "max-autotune"]

_QUERIES_WHILE_LOADING = 3
"""The first compiles; with CUDA graphs the second and third record and replay."""
_MULTIPLYING = ("linear", "conv1d", "conv2d", "conv3d", "matmul", "bmm", "addmm", "scaled_dot_product_attention")


def kept_graphs() -> int:
    """How many compiled graphs Inductor keeps on disk from earlier processes; it checks them before compiling."""
    from torch._inductor.runtime.runtime_utils import cache_dir

    folder = Path(cache_dir()) / "fxgraph"
    return sum(1 for _ in folder.glob("*/*")) if folder.is_dir() else 0


class CompiledCase(ShapedCase):
    _types_come_from = "products in the graph that was compiled"
    refusal = (
        "torch.compile cannot compile this model here.",
        "Use torch-eager; the log has the compiler's output. It needs a C++ compiler and Python's headers.",
    )

    def __init__(self, *built: Any, mode: Mode) -> None:
        self._products: Counter[str] = Counter()
        self._mode: Mode = mode
        super().__init__(*built)

    def _make_ready(self, shape: tuple[int, ...]) -> None:
        self.versions |= {"torch.compile": f"inductor, {self._mode}"}
        self._compiled = self._compile(self._mode)
        for _ in range(_QUERIES_WHILE_LOADING):
            self.query(np.zeros(shape, np.float32))
        torch._dynamo.config.error_on_recompile = True

    def profile_layers(self, batches: Sequence[NDArray[np.float32]], queries: int) -> LayerProfile:
        """On a CPU it compiles a second time, since kernels report their times only if compiled to do so."""
        if self._device == "cuda":
            return super().profile_layers(batches, queries)
        import torch._inductor.config

        with torch._inductor.config.patch({"cpp.enable_kernel_profile": True}):
            torch._dynamo.config.error_on_recompile = False
            built = (self._module, self._precision, self._device, {}, self._setup, batches[0].shape)
            told = CompiledCase(*built, mode=self._mode)
        return profile_kernels(told.query, batches, queries, self._device)

    def _run(self, images: torch.Tensor) -> Sequence[torch.Tensor]:
        return self._compiled(images)

    def _computed_types(self, batch: NDArray[np.float32]) -> Counter[str]:
        self.query(batch)
        return Counter(self._products)

    def _compile(self, mode: Mode) -> Callable[[torch.Tensor], Sequence[torch.Tensor]]:
        import torch._inductor.config
        from torch._inductor import list_mode_options
        from torch._inductor.compile_fx import compile_fx

        torch._inductor.config.compile_threads = 1
        settings = list_mode_options(mode)
        if mode == "max-autotune" and self._device == "cpu":
            settings = {**settings, "freezing": True}

        def compile_graph(graph: torch.fx.GraphModule, examples: list[torch.Tensor]) -> Any:
            self._products = _product_types(graph)
            return compile_fx(graph, examples, config_patches=settings)

        return torch.compile(self._module, backend=compile_graph, fullgraph=True, dynamic=False)


def _product_types(graph: torch.fx.GraphModule) -> Counter[str]:
    counts: Counter[str] = Counter()
    for node in graph.graph.nodes:
        name = getattr(node.target, "__name__", str(node.target))
        value = node.meta.get("example_value")
        if node.op in ("call_function", "call_method") and name in _MULTIPLYING and isinstance(value, torch.Tensor):
            counts[type_name(value.dtype)] += 1
    return counts
