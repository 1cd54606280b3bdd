"""The seam between the worker and a library that runs inference.

A Backend says whether it can run here and loads a case; a LoadedCase answers queries. A query takes a preprocessed host
array [batch, channels, height, width] of float32, or where the manifest lists the inputs an array for each by name, and
returns host arrays in the order of the manifest's outputs, complete when it returns: copies to and from a device are
part of it. Expected failures are BenchErrors. A backend never
imports the timed loop, the protocol, a clock, or another backend, and never measures itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.nvidia_driver import feature_refusal, precisions_here
from enginebench_worker.wire.backend_rows import BACKEND_ROWS, FEED_ANY_INPUT
from enginebench_worker.wire.domain import (
    BackendCard,
    BackendStatus,
    BuilderStatus,
    BuildRequest,
    Bytes,
    Clock,
    Device,
    EngineFacts,
    Feed,
    LayerTime,
    Precision,
    PrecisionProof,
    WorkerCase,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

Batch: TypeAlias = "NDArray[Any] | Mapping[str, NDArray[Any]]"
"""The float32 images of one query; where the manifest lists the inputs, an array for each, a bfloat16 as its bits."""




def query_shape(feed: Feed, batch_size: int) -> tuple[int, ...]:
    """Of one query: its rows side by side along the batch axis."""
    row = feed.shape[1:]
    return row if feed.batch_axis is None else (*row[: feed.batch_axis], batch_size, *row[feed.batch_axis :])


TimedPart = Literal["host-to-device", "compute", "device-to-host"]
"""The parts of a query that a backend can time separately."""

MarkPart = Callable[[TimedPart], AbstractContextManager[None]]
"""Given by the runner: it times what runs inside, and waits for the device (`synchronize`) before the part ends."""


class NotSupported(Exception):
    """This backend cannot report that. The message is one sentence for the reader: what is missing, and why."""


@dataclass(frozen=True)
class LayerProfile:
    """Every layer's time in one query, in any order. `method` names the profiler and what it times."""

    method: str
    layers: tuple[LayerTime, ...]
    clock: Clock = "host"
    """`device` if only the device's computing time counts, never its waits for the host."""


class LoadedCase(ABC):
    threads: int | None
    """Read back from the library; None if it does not report it."""
    versions: dict[str, str]
    engine_declared: Bytes
    notes: tuple[str, ...] = ()
    """Sentences that a reader of this case's figures must know."""

    @abstractmethod
    def query(self, batch: Batch) -> Sequence[NDArray[Any]]: ...

    def synchronize(self) -> None:  # noqa: B027 - on a CPU there is nothing to wait for
        """Returns once the device has done all that this case asked of it."""

    def query_in_parts(self, batch: Batch, part: MarkPart) -> Sequence[NDArray[Any]]:
        """Like `query`, with each part inside `part`, in order; a part that does not exist here is left out."""
        raise NotSupported("This backend cannot time the parts of a query separately.")

    def device_part_ms(self, batch: Batch) -> dict[TimedPart, float] | None:
        """Runs one query and returns its parts in ms by the device's clock (CUDA events); None if it has none."""
        return None

    def ready_to_enqueue(self, batch: Batch) -> Callable[[], None] | None:
        """Puts the batch on the device, waits for that, and returns the call that puts the computation on the device's
        queue and returns without waiting; None if there is no such call."""
        del batch
        return None

    def profile_layers(self, batches: Sequence[Batch], queries: int) -> LayerProfile:
        """Runs `queries` queries under the library's profiler, which slows them. May load the case a second time."""
        raise NotSupported("This backend has no profiler for single layers.")

    @abstractmethod
    def prove_precision(self, batch: Batch) -> PrecisionProof:
        """Evidence for the case's label, gathered by running the batch once; never inferred from the request."""

    @abstractmethod
    def reset_allocator_peak(self) -> None: ...

    @abstractmethod
    def allocator_peak(self) -> Bytes: ...

    def device_process_peak(self) -> Bytes:
        """Peak of this process on the GPU; the loop asks only if the case runs on one."""
        return Bytes(None, "this version does not read the GPU memory of a single process")

    def close(self) -> None:  # noqa: B027 - most cases hold nothing that outlives them
        """Frees what would otherwise outlive the process, e.g. temporary files and devices."""


class Backend(ABC):
    id: str
    library_modules: tuple[str, ...] = ()
    """What a cold start imports, and times, before it loads a case: only the heavy ones."""

    @property
    def label(self) -> str:
        """The display name, e.g. `PyTorch eager`."""
        return BACKEND_ROWS[self.id].label

    @abstractmethod
    def describe(self) -> BackendStatus:
        """Quick: looks at what is installed without importing it. Never raises."""

    @abstractmethod
    def load(self, case: WorkerCase) -> LoadedCase: ...

    def start_device(self, device: Device) -> bool:
        """Opens the device (creates the CUDA context) before loading; False if there is nothing to open."""
        del device
        return False

    def caches(self, case: WorkerCase) -> tuple[str, ...]:
        """Sentences: which of its own caches a cold start of this case can use, and whether they are warm."""
        del case
        return ()

    def build(self, request: BuildRequest, execution: Execution) -> EngineFacts:
        """Builds this backend's kind of artifact from an ONNX file; runs nothing. Raises Cancelled between steps."""
        del request, execution
        raise BenchError("bad-usage", "build", f"{self.label} does not build engines.", "Choose another target.")

    def gpu_status(
        self,
        obstacle: tuple[str | None, str | None],
        *,
        version: str | None,
        precisions: tuple[Precision, ...],
        options_schema: dict[str, object] | None,
        cards: tuple[BackendCard, ...] | None,
        builder: BuilderStatus | None = None,
    ) -> BackendStatus:
        """Of a backend that runs only on a GPU. `obstacle`: reason and remedy, both None if it can run."""
        reason, remedy = obstacle
        available = reason is None
        return BackendStatus(
            id=self.id,
            runs_in="python",
            available=available,
            reason=reason,
            remedy=remedy,
            version=version,
            precisions=precisions_here(precisions) if available else (),
            devices=("cuda",) if available else (),
            licence=None,
            options_schema=options_schema,
            cards=cards,
            builder=builder,
        )

    def require_gpu(self, case: WorkerCase) -> None:
        if case.device != "cuda":
            raise BenchError("backend-unavailable", "load", f"{self.label} runs only on a GPU.", "Use the GPU.")

    def require_available(self) -> None:
        status = self.describe()
        if not status.available:
            raise BenchError("backend-unavailable", "load", status.reason or "", status.remedy or "")

    def require_input_shape(self, case: WorkerCase) -> None:
        """BenchError `input-mismatch` if the prepared inputs do not fit the model. Imports nothing heavy."""
        if case.feeds is not None:
            if self.id not in FEED_ANY_INPUT:
                message = f"{self.label} feeds one float32 picture; {case.model.name} has other inputs."
                raise BenchError("input-mismatch", "load", message, "Use a backend that feeds any input.")
            return
        expected, shape = case.model.input, case.input.shape
        sizes_fit = expected.dynamic_size or shape[2:] == (expected.height, expected.width)
        if len(shape) == 4 and shape[1] == expected.channels and sizes_fit:
            return
        wanted = f"[images, {expected.channels}, {expected.height}, {expected.width}]"
        message = f"{case.model.name} takes {wanted}, but the inputs are {list(shape)}."
        raise BenchError("input-mismatch", "load", message, "Prepare the inputs for this model, at a size it accepts.")

    def require_known_options(self, case: WorkerCase) -> None:
        """BenchError `bad-usage` for an unknown option: ignoring it would make the case's label wrong."""
        schema = self.describe().options_schema or {}
        properties = schema.get("properties")
        known = sorted(properties) if isinstance(properties, dict) else []
        unknown = sorted(set(case.options) - set(known))
        if unknown:
            message = f"{self.label} has no option named {', '.join(unknown)}."
            remedy = f"Its options are {', '.join(known)}." if known else "It takes no options."
            raise BenchError("bad-usage", "load", message, remedy)

    def require_precision(self, case: WorkerCase, offered: Sequence[Precision]) -> None:
        if case.precision not in offered:
            message = f"{self.label} does not offer {case.precision} on {case.device}."
            raise BenchError("unsupported-precision", "load", message, f"Use one of {', '.join(offered)}.")
        beyond_card = feature_refusal(case.precision) if case.device == "cuda" else None
        if beyond_card is not None:
            remedy = f"Use one of {', '.join(precisions_here(offered))}."
            raise BenchError("unsupported-precision", "load", beyond_card, remedy)
