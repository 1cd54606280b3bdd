"""What each command does. Heavy parts are imported by the command that needs them, so that describing backends stays
quick; the loaded case is the only state. Does not know the wire format, threads or descriptors."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from enginebench_worker.errors import BenchError, Stage
from enginebench_worker.execution import Execution
from enginebench_worker.wire import commands, messages
from enginebench_worker.wire.domain import Device

if TYPE_CHECKING:
    from enginebench_worker.backend import LoadedCase
    from enginebench_worker.case_runner import CaseRunner


class Handlers:
    def __init__(self) -> None:
        self._runner: CaseRunner | None = None
        self._started_cold: LoadedCase | None = None
        self._device: Device | None = None

    @property
    def device(self) -> Device | None:
        """The device of the loaded case, or of the last loaded one."""
        return self._device

    def handle(self, command: commands.Command, execution: Execution) -> object:
        match command:
            case commands.DescribeBackends():
                from enginebench_worker.backends import describe_all

                return messages.BackendsDescribed(command.id, describe_all())
            case commands.PrepareInputs():
                from enginebench_worker.inputs import prepare_inputs

                return prepare_inputs(command, execution)
            case commands.UnpackArray():
                from enginebench_worker.array_archive import unpack_array

                return unpack_array(command, execution)
            case commands.InspectSource():
                from enginebench_worker.models.sources import inspect_source

                return inspect_source(command, execution)
            case commands.ResolveWeights():
                from enginebench_worker.models.resolving import resolve_weights

                return resolve_weights(command, execution)
            case commands.ExportOnnx():
                from enginebench_worker.torch_engine.export import export_onnx

                return export_onnx(command, execution)
            case commands.CheckOnnx():
                from enginebench_worker.onnx_graph.check import check_onnx

                return check_onnx(command, execution)
            case commands.ListPluginOperators():
                from enginebench_worker.tensorrt_engine.plugins import list_plugin_operators

                return messages.PluginOperatorsListed(command.id, list_plugin_operators(command.plugin))
            case commands.SimplifyOnnx():
                from enginebench_worker.onnx_graph.simplify import simplify_onnx

                return simplify_onnx(command, execution)
            case commands.ConvertPrecision():
                from enginebench_worker.onnx_graph.convert_precision import convert_precision

                return convert_precision(command, execution)
            case commands.MeasureSensitivity():
                from enginebench_worker.onnx_graph.sensitivity import measure_sensitivity

                return measure_sensitivity(command, execution)
            case commands.BuildEngine():
                from enginebench_worker.engine_builder import build_engine

                return build_engine(command, execution)
            case commands.Prepare():
                return self._prepare(command, execution)
            case commands.Warmup():
                return self._loaded("warmup").run_block(command, execution)
            case commands.MeasureBlock():
                return self._loaded("measure").run_block(command, execution)
            case commands.MeasureMemory():
                return self._loaded("memory").measure_memory(command, execution)
            case commands.ColdStart():
                return self._start_cold(command, execution)
            case commands.Sustain():
                return self._loaded("measure").sustain(command, execution)
            case commands.Serve():
                return self._loaded("serve").serve(command, execution)
            case commands.SplitTime():
                return self._loaded("time-split").split_time(command, execution)
            case commands.ProfileLayers():
                return self._loaded("layers").profile_layers(command, execution)
            case commands.InspectFile():
                from enginebench_worker.file_inspection import inspect_file

                return messages.FileInspected(command.id, inspect_file(command, execution))
            case commands.CountWork():
                from enginebench_worker.limits.work import count_work

                return messages.WorkCounted(command.id, count_work(command.file, command.input_shape))
            case commands.MeasurePeak():
                from enginebench_worker.limits.peak import measure_peak

                peak, versions = measure_peak(command.device, command.precision, command.threads)
                return messages.PeakMeasured(command.id, peak, versions)
            case commands.WriteOutputs():
                outputs = self._loaded("parity").write_outputs(command.folder, execution)
                return messages.OutputsWritten(command.id, outputs)
            case commands.OpenVideo():
                return self._loaded("inputs").open_video(command)
            case commands.AnalyzeVideo():
                return self._loaded("measure").analyze_video(command, execution)
        raise BenchError(
            "bad-usage",
            "load",
            f"The Python worker does not answer {type(command).__name__}.",
            "Ask the built-in worker.",
        )

    def close(self) -> None:
        if self._runner is not None:
            self._runner.close()
            self._runner = None
        if self._started_cold is not None:
            self._started_cold.close()
            self._started_cold = None

    def _prepare(self, command: commands.Prepare, execution: Execution) -> messages.Prepared:
        self._require_no_case("load")
        from enginebench_worker.case_runner import CaseRunner

        self._device = command.case.device
        runner, prepared = CaseRunner.load(command, execution)
        self._runner = runner
        gc.collect()
        gc.freeze()
        return prepared

    def _start_cold(self, command: commands.ColdStart, execution: Execution) -> messages.ColdStarted:
        self._require_no_case("cold-start")
        from enginebench_worker.backends import find_backend
        from enginebench_worker.measure.cold_start import start_cold

        self._device = command.case.device
        self._started_cold, started = start_cold(command, find_backend(command.case.backend), execution)
        return started

    def _require_no_case(self, stage: Stage) -> None:
        if self._runner is not None or self._started_cold is not None:
            raise BenchError(
                "bad-usage", stage, "This worker already holds a case.", "Start a fresh worker for every case."
            )

    def _loaded(self, stage: Stage) -> CaseRunner:
        if self._runner is None:
            raise BenchError("bad-usage", stage, "No case is loaded.", "Prepare a case before measuring it.")
        return self._runner
