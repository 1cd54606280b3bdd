"""Times the timed loop itself: blocks of a query that does nothing. Prints the last block as JSON."""

import json

from enginebench_worker.execution import Execution, ProgressCount
from enginebench_worker.measure.loop import BlockRule, TimedLoop


def nothing(_batch: object) -> None:
    return None


loop = TimedLoop(nothing, [None])
rule = BlockRule(target_ms=1, minimum_samples=100_000, cap_ms=60_000, floor_samples=100_000)
for _ in range(3):
    block = loop.run(rule, Execution(ProgressCount(), lambda fraction, text: None))
wall_ns = block.ended_at_ns - block.started_at_ns
print(json.dumps({"wallNs": wall_ns, "latenciesMs": block.latencies_ms}))
