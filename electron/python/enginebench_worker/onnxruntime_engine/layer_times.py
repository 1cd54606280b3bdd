"""Time by operator, from ONNX Runtime's own profile of a second session: the median of each over the queries.

Of the CPU alone: on a GPU the profile tells how long the host took to launch an operator, and not how long it ran."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from statistics import median

from enginebench_worker.backends.base import LayerProfile
from enginebench_worker.wire.domain import LayerTime

METHOD = "ONNX Runtime's profile of a second session: the operators' kernels, median over the queries"
_SUFFIX = "_kernel_time"


def read_layer_times(file: Path) -> LayerProfile:
    """Removes the file."""
    try:
        events = json.loads(file.read_text(encoding="utf-8"))
    finally:
        file.unlink(missing_ok=True)
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    for event in events:
        if event.get("cat") == "Node" and event.get("name", "").endswith(_SUFFIX):
            times[event["name"].removesuffix(_SUFFIX), event["args"]["op_name"]].append(event["dur"] / 1e3)
    layers = (LayerTime(name, operator, median(each)) for (name, operator), each in times.items())
    return LayerProfile(METHOD, tuple(layers))
