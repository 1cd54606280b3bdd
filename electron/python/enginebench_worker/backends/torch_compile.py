"""PyTorch compiled by Inductor: the fair baseline next to eager. Compiling happens while a case is loaded.

Inductor writes C++ for a CPU and Triton kernels with a C++ host part for a GPU, so a compiler is needed for both."""

from __future__ import annotations

import os
import shutil
import sys

from enginebench_worker.backend import LoadedCase
from enginebench_worker.errors import BenchError
from enginebench_worker.installed import is_importable, version_of
from enginebench_worker.nvidia_driver import precisions_here
from enginebench_worker.torch_engine.backend import (
    NOT_INSTALLED,
    PRECISIONS_OF,
    TorchBackend,
    options_schema,
    torch_cards,
    torch_device_remedies,
    torch_devices,
)
from enginebench_worker.tuning import is_tuned
from enginebench_worker.wire.domain import BackendStatus, WorkerCase

_MODES = ("default", "reduce-overhead")
_DEFAULT_MODE = "reduce-overhead"
_MODE_SCHEMA: dict[str, object] = {
    "type": "string",
    "enum": list(_MODES),
    "default": _DEFAULT_MODE,
    "title": "Mode (reduce-overhead uses CUDA graphs; on a CPU both are the same)",
}


class TorchCompile(TorchBackend):
    id = "torch-compile"
    library_modules = ("torch", "torch._inductor.compile_fx")

    def describe(self) -> BackendStatus:
        reason, remedy = _why_not()
        devices = torch_devices() if is_importable("triton") else ("cpu",)
        available = reason is None
        return BackendStatus(
            id=self.id,
            runs_in="python",
            available=available,
            reason=reason,
            remedy=remedy,
            version=version_of("torch"),
            precisions=precisions_here(PRECISIONS_OF[devices[-1]], on_cpu=PRECISIONS_OF["cpu"]) if available else (),
            devices=devices if available else (),
            licence=None,
            options_schema=options_schema(self.id, ("mode", _MODE_SCHEMA)),
            device_remedies=torch_device_remedies() if available else None,
            cards=torch_cards(),
        )

    def caches(self, case: WorkerCase) -> tuple[str, ...]:
        from enginebench_worker.torch_engine.compiled_case import kept_graphs

        kept = kept_graphs()
        state = (
            "empty, so everything is compiled"
            if kept == 0
            else f"{kept} graphs from earlier starts, reused where one fits"
        )
        return (f"Inductor's cache of compiled graphs: {state}",)

    def load(self, case: WorkerCase) -> LoadedCase:
        self.require_available()
        self.require_precision(case, PRECISIONS_OF[case.device])
        self.require_known_options(case)
        mode = case.options.get("mode", _DEFAULT_MODE)
        if mode not in _MODES:
            message = f"torch.compile has no mode {mode!r}."
            raise BenchError("bad-usage", "load", message, f"Set mode to one of {', '.join(_MODES)}.")
        from enginebench_worker.torch_engine.compiled_case import CompiledCase
        from enginebench_worker.torch_engine.runtime import load_shaped_case

        if is_tuned(case):
            return load_shaped_case(case, CompiledCase, mode="max-autotune")
        return load_shaped_case(case, CompiledCase, mode="default" if mode == "default" else "reduce-overhead")


def _why_not() -> tuple[str | None, str | None]:
    if not is_importable("torch"):
        return NOT_INSTALLED
    compiler = os.environ.get("CXX") or {"win32": "cl", "darwin": "clang++"}.get(sys.platform, "g++")
    if shutil.which(compiler) is None:
        return f"torch.compile needs a C++ compiler, and {compiler} was not found.", "Install a C++ compiler."
    return None, None
