"""Ultralytics' own module, with convolution and batch normalization fused as its predictor does. AGPL-3.0: the user
installs it after its licence is shown; it is never shipped."""

from __future__ import annotations

from enginebench_worker.backend import Backend, LoadedCase
from enginebench_worker.errors import BenchError
from enginebench_worker.installed import is_importable, version_of
from enginebench_worker.nvidia_driver import precisions_here
from enginebench_worker.torch_engine.backend import options_schema, torch_cards, torch_device_remedies, torch_devices
from enginebench_worker.wire.domain import BackendStatus, Precision, WorkerCase

PRECISIONS_OF: dict[str, tuple[Precision, ...]] = {"cpu": ("fp32",), "cuda": ("fp32", "fp16")}
_NEEDED = (("torch", "PyTorch"), ("torchvision", "torchvision"), ("ultralytics", "Ultralytics"))


class Ultralytics(Backend):
    id = "ultralytics"

    def describe(self) -> BackendStatus:
        missing = [name for module, name in _NEEDED if not is_importable(module)]
        devices = torch_devices()
        return BackendStatus(
            id=self.id,
            runs_in="python",
            available=not missing,
            reason=f"Not installed in this environment: {', '.join(missing)}." if missing else None,
            remedy="Accept the AGPL-3.0 licence and set up the Ultralytics environment." if missing else None,
            version=version_of("ultralytics"),
            precisions=precisions_here(PRECISIONS_OF[devices[-1]], on_cpu=PRECISIONS_OF["cpu"]),
            devices=devices,
            licence="AGPL-3.0-only",
            options_schema=options_schema(self.id),
            device_remedies=torch_device_remedies(),
            cards=torch_cards(),
        )

    def load(self, case: WorkerCase) -> LoadedCase:
        self.require_available()
        if case.model.source.library != "ultralytics":
            message = f"Ultralytics cannot run {case.model.name}, which is not one of its models."
            raise BenchError("backend-unavailable", "load", message, "Use torch-eager.")
        self.require_precision(case, PRECISIONS_OF[case.device])
        from enginebench_worker.torch_engine.runtime import load_torch_case

        return load_torch_case(case)
