"""Whether a case's inputs fit its model, told before anything heavy is imported."""

from __future__ import annotations

from enginebench_worker.errors import BenchError
from enginebench_worker.wire.domain import WorkerCase


def check_input_shape(case: WorkerCase) -> None:
    expected, shape = case.model.input, case.input.shape
    sizes_fit = expected.dynamic_size or shape[2:] == (expected.height, expected.width)
    if len(shape) == 4 and shape[1] == expected.channels and sizes_fit:
        return
    wanted = f"[images, {expected.channels}, {expected.height}, {expected.width}]"
    raise BenchError(
        "input-mismatch",
        "load",
        f"{case.model.name} takes {wanted}, but the inputs are {list(shape)}.",
        "Prepare the inputs for this model, at a size it accepts.",
    )
