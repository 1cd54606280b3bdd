"""The models of `onnx.backend.test` as a peer's tests: writes them with their data, and runs those that a manifest was made
for, as a worker runs a case. Called by onnx-suite.long.test.ts."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from enginebench_worker.case_runner import CaseRunner
from enginebench_worker.errors import BenchError, describe_failure
from enginebench_worker.execution import Execution, ProgressCount
from enginebench_worker.files import sha256_of
from enginebench_worker.wire.codec import from_json
from enginebench_worker.wire.commands import Prepare
from enginebench_worker.wire.domain import WorkerCase
from onnx import numpy_helper
from onnx.backend.test.loader import load_model_tests

KINDS = ("node", "simple", "pytorch-operator", "pytorch-converted")
LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"


def write(folder: Path) -> None:
    """<name>/model.onnx, and <name>/data.json with the arrays beside it, where they are numbers."""
    warnings.simplefilter("ignore")
    for kind in KINDS:
        for test in load_model_tests(kind=kind):
            place = folder / test.name
            place.mkdir()
            if test.model_dir is None:
                onnx.save(test.model, place / "model.onnx")
                _write_data(place, test.model, test.data_sets[0], (test.rtol, test.atol))
            else:
                source = Path(test.model_dir)
                model = onnx.load(source / "model.onnx")
                onnx.save(model, place / "model.onnx")
                stored = [_stored(source / "test_data_set_0", each) for each in ("input", "output")]
                _write_data(place, model, stored, (test.rtol, test.atol))
    for file in sorted(LIGHT.glob("*.onnx")):
        place = folder / file.stem
        place.mkdir()
        model = onnx.load(file)
        onnx.save(model, place / "model.onnx")
        held = {tensor.name for tensor in model.graph.initializer}
        given = next(each for each in model.graph.input if each.name not in held).type.tensor_type.shape.dim
        shape = [size.dim_value for size in given]
        values = np.arange(np.prod(shape), dtype=np.float32).reshape(shape) / np.float32(np.prod(shape))
        expected = numpy_helper.to_array(onnx.load_tensor(file.with_name(f"{file.stem}_output_0.pb")))
        _write_data(place, model, ([values], [expected]), (1e-3, 1e-3))


def _stored(folder: Path, which: str) -> list[Any]:
    files = sorted(folder.glob(f"{which}_*.pb"), key=lambda each: int(each.stem.split("_")[1]))
    found = []
    for file in files:
        tensor = onnx.TensorProto()
        try:
            tensor.ParseFromString(file.read_bytes())
            found.append(numpy_helper.to_array(tensor))
        except Exception:  # not a tensor: the model is refused for it
            found.append(None)
    return found


def _write_data(place: Path, model: onnx.ModelProto, data: Any, limits: tuple[float, float]) -> None:
    held = {tensor.name for tensor in model.graph.initializer}
    names = [value.name for value in model.graph.input if value.name not in held]
    record: dict[str, Any] = {"inputs": {}, "outputs": [], "limits": limits, "isPlain": True}
    for kind, values in zip(("inputs", "outputs"), data, strict=True):
        for index, value in enumerate(values):
            array = None if value is None or isinstance(value, (list, dict)) else np.asarray(value)
            if array is None or array.dtype.kind not in "biufc" + "V" or array.dtype.kind == "c":
                record["isPlain"] = False
                continue
            file = f"{kind}-{index}.npy"
            stored = array.view(np.uint16) if array.dtype.name == "bfloat16" else array
            if stored.dtype.kind == "V":
                record["isPlain"] = False
                continue
            np.save(place / file, stored)
            if kind == "inputs" and index < len(names):
                record["inputs"][names[index]] = {"file": file, "type": array.dtype.name}
            elif kind == "outputs":
                record["outputs"].append(file)
    (place / "data.json").write_text(json.dumps(record), encoding="utf-8")


def run(folder: Path) -> None:
    """Reads manifests.json (name -> manifest), writes results.json (name -> [state, why])."""
    manifests = json.loads((folder / "manifests.json").read_text(encoding="utf-8"))
    results = {}
    for name, manifest in manifests.items():
        try:
            results[name] = _run_one(folder / name, manifest)
        except BenchError as error:
            results[name] = ["refused", f"{error.record.code}: {error.record.message} {error.record.cause or ''}".strip()]
        except Exception as error:  # ONNX Runtime's errors are classes without a common base
            failure = describe_failure("measure", error, "cpu")
            state = "refused" if failure.code == "inference-failed" and "ONNXRuntimeError" in str(error) else "wrong"
            results[name] = [state, f"{failure.code}: {failure.message} {str(error).splitlines()[0]}"]
    (folder / "results.json").write_text(json.dumps(results), encoding="utf-8")


def _run_one(place: Path, manifest: dict[str, Any]) -> list[str]:
    data = json.loads((place / "data.json").read_text(encoding="utf-8"))
    if not data["isPlain"]:
        return ["refused", "its data are no tensors of numbers"]
    lead = manifest["input"]["name"]
    inputs = manifest.get("inputs") or [{"name": lead, "type": "float32", "batchAxis": 0}]
    feeds, batch = [], 1
    for each in inputs:
        array = np.load(place / data["inputs"][each["name"]]["file"], allow_pickle=False)
        axis = each["batchAxis"]
        rows = array[None] if axis is None else np.moveaxis(array, axis, 0)
        file = place / f"rows-{len(feeds)}.npy"
        np.save(file, np.ascontiguousarray(rows))
        if each["name"] == lead and axis is not None:
            batch = max(1, array.shape[axis])
        feeds.append(
            {
                **{"file": str(file), "sha256": sha256_of(file), "shape": list(rows.shape), "name": each["name"]},
                **{"type": each["type"], "batchAxis": axis},
            }
        )
    case = {
        **{"backend": "onnxruntime", "precision": "fp32", "model": manifest, "modelFolder": str(place)},
        **{"weights": {"origin": "own", "folder": None, "seed": 1}, "onnxFile": str(place / "model.onnx")},
        **{"batchSize": batch, "input": {key: feeds[0][key] for key in ("file", "sha256", "shape")}, "feeds": feeds},
        **{"device": "cpu", "threads": 1, "options": {"spinning": False}},
    }
    execution = Execution(ProgressCount(), lambda fraction, text: None)
    runner, _ = CaseRunner.load(Prepare(1, from_json(WorkerCase, case)), execution)
    try:
        results = runner._loaded.query(runner._batches[0])
    finally:
        runner.close()
    expected = [np.load(place / file, allow_pickle=False) for file in data["outputs"]]
    judged = _judged(results, expected, data["limits"])
    if judged[0] == "wrong" and _judged(_alone(place, data), expected, data["limits"])[0] == "wrong":
        return ["library", judged[1]]
    return judged


def _alone(place: Path, data: dict[str, Any]) -> Any:
    """What ONNX Runtime gives by itself, without its optimizations."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(place / "model.onnx", options, providers=["CPUExecutionProvider"])
    feed = {name: np.load(place / each["file"], allow_pickle=False) for name, each in data["inputs"].items()}
    return session.run(None, feed)


def _judged(results: Any, expected: list[Any], limits: list[float]) -> list[str]:
    rtol, atol = limits
    for index, (found, wanted) in enumerate(zip(results, expected, strict=False)):
        array = np.asarray(found)
        if array.shape != wanted.shape:
            return ["wrong", f"output {index} has the shape {array.shape}, not {wanted.shape}"]
        if array.dtype.name == "bfloat16":
            array = array.view(np.uint16)
        exact = wanted.astype(np.float64)
        largest = np.abs(exact[np.isfinite(exact)]).max(initial=0)
        # Sums that cancel leave what was rounded of the largest.
        lost = largest * (5e-3 if wanted.dtype == np.float16 else 1e-5)
        close = np.allclose(array.astype(np.float64), exact, rtol=rtol, atol=max(atol, lost), equal_nan=True)
        if not close:
            return ["wrong", f"output {index} has other values"]
    return ["run", ""]


if __name__ == "__main__":
    {"write": write, "run": run}[sys.argv[1]](Path(sys.argv[2]))
