"""Ultralytics' own module, with convolution and batch normalisation fused as its predictor does. AGPL-3.0: installed
by the user after its licence is shown, and never shipped."""

from __future__ import annotations

from enginebench_worker.backends.base import Backend, LoadedCase
from enginebench_worker.domain import BackendStatus, Precision, WorkerCase
from enginebench_worker.errors import BenchError
from enginebench_worker.installed import cuda_device_count, is_importable, version_of

PRECISIONS_OF: dict[str, tuple[Precision, ...]] = {"cpu": ("fp32",), "cuda": ("fp32", "fp16")}
_NEEDED = (("torch", "PyTorch"), ("torchvision", "torchvision"), ("ultralytics", "Ultralytics"))


class Ultralytics(Backend):
    id = "ultralytics"

    def describe(self) -> BackendStatus:
        missing = [name for module, name in _NEEDED if not is_importable(module)]
        has_cuda = cuda_device_count() > 0
        return BackendStatus(
            id=self.id,
            runs_in="python",
            available=not missing,
            reason=f"Not installed in this environment: {', '.join(missing)}." if missing else None,
            remedy="Accept the AGPL-3.0 licence and set up the Ultralytics environment." if missing else None,
            version=version_of("ultralytics"),
            precisions=PRECISIONS_OF["cuda" if has_cuda else "cpu"],
            devices=("cpu", "cuda") if has_cuda else ("cpu",),
            licence="AGPL-3.0-only",
            options_schema=None,
        )

    def load(self, case: WorkerCase) -> LoadedCase:
        status = self.describe()
        if not status.available:
            raise BenchError("backend-unavailable", "load", status.reason or "", status.remedy or "")
        if case.model.source.library != "ultralytics":
            message = f"Ultralytics does not run {case.model.name}: it is not one of its models."
            raise BenchError("backend-unavailable", "load", message, "Use torch-eager.")
        if case.precision not in PRECISIONS_OF[case.device]:
            raise BenchError(
                "unsupported-precision",
                "load",
                f"Ultralytics does not offer {case.precision} on {case.device}.",
                f"Use one of {', '.join(PRECISIONS_OF[case.device])}.",
            )
        from enginebench_worker import torch_runtime
        from enginebench_worker.models import build_module, check_device

        check_device(case.device)
        torch_runtime.set_threads(case.threads)
        torch_runtime.set_float32_arithmetic(case.precision)
        built = build_module(case.model, case.model_folder, case.weights)
        return torch_runtime.TorchCase(built.module, case.precision, case.device, built.versions)
