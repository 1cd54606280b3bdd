"""PyTorch without compilation: the module called eagerly in inference mode. The baseline of every group."""

from __future__ import annotations

from enginebench_worker.backend import LoadedCase
from enginebench_worker.installed import is_importable, version_of
from enginebench_worker.nvidia_driver import cuda_device_count
from enginebench_worker.torch_engine.backend import NOT_INSTALLED, PRECISIONS_OF, TorchBackend, options_schema
from enginebench_worker.wire.domain import BackendStatus, WorkerCase


class TorchEager(TorchBackend):
    id = "torch-eager"

    def describe(self) -> BackendStatus:
        installed = is_importable("torch")
        reason, remedy = (None, None) if installed else NOT_INSTALLED
        has_cuda = cuda_device_count() > 0
        return BackendStatus(
            id=self.id,
            runs_in="python",
            available=installed,
            reason=reason,
            remedy=remedy,
            version=version_of("torch"),
            precisions=PRECISIONS_OF["cuda" if has_cuda else "cpu"],
            devices=("cpu", "cuda") if has_cuda else ("cpu",),
            licence=None,
            options_schema=options_schema(self.id),
        )

    def load(self, case: WorkerCase) -> LoadedCase:
        self.require_available()
        self.require_precision(case, PRECISIONS_OF[case.device])
        from enginebench_worker.torch_engine.runtime import load_torch_case

        return load_torch_case(case)
