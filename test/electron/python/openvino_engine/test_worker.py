"""OpenVINO itself, spoken to through a worker as the app does, in the environment that ENGINEBENCH_TEST_OPENVINO_PYTHON
names, which holds neither torch nor onnx."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import MODELS
from enginebench_worker.installed import has_processor_feature
from mixed_inputs import expected_boxes, mixed_case
from tensorrt_request import build_parameters
from worker_case import digits_case, input_array
from worker_client import Message, WorkerClient

INTERPRETER = os.environ.get("ENGINEBENCH_TEST_OPENVINO_PYTHON", "")
pytestmark = [
    pytest.mark.conversions,
    pytest.mark.skipif(
        not INTERPRETER,
        reason="ENGINEBENCH_TEST_OPENVINO_PYTHON names no environment with OpenVINO",
    ),
]
DIGITS = MODELS / "digits"
CALIBRATED = range(200, 360)
HELD_OUT = range(200)

StartWorker = Callable[[], WorkerClient]


@pytest.fixture
def start_openvino() -> Iterator[StartWorker]:
    started: list[WorkerClient] = []

    def start() -> WorkerClient:
        started.append(WorkerClient(INTERPRETER))
        return started[-1]

    yield start
    for client in started:
        client.kill()


@pytest.fixture
def openvino_worker(start_openvino: StartWorker) -> WorkerClient:
    return start_openvino()


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Calibration images and held-out ones, with no image in both."""
    folder = tmp_path_factory.mktemp("images")
    every = np.load(DIGITS / "test-inputs.npy", allow_pickle=False)
    files = {
        "calibration": folder / "calibration.npy",
        "held-out": folder / "held-out.npy",
    }
    np.save(files["calibration"], every[CALIBRATED])
    np.save(files["held-out"], every[HELD_OUT])
    return files


def ir_parameters(
    record: dict[str, Any],
    folder: Path,
    precision: str,
    calibration: Path | None = None,
    **changes: Any,
) -> dict[str, Any]:
    method = changes.pop("method", "min-max")
    given = None if calibration is None else {"file": str(calibration), "method": method}
    words = {
        "backend": "openvino",
        "outFile": str(folder / "model.xml"),
        "calibration": given,
        **changes,
    }
    return build_parameters(record, DIGITS / "fp32.onnx", folder, precision, **words)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, images: dict[str, Path]) -> Callable[[str], tuple[Message, Path]]:
    """One build for each precision, shared by the tests that only look at it."""
    import json

    record = json.loads((DIGITS / "model.json").read_text(encoding="utf-8"))
    made: dict[str, tuple[Message, Path]] = {}

    def build(precision: str) -> tuple[Message, Path]:
        if precision not in made:
            folder = tmp_path_factory.mktemp(precision)
            calibration = images["calibration"] if precision == "int8" else None
            client = WorkerClient(INTERPRETER)
            try:
                answer = client.ask(
                    "build-engine",
                    **ir_parameters(record, folder, precision, calibration),
                )
            finally:
                client.kill()
            made[precision] = answer, folder
        return made[precision]

    return build


def run_case(
    client: WorkerClient,
    record: dict[str, Any],
    precision: str,
    folder: Path,
    **changes: Any,
) -> Message:
    case = digits_case(record, DIGITS, "openvino", precision, **changes)
    prepared = client.ask("prepare", case=case)
    assert prepared["message"] == "prepared", prepared
    written = client.ask("write-outputs", folder=str(folder))
    assert written["message"] == "outputs-written", written
    return prepared


def reference(images: Path) -> np.ndarray:
    """What the FP32 file gives in ONNX Runtime."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(DIGITS / "fp32.onnx"), providers=["CPUExecutionProvider"])
    return session.run(["logits"], {"pixels": np.load(images, allow_pickle=False)})[0]


def cosine(left: np.ndarray, right: np.ndarray) -> float:
    return float((left * right).sum() / np.linalg.norm(left) / np.linalg.norm(right))


def test_it_says_that_it_runs_and_builds_without_torch_or_onnx(
    openvino_worker: WorkerClient,
) -> None:
    described = {status["id"]: status for status in openvino_worker.ask("describe-backends")["backends"]}
    status = described["openvino"]
    assert (status["available"], status["reason"], status["devices"]) == (
        True,
        None,
        ["cpu"],
    )
    assert status["precisions"] in (
        ["fp32", "fp16", "int8"],
        ["fp32", "fp16", "bf16", "int8"],
    )
    assert status["builder"] == {
        "available": True,
        "reason": None,
        "remedy": None,
        "library": f"OpenVINO {status['version']}",
        "precisions": ["fp32", "fp16", "int8"],
    }
    assert (
        described["torch-eager"]["available"],
        described["onnxruntime"]["available"],
    ) == (False, False)


def test_the_environment_cannot_send_word_of_its_use() -> None:
    code = "import importlib.util,sys; sys.exit(importlib.util.find_spec('openvino_telemetry') is not None)"
    assert subprocess.run([INTERPRETER, "-I", "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("precision", "label", "weights", "layers"),
    [
        ("fp32", "fp32", "fp32", "fp32"),
        ("fp16", "fp16 stored", "fp16", ""),
        ("int8", "int8", "int8", "int8"),
    ],
)
def test_digits_becomes_an_ir_whose_precision_is_proved(
    built: Callable[[str], tuple[Message, Path]],
    precision: str,
    label: str,
    weights: str,
    layers: str,
) -> None:
    answer, folder = built(precision)
    assert answer["message"] == "engine-built", answer
    assert (answer["kind"], answer["precisionProof"]["holds"], answer["machine"]) == (
        "openvino-ir",
        True,
        None,
    )
    assert answer["precisionProof"]["label"].startswith(label)
    assert answer["weightPrecision"][weights] > 0.9
    assert layers == "" or max(answer["layerPrecision"], key=answer["layerPrecision"].get) == layers
    assert sorted(file.name for file in folder.iterdir()) == [
        "log.txt",
        "model.bin",
        "model.xml",
    ]
    sizes = {name: (folder / name).stat().st_size for name in ("model.bin", "model.xml")}
    assert (answer["sizeBytes"], answer["weightBytes"]) == (
        sum(sizes.values()),
        {"value": sizes["model.bin"]},
    )
    assert answer["options"]["peakMemoryBytes"] <= 3 * (DIGITS / "fp32.onnx").stat().st_size + 650_000_000
    assert {"OpenVINO", *(["NNCF"] if precision == "int8" else [])} == set(answer["tools"])


@pytest.mark.parametrize(
    ("precision", "least_cosine"),
    [("fp32", 0.999999), ("fp16", 0.9999), ("int8", 0.99)],
)
def test_each_ir_gives_what_the_fp32_file_gives(
    built: Callable[[str], tuple[Message, Path]],
    openvino_worker: WorkerClient,
    digits_record: dict[str, Any],
    images: dict[str, Path],
    tmp_path: Path,
    precision: str,
    least_cosine: float,
) -> None:
    _, folder = built(precision)
    changes = {
        "engineFile": str(folder / "model.xml"),
        "onnxFile": None,
        "input": input_array(images["held-out"]),
    }
    prepared = run_case(openvino_worker, digits_record, precision, tmp_path, **changes)
    found, wanted = np.load(tmp_path / "logits.npy"), reference(images["held-out"])
    labels = np.load(DIGITS / "test-labels.npy")[list(HELD_OUT)]
    assert cosine(found, wanted) >= least_cosine
    assert (found.argmax(1) == labels).mean() > 0.95
    assert prepared["threads"] == 2
    assert {
        "PERFORMANCE_HINT = LATENCY",
        "NUM_STREAMS = 1",
        "INFERENCE_NUM_THREADS = 2",
    } <= set(prepared["precisionProof"]["evidence"])


@pytest.mark.skipif(
    has_processor_feature("avx512_fp16") or has_processor_feature("amx_fp16"), reason="this processor computes in FP16"
)
def test_fp16_is_never_called_fp16_where_the_processor_computes_fp32(
    built: Callable[[str], tuple[Message, Path]],
    openvino_worker: WorkerClient,
    digits_record: dict[str, Any],
    tmp_path: Path,
) -> None:
    """OpenVINO's own word for such a layer is f16, after its weights; its kernel takes and gives f32."""
    answer, folder = built("fp16")
    prepared = run_case(openvino_worker, digits_record, "fp16", tmp_path, engineFile=str(folder / "model.xml"))
    proof = prepared["precisionProof"]
    assert (proof["holds"], proof["label"]) == (False, "fp16 stored, fp32 computed")
    assert answer["precisionProof"]["label"] == "fp16 stored, fp32 computed on this processor"
    assert answer["layerPrecision"] == {"fp32": 1.0}


@pytest.mark.parametrize(("precision", "holds"), [("fp32", True), ("int8", True)])
def test_onnx_files_run_as_they_are(
    openvino_worker: WorkerClient,
    digits_record: dict[str, Any],
    tmp_path: Path,
    precision: str,
    holds: bool,
) -> None:
    prepared = run_case(openvino_worker, digits_record, precision, tmp_path)
    proof = prepared["precisionProof"]
    assert (
        proof["holds"],
        proof["label"],
        "input fixed to 8x1x8x8" in proof["evidence"],
    ) == (holds, precision, True)


def test_fp32_keeps_every_layer_in_fp32_and_reads_the_hint_back(
    openvino_worker: WorkerClient, digits_record: dict[str, Any], tmp_path: Path
) -> None:
    evidence = run_case(openvino_worker, digits_record, "fp32", tmp_path)["precisionProof"]["evidence"]
    assert "INFERENCE_PRECISION_HINT = f32" in evidence
    assert [line for line in evidence if "bf16" in line or line.endswith(" fp16")] == []


def test_an_int8_file_does_not_pass_as_fp32(
    openvino_worker: WorkerClient, digits_record: dict[str, Any], tmp_path: Path
) -> None:
    changes = {"onnxFile": str(DIGITS / "int8.onnx")}
    proof = run_case(openvino_worker, digits_record, "fp32", tmp_path, **changes)["precisionProof"]
    assert (proof["holds"], proof["label"]) == (False, "fp32 stored, int8 computed")


def test_an_ir_built_from_a_quantized_file_is_not_quantized_again(
    openvino_worker: WorkerClient, digits_record: dict[str, Any], tmp_path: Path
) -> None:
    parameters = ir_parameters(digits_record, tmp_path, "int8", onnxFile=str(DIGITS / "int8.onnx"))
    answer = openvino_worker.ask("build-engine", **parameters)
    assert (answer["message"], answer["precisionProof"]["label"]) == (
        "engine-built",
        "int8",
    ), answer
    assert (answer["options"]["quantizedHere"], set(answer["tools"])) == (
        False,
        {"OpenVINO"},
    )


def test_the_batch_of_an_ir_stays_free(
    built: Callable[[str], tuple[Message, Path]],
    start_openvino: StartWorker,
    digits_record: dict[str, Any],
    tmp_path: Path,
) -> None:
    _, folder = built("fp32")
    given = {"engineFile": str(folder / "model.xml")}
    for size in (1, 5):
        run_case(
            start_openvino(),
            digits_record,
            "fp32",
            tmp_path / str(size),
            batchSize=size,
            **given,
        )
    one, five = (np.load(tmp_path / str(size) / "logits.npy") for size in (1, 5))
    assert np.allclose(one, five, atol=1e-5)


def test_the_same_images_give_the_same_outputs_and_a_worker_holds_one_case(
    openvino_worker: WorkerClient, digits_record: dict[str, Any], tmp_path: Path
) -> None:
    run_case(openvino_worker, digits_record, "int8", tmp_path / "first")
    openvino_worker.ask("write-outputs", folder=str(tmp_path / "second"))
    first, second = (np.load(tmp_path / name / "logits.npy") for name in ("first", "second"))
    assert np.array_equal(first, second)
    again = openvino_worker.ask("prepare", case=digits_case(digits_record, DIGITS, "openvino", "int8"))
    assert (again["message"], again["error"]["code"]) == ("failed", "bad-usage")


def test_calibration_is_counted_and_nothing_of_it_reaches_the_protocol(
    openvino_worker: WorkerClient,
    digits_record: dict[str, Any],
    images: dict[str, Path],
    tmp_path: Path,
) -> None:
    parameters = ir_parameters(digits_record, tmp_path, "int8", images["calibration"], method="percentile")
    sent = openvino_worker.send("build-engine", **parameters)
    told: list[Message] = []
    while not told or told[-1]["message"] not in ("engine-built", "failed"):
        told.append(openvino_worker.read())
    assert {message["message"] for message in told} <= {
        "progress",
        "heartbeat",
        "engine-built",
    }, told[-1]
    answer, fractions = (
        told[-1],
        [each["fraction"] for each in told if each.get("fraction") is not None],
    )
    assert (answer["id"], fractions) == (sent, sorted(fractions))
    assert {key: answer["options"][key] for key in ("calibrationImages", "calibrationMethod", "modelType")} == {
        "calibrationImages": len(CALIBRATED),
        "calibrationMethod": "percentile",
        "modelType": None,
    }
    assert "Calibrating" in (tmp_path / "log.txt").read_text(encoding="utf-8")


def build_refusal(client: WorkerClient, folder: Path, **parameters: Any) -> tuple[str, str, str]:
    answer = client.ask("build-engine", **parameters)
    assert answer["message"] == "failed", answer
    assert sorted(file.name for file in folder.iterdir() if file.name != "log.txt") == []
    return answer["error"]["code"], answer["error"]["stage"], answer["error"]["message"]


def test_int8_without_images_is_refused(
    openvino_worker: WorkerClient, digits_record: dict[str, Any], tmp_path: Path
) -> None:
    assert build_refusal(openvino_worker, tmp_path, **ir_parameters(digits_record, tmp_path, "int8")) == (
        "no-calibration-images",
        "calibrate",
        "INT8 needs calibration images, and none were given.",
    )


def test_a_calibration_method_that_nncf_lacks_is_refused_and_not_replaced(
    openvino_worker: WorkerClient,
    digits_record: dict[str, Any],
    images: dict[str, Path],
    tmp_path: Path,
) -> None:
    parameters = ir_parameters(digits_record, tmp_path, "int8", images["calibration"], method="entropy")
    assert build_refusal(openvino_worker, tmp_path, **parameters) == (
        "bad-usage",
        "calibrate",
        "NNCF does not calibrate by entropy.",
    )


def test_calibration_images_of_another_size_are_refused(
    openvino_worker: WorkerClient,
    digits_record: dict[str, Any],
    tmp_path: Path,
    tmp_path_factory: Any,
) -> None:
    wrong = tmp_path_factory.mktemp("wrong") / "images.npy"
    np.save(wrong, np.zeros((4, 3, 8, 8), np.float32))
    code, stage, _ = build_refusal(
        openvino_worker,
        tmp_path,
        **ir_parameters(digits_record, tmp_path, "int8", wrong),
    )
    assert (code, stage) == ("input-mismatch", "calibrate")


@pytest.mark.parametrize("precision", ["tf32", "bf16"])
def test_a_precision_that_no_ir_stores_is_refused(
    openvino_worker: WorkerClient,
    digits_record: dict[str, Any],
    tmp_path: Path,
    precision: str,
) -> None:
    code, stage, _ = build_refusal(openvino_worker, tmp_path, **ir_parameters(digits_record, tmp_path, precision))
    assert (code, stage) == ("unsupported-precision", "build")


@pytest.mark.parametrize("content", [b"", b"not a model", (DIGITS / "fp32.onnx").read_bytes()[:3000]])
def test_a_damaged_onnx_file_leaves_nothing(
    openvino_worker: WorkerClient,
    digits_record: dict[str, Any],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    content: bytes,
) -> None:
    broken = tmp_path_factory.mktemp("broken") / "broken.onnx"
    broken.write_bytes(content)
    parameters = ir_parameters(digits_record, tmp_path, "fp32", onnxFile=str(broken))
    code, stage, message = build_refusal(openvino_worker, tmp_path, **parameters)
    assert (
        code,
        stage,
        message.startswith("OpenVINO cannot convert broken.onnx: "),
    ) == ("build-failed", "build", True)


def test_a_cancelled_calibration_leaves_nothing(
    openvino_worker: WorkerClient,
    digits_record: dict[str, Any],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    many = tmp_path_factory.mktemp("many") / "images.npy"
    np.save(many, np.zeros((200_000, 1, 8, 8), np.float32))
    sent = openvino_worker.send("build-engine", **ir_parameters(digits_record, tmp_path, "int8", many))
    while not openvino_worker.read().get("text", "").startswith("Calibrating 1"):
        pass
    openvino_worker.signal_only("cancel")
    assert openvino_worker.answer_to(sent)["message"] == "cancelled"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["log.txt"]


def load_refusal(client: WorkerClient, record: dict[str, Any], precision: str, **changes: Any) -> tuple[str, str]:
    answer = client.ask("prepare", case=digits_case(record, DIGITS, "openvino", precision, **changes))
    assert (answer["message"], answer["error"]["stage"]) == ("failed", "load"), answer
    return answer["error"]["code"], answer["error"]["message"]


def test_an_ir_without_its_weights_is_refused(
    built: Callable[[str], tuple[Message, Path]],
    openvino_worker: WorkerClient,
    digits_record: dict[str, Any],
    tmp_path: Path,
) -> None:
    lone = tmp_path / "model.xml"
    lone.write_bytes((built("fp32")[1] / "model.xml").read_bytes())
    assert load_refusal(openvino_worker, digits_record, "fp32", engineFile=str(lone)) == (
        "bad-model-file",
        "OpenVINO cannot read model.xml: Empty weights data in bin file or bin file cannot be found!",
    )


@pytest.mark.parametrize("damage", ["short weights", "short graph", "empty graph", "another kind of file"])
def test_a_damaged_ir_is_refused(
    built: Callable[[str], tuple[Message, Path]],
    openvino_worker: WorkerClient,
    digits_record: dict[str, Any],
    tmp_path: Path,
    damage: str,
) -> None:
    graph, weights = ((built("fp32")[1] / name).read_bytes() for name in ("model.xml", "model.bin"))
    (tmp_path / "model.bin").write_bytes(weights[:1000] if damage == "short weights" else weights)
    contents = {
        "short graph": graph[:3000],
        "empty graph": b"",
        "another kind of file": b"\x7fELF" * 40,
    }
    (tmp_path / "model.xml").write_bytes(contents.get(damage, graph))
    changes = {"engineFile": str(tmp_path / "model.xml")}
    code, message = load_refusal(openvino_worker, digits_record, "fp32", **changes)
    assert (code, message.startswith("OpenVINO cannot read model.xml: ")) == (
        "bad-model-file",
        True,
    )


def test_a_missing_file_a_wrong_name_and_an_absent_device_are_refused(
    openvino_worker: WorkerClient, digits_record: dict[str, Any], tmp_path: Path
) -> None:
    plan = tmp_path / "engine.plan"
    plan.write_bytes(b"plan")
    renamed = {**digits_record, "input": {**digits_record["input"], "name": "images"}}
    codes = [
        load_refusal(openvino_worker, digits_record, "fp32", onnxFile=str(tmp_path / "gone.onnx"))[0],
        load_refusal(openvino_worker, digits_record, "fp32", engineFile=str(plan))[0],
        load_refusal(openvino_worker, digits_record, "fp32", device="cuda")[0],
        load_refusal(openvino_worker, digits_record, "tf32")[0],
        load_refusal(openvino_worker, renamed, "fp32")[0],
        load_refusal(openvino_worker, {**digits_record, "outputs": ["boxes"]}, "fp32")[0],
    ]
    assert codes == [
        "missing-artifact",
        "bad-model-file",
        "backend-unavailable",
        "unsupported-precision",
        "input-mismatch",
        "input-mismatch",
    ]


def test_images_of_a_shape_that_the_graph_cannot_take_are_refused(
    openvino_worker: WorkerClient, digits_record: dict[str, Any], tmp_path: Path
) -> None:
    wide = tmp_path / "wide.npy"
    np.save(wide, np.zeros((8, 3, 8, 8), np.float32))
    record = {**digits_record, "input": {**digits_record["input"], "channels": 3}}
    code, message = load_refusal(
        openvino_worker,
        record,
        "fp32",
        input=input_array(wide),
        onnxFile=str(DIGITS / "fp32.onnx"),
    )
    assert (code, message) == (
        "input-mismatch",
        "fp32.onnx takes pixels of shape [?,1,8,8], but the case asks for [8, 3, 8, 8].",
    )


def test_inputs_of_several_types_and_ranks_are_fed(
    openvino_worker: WorkerClient, digits_record: dict[str, Any], tmp_path: Path
) -> None:
    prepared = openvino_worker.ask("prepare", case=mixed_case(digits_record, tmp_path, "openvino", batchSize=1))
    assert prepared["message"] == "prepared", prepared
    written = openvino_worker.ask("write-outputs", folder=str(tmp_path / "outputs"))
    assert written["message"] == "outputs-written", written
    by_name = {each["name"]: each for each in written["outputs"]}
    assert np.allclose(np.load(by_name["boxes"]["file"]), expected_boxes(), atol=1e-5)
    assert by_name["found"]["shapes"] == [list(np.argwhere(row[None] > 0).shape) for row in expected_boxes()]
