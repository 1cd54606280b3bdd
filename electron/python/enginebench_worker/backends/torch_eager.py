"""PyTorch without compilation: the module called eagerly in inference mode. The baseline of every group."""

from __future__ import annotations

from enginebench_worker.backend import LoadedCase
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
from enginebench_worker.wire.domain import BackendStatus, WorkerCase


class TorchEager(TorchBackend):
    id = "torch-eager"

    def describe(self) -> BackendStatus:
        installed = is_importable("torch")
        reason, remedy = (None, None) if installed else NOT_INSTALLED
        devices = torch_devices()
        return BackendStatus(
            id=self.id,
            runs_in="python",
            available=installed,
            reason=reason,
            remedy=remedy,
            version=version_of("torch"),
            precisions=precisions_here(PRECISIONS_OF[devices[-1]], on_cpu=PRECISIONS_OF["cpu"]),
            devices=devices,
            licence=None,
            options_schema=options_schema(self.id),
            device_remedies=torch_device_remedies(),
            cards=torch_cards(),
        )

    def load(self, case: WorkerCase) -> LoadedCase:
        self.require_available()
        self.require_precision(case, PRECISIONS_OF[case.device])
        from enginebench_worker.torch_engine.runtime import load_torch_case

        return load_torch_case(case)
