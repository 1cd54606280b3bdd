"""A PyTorch module as a loaded case: device, precision and threads set explicitly and read back.

`fp32` means neither TF32 nor BF16 in any matmul or convolution, on CUDA, cuDNN and oneDNN alike. Uses PyTorch's
`fp32_precision` settings only: PyTorch refuses to mix them with the older `allow_tf32` flags."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from enginebench_worker.backend import LayerProfile, LoadedCase, MarkPart, TimedPart
from enginebench_worker.errors import BenchError, ErrorCode, gpu_failure_of
from enginebench_worker.host_memory import in_words, is_pinned
from enginebench_worker.models import build_module
from enginebench_worker.spinning import openmp_waiting
from enginebench_worker.torch_engine.profile import profile_kernels, profile_modules
from enginebench_worker.tuning import is_tuned
from enginebench_worker.wire.domain import Bytes, Device, Precision, PrecisionProof, WorkerCase

DTYPES: dict[str, torch.dtype] = {
    "fp32": torch.float32,
    "tf32": torch.float32,
    "fp16": torch.float16,
    "bf16": torch.bfloat16,
}

_MULTIPLYING_LAYERS = (
    torch.nn.Linear,
    torch.nn.modules.conv._ConvNd,
    torch.nn.MultiheadAttention,
)


def set_threads(threads: int) -> None:
    torch.set_num_threads(threads)
    if torch.get_num_interop_threads() != 1:
        torch.set_num_interop_threads(1)


def set_float32_arithmetic(precision: Precision) -> None:
    arithmetic = "tf32" if precision == "tf32" else "ieee"
    torch.backends.fp32_precision = arithmetic
    torch.backends.cuda.matmul.fp32_precision = arithmetic
    torch.backends.cudnn.conv.fp32_precision = arithmetic
    torch.backends.cudnn.rnn.fp32_precision = arithmetic
    torch.backends.mkldnn.matmul.fp32_precision = "ieee"
    torch.backends.mkldnn.conv.fp32_precision = "ieee"


def read_float32_arithmetic(device: Device) -> dict[str, str]:
    if device == "cuda":
        return {
            "cuda matmul fp32_precision": torch.backends.cuda.matmul.fp32_precision,
            "cudnn conv fp32_precision": torch.backends.cudnn.conv.fp32_precision,
        }
    return {
        "oneDNN matmul fp32_precision": torch.backends.mkldnn.matmul.fp32_precision,
        "oneDNN conv fp32_precision": torch.backends.mkldnn.conv.fp32_precision,
    }


@dataclass(frozen=True)
class Setup:
    tuned: bool
    pinned: bool
    """Copies to and from a GPU go through page-locked buffers."""


class TorchCase(LoadedCase):
    """`module` returns a tuple of tensors, batch first, in the order of the manifest's outputs."""

    _types_come_from = "layer outputs of one query"
    engine_declared = Bytes(None, "PyTorch declares no size in advance: it allocates as it runs")

    def __init__(
        self, module: torch.nn.Module, precision: Precision, device: Device, versions: dict[str, str], setup: Setup
    ) -> None:
        warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
        self._precision = precision
        self._device: Device = device
        self._dtype = DTYPES[precision]
        self._setup = setup
        self._layout = torch.channels_last if setup.tuned else torch.preserve_format
        placed = module.eval().requires_grad_(False).to(device=device, dtype=self._dtype)
        self._module = placed.to(memory_format=torch.channels_last) if setup.tuned else placed
        self._buffers: dict[tuple[str, int], torch.Tensor] = {}
        if setup.tuned:
            torch.set_flush_denormal(True)
            torch.backends.cudnn.benchmark = device == "cuda"
        self.threads = torch.get_num_threads()
        self.versions = {"torch": torch.__version__, **versions}

    @torch.inference_mode()
    def query(self, batch: NDArray[np.float32]) -> Sequence[NDArray[Any]]:
        return self._on_host(self._run(self._on_device(batch)))

    def synchronize(self) -> None:
        if self._device == "cuda":
            torch.cuda.synchronize()

    @torch.inference_mode()
    def query_in_parts(self, batch: NDArray[np.float32], part: MarkPart) -> Sequence[NDArray[Any]]:
        if self._device == "cpu":
            with part("compute"):
                return self.query(batch)
        with part("host-to-device"):
            images = self._on_device(batch)
        with part("compute"):
            outputs = self._run(images)
        with part("device-to-host"):
            return self._on_host(outputs)

    @torch.inference_mode()
    def device_part_ms(self, batch: NDArray[np.float32]) -> dict[TimedPart, float] | None:
        if self._device == "cpu":
            return None
        marks = [torch.cuda.Event(enable_timing=True) for _ in range(4)]
        marks[0].record()
        images = self._on_device(batch)
        marks[1].record()
        outputs = self._run(images)
        marks[2].record()
        self._on_host(outputs)
        marks[3].record()
        torch.cuda.synchronize()
        names: tuple[TimedPart, ...] = ("host-to-device", "compute", "device-to-host")
        return {name: marks[index].elapsed_time(marks[index + 1]) for index, name in enumerate(names)}

    def profile_layers(self, batches: Sequence[NDArray[np.float32]], queries: int) -> LayerProfile:
        return profile_modules(self._module, self.query, batches, queries, self._device)

    def _on_device(self, batch: NDArray[np.float32]) -> torch.Tensor:
        images = torch.from_numpy(batch)
        if self._device == "cuda" and self._setup.pinned:
            locked = self._locked("in", 0, images)
            locked.copy_(images)
            images = locked.to(self._device, non_blocking=True)
        return images.to(device=self._device).to(self._dtype, memory_format=self._layout)

    def _on_host(self, outputs: Sequence[torch.Tensor]) -> list[NDArray[Any]]:
        """Copies from page-locked buffers, which the next query overwrites."""
        if self._device == "cpu" or not self._setup.pinned:
            return [output.float().cpu().numpy() for output in outputs]
        locked = []
        for index, output in enumerate(outputs):
            values = output.float()
            locked.append(self._locked("out", index, values))
            locked[-1].copy_(values, non_blocking=True)
        torch.cuda.current_stream().synchronize()
        return [buffer.numpy().copy() for buffer in locked]

    def _locked(self, way: str, index: int, like: torch.Tensor) -> torch.Tensor:
        """The page-locked buffer of one input or output, allocated by the first query."""
        buffer = self._buffers.get((way, index))
        if buffer is None or buffer.shape != like.shape:
            buffer = torch.empty(like.shape, dtype=like.dtype, pin_memory=True)
            self._buffers[way, index] = buffer
        return buffer

    def _run(self, images: torch.Tensor) -> Sequence[torch.Tensor]:
        """Runs on the device; timed between the copies."""
        return self._module(images)

    def prove_precision(self, batch: NDArray[np.float32]) -> PrecisionProof:
        stored = Counter(type_name(tensor.dtype) for tensor in self._module.parameters() if tensor.is_floating_point())
        computed = self._computed_types(batch)
        arithmetic = read_float32_arithmetic(self._device)
        wanted_type, wanted_arithmetic = type_name(self._dtype), "tf32" if self._precision == "tf32" else "ieee"
        types_hold = set(stored) == {wanted_type} and set(computed) == {wanted_type}
        flags_hold = self._dtype is not torch.float32 or set(arithmetic.values()) == {wanted_arithmetic}
        found = "/".join(sorted(set(stored) | set(computed))) or "nothing"
        return PrecisionProof(
            holds=types_hold and flags_hold,
            label=self._precision if types_hold and flags_hold else f"{found}, not proved to be {self._precision}",
            method=f"flags read back, {self._types_come_from}",
            evidence=(
                *(f"parameters: {count} {name}" for name, count in sorted(stored.items())),
                *(f"linear and convolution outputs: {count} {name}" for name, count in sorted(computed.items())),
                *(f"{flag} = {value}" for flag, value in arithmetic.items()),
                in_words(self._setup.pinned) if self._device == "cuda" else openmp_waiting(),
                *(("tuned: channels last, denormals flushed, cuDNN search on a GPU",) if self._setup.tuned else ()),
            ),
        )

    def reset_allocator_peak(self) -> None:
        if self._device == "cuda":
            torch.cuda.reset_peak_memory_stats()

    def allocator_peak(self) -> Bytes:
        if self._device == "cuda":
            return Bytes(torch.cuda.max_memory_allocated())
        return Bytes(None, "PyTorch does not count its CPU allocations")

    def _computed_types(self, batch: NDArray[np.float32]) -> Counter[str]:
        """Types of the outputs of linear layers and convolutions."""
        counts: Counter[str] = Counter()

        def note(_layer: torch.nn.Module, _inputs: object, output: object) -> None:
            first = output[0] if isinstance(output, tuple) else output
            if isinstance(first, torch.Tensor):
                counts[type_name(first.dtype)] += 1

        layers = (layer for layer in self._module.modules() if isinstance(layer, _MULTIPLYING_LAYERS))
        hooks = [layer.register_forward_hook(note) for layer in layers]
        try:
            with torch.inference_mode():
                self._module(self._on_device(batch))
        finally:
            for hook in hooks:
                hook.remove()
        return counts


def check_device(device: Device) -> None:
    if device == "cuda" and not torch.cuda.is_available():
        raise BenchError(
            "backend-unavailable",
            "load",
            f"PyTorch {torch.__version__} sees no CUDA device.",
            "Install a CUDA build of PyTorch and an NVIDIA driver, or use the CPU.",
        )


class ShapedCase(TorchCase):
    """A module prepared for one input shape while it is loaded: compiled, converted or recorded.

    `shape` is [batch, channels, height, width]. Raises BenchError `refusal_code` with `refusal` if that fails
    for a reason other than the GPU's memory or health. Its layers are kernels: none of its modules is called any more.
    """

    refusal_code: ErrorCode = "backend-unavailable"
    refusal: tuple[str, str]
    """Message and remedy."""

    def __init__(
        self,
        module: torch.nn.Module,
        precision: Precision,
        device: Device,
        versions: dict[str, str],
        setup: Setup,
        shape: tuple[int, ...],
    ) -> None:
        super().__init__(module, precision, device, versions, setup)
        try:
            self._make_ready(shape)
        except Exception as error:  # exporters, compilers and converters raise errors without a common base
            if isinstance(error, BenchError) or gpu_failure_of(error) is not None:
                raise
            raise BenchError(self.refusal_code, "load", *self.refusal, error) from error

    def _make_ready(self, shape: tuple[int, ...]) -> None:
        raise NotImplementedError

    def profile_layers(self, batches: Sequence[NDArray[np.float32]], queries: int) -> LayerProfile:
        return profile_kernels(self.query, batches, queries, self._device)


def start_device(device: Device) -> bool:
    """Creates the CUDA context and gives the allocator its first block."""
    if device == "cpu":
        return False
    check_device(device)
    torch.zeros(1, device=device)
    torch.cuda.synchronize()
    return True


MakeCase = Callable[[torch.nn.Module, Precision, Device, dict[str, str], Setup], TorchCase]


def load_torch_case(case: WorkerCase, make_case: MakeCase = TorchCase) -> TorchCase:
    """Sets threads and arithmetic before anything is built, then makes the case from its module."""
    check_device(case.device)
    set_threads(case.threads)
    set_float32_arithmetic(case.precision)
    built = build_module(case.model, case.model_folder, case.weights)
    setup = Setup(tuned=is_tuned(case), pinned=is_pinned(case))
    return make_case(built.module, case.precision, case.device, built.versions, setup)


def load_shaped_case(case: WorkerCase, kind: Callable[..., ShapedCase], **settings: Any) -> TorchCase:
    """`settings` are the arguments of this kind of case in addition to its module and shape."""
    shape = (case.batch_size, *case.input.shape[1:])
    return load_torch_case(case, lambda *built: kind(*built, shape, **settings))


def type_name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
