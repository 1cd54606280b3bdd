"""Where the weights of any model come from, decided once per run."""

from __future__ import annotations

from enginebench_worker.execution import Execution
from enginebench_worker.models.sources import LIBRARIES, resolve_source_weights
from enginebench_worker.models.weights import resolve_weights as resolve_shipped
from enginebench_worker.wire.commands import ResolveWeights
from enginebench_worker.wire.messages import WeightsResolved


def resolve_weights(command: ResolveWeights, execution: Execution) -> WeightsResolved:
    if command.model.source.library in LIBRARIES:
        return resolve_source_weights(command, execution)
    return resolve_shipped(command, execution)
