"""What is inside a file that a person asks about: an engine opened on this GPU, or the graph of an ONNX file."""

from __future__ import annotations

from pathlib import Path

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.wire.commands import InspectFile
from enginebench_worker.wire.inspection import Inspection


def inspect_file(command: InspectFile, execution: Execution) -> Inspection:
    file = Path(command.file)
    if not file.is_file():
        raise BenchError("missing-artifact", "load", f"{file.name} was not found.", "Check the path.")
    if command.of == "graph":
        from enginebench_worker.onnx_graph.graph_inspection import inspect_graph

        execution.step("reading the graph")
        return inspect_graph(file)
    from enginebench_worker.tensorrt_engine.engine_inspection import inspect_engine_file

    execution.step("opening the engine")
    return inspect_engine_file(file, command.plugin)
