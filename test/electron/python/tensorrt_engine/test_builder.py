"""A real parser and builder, spoken to through a worker as the app does, in the environment that
ENGINEBENCH_TEST_TENSORRT_PYTHON names. It is TensorRT-RTX behind TensorRT's bindings: its engines are named so."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import onnx
import pytest
import tensorrt_graphs as graphs
from conftest import MODELS
from mixed_inputs import detector_profiles, detector_record, write_detector
from tensorrt_request import build_parameters
from worker_client import Message, WorkerClient

INTERPRETER = os.environ.get("ENGINEBENCH_TEST_TENSORRT_PYTHON", "")
pytestmark = [
    pytest.mark.conversions,
    pytest.mark.skipif(not INTERPRETER, reason="ENGINEBENCH_TEST_TENSORRT_PYTHON names no environment with a builder"),
]
TOOLS = {"TensorRT-RTX": "1.7.1, test builder", "tensorrt bindings": "11.4.0.106"}


@pytest.fixture(scope="module")
def digits_graphs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return graphs.digits_graphs(tmp_path_factory.mktemp("graphs"), MODELS)


@pytest.fixture(scope="module")
def builder() -> Iterator[WorkerClient]:
    """One process for many builds, as the library allows; a cancelled one is never used again."""
    client = WorkerClient(INTERPRETER)
    yield client
    client.kill()


def test_it_says_what_it_builds_with_though_it_cannot_run(builder: WorkerClient) -> None:
    described = {status["id"]: status for status in builder.ask("describe-backends")["backends"]}
    assert described["tensorrt"]["builder"] == {
        "available": True,
        "reason": None,
        "remedy": None,
        "library": "TensorRT-RTX 1.7.1, test builder",
        "precisions": ["fp32", "tf32", "fp16", "bf16", "int8", "fp8", "int4-weights"],
    }
    assert (described["tensorrt"]["version"], described["tensorrt"]["available"]) == ("11.4.0.106", False)


@pytest.mark.parametrize(
    ("graph", "precision", "label", "computed", "heaviest", "tf32"),
    [
        ("fp32", "fp32", "fp32", "multiplications: 4 fp32", "fp32", False),
        ("tf32", "tf32", "tf32", "multiplications: 4 fp32", "fp32", True),
        ("fp16", "fp16", "fp16", "multiplications: 4 fp16", "fp16", False),
        ("int8", "int8", "int8", "multiplications: 4 int8", "int8", False),
        ("int8-beside-fp16", "int8", "int8", "multiplications: 4 int8", "int8", False),
    ],
)
def test_digits_becomes_an_engine_whose_precision_is_proved(
    builder: WorkerClient,
    digits_graphs: dict[str, Path],
    digits_record: dict[str, Any],
    tmp_path: Path,
    graph: str,
    precision: str,
    label: str,
    computed: str,
    heaviest: str,
    tf32: bool,
) -> None:
    onnx_file = digits_graphs[graph]
    built = builder.ask("build-engine", **build_parameters(digits_record, onnx_file, tmp_path, precision))
    assert built["message"] == "engine-built", built
    proof, options = built["precisionProof"], built["options"]
    assert (proof["holds"], proof["label"], computed in proof["evidence"], options["tf32"]) == (True, label, True, tf32)
    assert max(built["weightPrecision"], key=built["weightPrecision"].get) == heaviest
    assert (built["kind"], built["tools"], built["machine"]) == ("tensorrt-rtx-engine", TOOLS, None)
    assert built["sizeBytes"] == (tmp_path / "engine.plan").stat().st_size > 100_000
    assert built["activationBytes"]["value"] > 0 and built["weightBytes"]["value"] > 0
    assert options["peakMemoryBytes"] <= 3 * onnx_file.stat().st_size + 650_000_000
    assert sorted(file.name for file in tmp_path.iterdir()) == ["engine.plan", "log.txt"]


def test_int8_beside_fp16_says_what_computes_elsewhere(
    builder: WorkerClient, digits_graphs: dict[str, Path], digits_record: dict[str, Any], tmp_path: Path
) -> None:
    parameters = build_parameters(digits_record, digits_graphs["int8-beside-fp16"], tmp_path, "int8")
    shares = builder.ask("build-engine", **parameters)["layerPrecision"]
    assert shares["int8"] > 0.1 and shares["fp16"] > 0.3


@pytest.mark.parametrize(
    ("graph", "asked", "label"),
    [("fp16", "fp32", "computed in fp16"), ("fp32", "fp16", "computed in fp32"), ("fp16", "int8", "computed in fp16")],
)
def test_a_label_that_the_network_does_not_keep_is_not_proved(
    builder: WorkerClient,
    digits_graphs: dict[str, Path],
    digits_record: dict[str, Any],
    tmp_path: Path,
    graph: str,
    asked: str,
    label: str,
) -> None:
    built = builder.ask("build-engine", **build_parameters(digits_record, digits_graphs[graph], tmp_path, asked))
    assert (built["precisionProof"]["holds"], built["precisionProof"]["label"]) == (False, label)


def test_every_line_is_kept_and_a_person_sees_the_record_in_one(
    builder: WorkerClient, digits_graphs: dict[str, Path], digits_record: dict[str, Any], tmp_path: Path
) -> None:
    command = builder.send("build-engine", **build_parameters(digits_record, digits_graphs["fp32"], tmp_path))
    told: list[Message] = []
    while (message := builder.read())["message"] != "engine-built":
        told.append(message)
    assert message["id"] == command
    entries = [entry for each in told for entry in each.get("entries", [])]
    lines = (tmp_path / "log.txt").read_text(encoding="utf-8").splitlines()
    assert sum(line.startswith("[verbose]") for line in lines) > 100
    assert {entry["level"] for entry in entries} <= {"info", "warning"}
    record = entries[-1]["text"]
    words = (
        "Size: ",
        "Precision: fp32",
        "Batch size: 1:8:16",
        "Build time: ",
        "activation memory: ",
        "weights memory: ",
    )
    assert [word for word in words if word not in record] == []
    assert f"[info] {record}" in lines
    fractions = [each["fraction"] for each in told if each.get("fraction") is not None]
    assert fractions == sorted(fractions)


REFUSED: dict[str, tuple[graphs.Made, str, str]] = {
    "operators that it lacks, all named with their place": (
        graphs.lacking_operators,
        "unsupported-operator",
        "TensorRT does not support 3 operators of model.onnx: Det at the_det, SplitToSequence at the_splittosequence, "
        "ConcatFromSequence at the_concatfromsequence.",
    ),
    "a custom operator": (
        graphs.custom_operator,
        "unsupported-operator",
        "TensorRT does not support an operator of model.onnx: Swirl at the_swirl (a custom operator).",
    ),
    "a compiled engine": (
        graphs.compiled_engine,
        "unsafe-model-file",
        "model.onnx contains an engine compiled by another program (EPContext), which is code.",
    ),
    "mixed precision": (
        graphs.mixed_types,
        "mixed-precision",
        "Add at the_add mixes precisions: its inputs are of different types.",
    ),
    "pooling over a window that is too large": (
        graphs.wide_pooling,
        "unsupported-operator",
        "AveragePool at the_averagepool pools over a window that is too large for TensorRT.",
    ),
    "an output named twice": (
        graphs.outputs_twice,
        "bad-model-file",
        "The nodes of model.onnx cannot be ordered: an output appears twice, or the nodes form a cycle.",
    ),
    "an output that nothing gives": (
        graphs.output_of_nothing,
        "bad-model-file",
        "model.onnx declares an output that no node produces.",
    ),
    "text": (
        graphs.text_input,
        "unsupported-operator",
        "model.onnx has an input or output of a type that TensorRT does not support.",
    ),
    "weights that are not there": (
        lambda: graphs.weights_elsewhere("gone.bin"),
        "bad-model-file",
        "The weights that model.onnx keeps in another file cannot be read.",
    ),
    "weights outside its folder": (
        lambda: graphs.weights_elsewhere("../secret.bin"),
        "unsafe-model-file",
        "model.onnx refers to weights outside its own folder.",
    ),
}


def refusal(builder: WorkerClient, **parameters: Any) -> tuple[str, str]:
    """Of a build, after which no engine may be there."""
    answer = builder.ask("build-engine", **parameters)
    assert answer["message"] == "failed", answer
    error = answer["error"]
    assert error["stage"] == "build" and error["remedy"].endswith(".")
    assert "catchCudaError" not in (error["cause"] or "")
    left = {file.name for file in Path(parameters["outFile"]).parent.iterdir()}
    assert left <= {"model.onnx", "log.txt"}
    return error["code"], error["message"]


@pytest.mark.parametrize("name", REFUSED)
def test_a_model_is_refused_in_words_for(
    builder: WorkerClient, digits_record: dict[str, Any], tmp_path: Path, name: str
) -> None:
    make, code, message = REFUSED[name]
    file = tmp_path / "model.onnx"
    onnx.save(make(), file)
    assert refusal(builder, **build_parameters(digits_record, file, tmp_path)) == (code, message)


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (b"", "bad-model-file", "model.onnx is empty."),
        (b"not a model", "bad-model-file", "model.onnx is truncated or is not an ONNX file."),
        (None, "missing-artifact", "model.onnx was not found."),
    ],
)
def test_a_file_that_is_no_model_is_refused(
    builder: WorkerClient, digits_record: dict[str, Any], tmp_path: Path, content: bytes | None, code: str, message: str
) -> None:
    file = tmp_path / "model.onnx"
    if content is not None:
        file.write_bytes(content)
    assert refusal(builder, **build_parameters(digits_record, file, tmp_path)) == (code, message)


def test_a_truncated_file_is_refused(builder: WorkerClient, digits_record: dict[str, Any], tmp_path: Path) -> None:
    whole = (MODELS / "digits" / "fp32.onnx").read_bytes()
    file = tmp_path / "model.onnx"
    file.write_bytes(whole[: len(whole) // 2])
    code, _ = refusal(builder, **build_parameters(digits_record, file, tmp_path))
    assert code == "bad-model-file"


def test_asymmetric_quantization_is_refused(
    builder: WorkerClient, digits_graphs: dict[str, Path], digits_record: dict[str, Any], tmp_path: Path
) -> None:
    code, message = refusal(builder, **build_parameters(digits_record, digits_graphs["asymmetric"], tmp_path, "int8"))
    reason = "is quantized with a zero point other than 0, which TensorRT does not support."
    assert (code, message.endswith(reason)) == ("unsupported-operator", True)


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        (
            {"batch": {"min": 4, "opt": 2, "max": 8}},
            "bad-profile",
            "The batch sizes 4:2:8 are not in the order min, opt, max.",
        ),
        (
            {"batch": {"min": 1, "opt": 8, "max": 2147483647}},
            "bad-profile",
            "The batch sizes go up to 2147483647; the maximum is 65536.",
        ),
        (
            {"size": {"min": 8, "opt": 16, "max": 32}},
            "bad-profile",
            "The ONNX file has a fixed height of 8, but 8:16:32 was requested.",
        ),
        (
            {"options": {"versionCompatible": True}},
            "build-failed",
            "A version-compatible engine needs TensorRT's lean runtime, which is not installed.",
        ),
        (
            {"options": {"hardwareCompatible": True}},
            "bad-usage",
            "Building an engine for every GPU since Ampere is not available in TensorRT-RTX 1.7.1, test builder.",
        ),
        (
            {"options": {"hardwareCompatible": True, "hardwareLevel": "same-compute-capability"}},
            "bad-usage",
            "Building an engine for every GPU of one compute capability is not available in TensorRT-RTX 1.7.1, "
            "test builder.",
        ),
        ({"options": {"workspaceGib": 1e-9}}, "build-failed", "The workspace is too small for this model."),
    ],
)
def test_what_is_asked_for_and_cannot_be_had_is_refused(
    builder: WorkerClient,
    digits_record: dict[str, Any],
    tmp_path: Path,
    changes: dict[str, Any],
    code: str,
    message: str,
) -> None:
    file = MODELS / "digits" / "fp32.onnx"
    assert refusal(builder, **build_parameters(digits_record, file, tmp_path, **changes)) == (code, message)


def test_the_log_of_a_refused_build_is_kept(
    builder: WorkerClient, digits_record: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "model.onnx"
    onnx.save(graphs.mixed_types(), file)
    builder.ask("build-engine", **build_parameters(digits_record, file, tmp_path))
    assert "must have same input types" in (tmp_path / "log.txt").read_text(encoding="utf-8")


def test_what_the_library_prints_past_its_logger_is_in_the_log_and_told_as_stray(
    builder: WorkerClient, digits_record: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "model.onnx"
    onnx.save(graphs.text_input(), file)
    command = builder.send("build-engine", **build_parameters(digits_record, file, tmp_path))
    entries: list[Message] = []
    while (message := builder.read())["message"] != "failed":
        entries += message.get("entries", [])
    assert message["id"] == command
    assert any(entry["level"] == "stray" and "STRING" in entry["text"] for entry in entries), entries


def test_attention_as_one_operator_is_taken_apart_where_it_has_no_kernel(
    builder: WorkerClient, digits_record: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "model.onnx"
    onnx.save(graphs.attention_as_one_operator(), file)
    built = builder.ask("build-engine", **build_parameters(digits_record, file, tmp_path))
    assert (built["message"], built["options"]["decomposedAttention"]) == ("engine-built", 1), built


def test_an_optimization_level_is_set_and_read_back(
    builder: WorkerClient, digits_record: dict[str, Any], tmp_path: Path
) -> None:
    parameters = build_parameters(
        digits_record, MODELS / "digits" / "fp32.onnx", tmp_path, options={"optimizationLevel": 1}
    )
    assert builder.ask("build-engine", **parameters)["options"]["optimizationLevel"] == 1


def test_a_damaged_timing_cache_is_replaced_and_costs_nothing(
    builder: WorkerClient, digits_record: dict[str, Any], tmp_path: Path
) -> None:
    cache = tmp_path / "timing" / "gpu.cache"
    cache.parent.mkdir()
    cache.write_bytes(b"damaged")
    parameters = build_parameters(digits_record, MODELS / "digits" / "fp32.onnx", tmp_path, timingCacheFile=str(cache))
    assert builder.ask("build-engine", **parameters)["message"] == "engine-built"
    assert (cache.read_bytes()[:4], list(cache.parent.iterdir())) == (b"ptrt", [cache])


def test_a_timing_cache_that_the_user_names_is_made_whole_and_one_that_is_none_is_refused_and_left(
    builder: WorkerClient, digits_record: dict[str, Any], tmp_path: Path
) -> None:
    cache = tmp_path / "caches" / "mine.cache"
    asked = {"timingCacheFile": str(cache), "options": {"timingCacheFile": str(cache)}}
    parameters = build_parameters(digits_record, MODELS / "digits" / "fp32.onnx", tmp_path / "built", **asked)
    assert builder.ask("build-engine", **parameters)["message"] == "engine-built"
    made = cache.read_bytes()
    assert (made[:4], list(cache.parent.iterdir())) == (b"ptrt", [cache])
    flipped = bytes([made[0] ^ 0xFF, *made[1:]])
    for content in (b"no timing cache", made[: len(made) // 2], flipped):
        cache.write_bytes(content)
        assert refusal(builder, **parameters) == (
            "bad-usage",
            "The timing cache mine.cache is cut short or damaged, or is not a timing cache of TensorRT. "
            "It was left as it is.",
        )
        assert (cache.read_bytes(), list(cache.parent.iterdir())) == (content, [cache])


PLUGIN_SOURCE = """
#include <cstdint>
struct Kind { const char *name; int32_t major, minor; };
struct Fields { int32_t count; const void *all; };
class Creator {  // the interface of a plugin's creator, in the order in which TensorRT calls it
public:
    virtual int32_t language() const noexcept { return 0; }
    virtual Kind kind() const noexcept { return {"PLUGIN CREATOR_V3ONE", 1, 0}; }
    virtual ~Creator() noexcept = default;
    virtual void *made(const char *, const Fields *, int32_t) noexcept { return nullptr; }
    virtual const Fields *fields() noexcept { static Fields none{0, nullptr}; return &none; }
    virtual const char *name() const noexcept { return "Swirl"; }
    virtual const char *version() const noexcept { return "1"; }
    virtual const char *name_space() const noexcept { return ""; }
};
extern "C" void setLoggerFinder(void *) {}
extern "C" Creator *const *getCreators(int32_t &count) {
    static Creator swirl;
    static Creator *const all[1] = {&swirl};
    count = 1;
    return all;
}
"""


@pytest.fixture
def compiled_library(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """A shared library for the real plugin registry; it needs none of TensorRT's headers."""
    compiler = shutil.which("c++") or shutil.which("g++")
    if compiler is None:
        pytest.skip("there is no C++ compiler here")

    def compiled(source: str) -> dict[str, str]:
        code, file = tmp_path / "code.cpp", tmp_path / "plugin.so"
        code.write_text(source, encoding="utf-8")
        subprocess.run([compiler, "-shared", "-fPIC", "-o", str(file), str(code)], check=True)
        return {"name": "libswirl.so", "sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "file": str(file)}

    return compiled


def test_the_real_plugin_registry_loads_a_library_and_the_parser_finds_its_operator(
    start_builder: Callable[[], WorkerClient],
    compiled_library: Callable[[str], dict[str, str]],
    digits_record: dict[str, Any],
    tmp_path: Path,
) -> None:
    plugin = compiled_library(PLUGIN_SOURCE)
    folder, file = tmp_path / "built", tmp_path / "model.onnx"
    digits = build_parameters(digits_record, MODELS / "digits" / "fp32.onnx", folder, plugin=plugin)
    assert start_builder().ask("build-engine", **digits)["message"] == "engine-built"
    onnx.save(graphs.custom_operator(), file)
    swirl = build_parameters(digits_record, file, tmp_path / "swirl")
    lacking = refusal(start_builder(), **swirl)
    found = refusal(start_builder(), **{**swirl, "plugin": plugin})
    assert (lacking[0], "Swirl" in lacking[1], found == lacking) == ("unsupported-operator", True, False)


def test_the_real_registry_lists_what_a_library_brings(
    start_builder: Callable[[], WorkerClient], compiled_library: Callable[[str], dict[str, str]]
) -> None:
    told = start_builder().ask("list-plugin-operators", plugin=compiled_library(PLUGIN_SOURCE))
    assert [each for each in told["operators"] if each["ofLibrary"]] == [
        {"name": "Swirl", "version": "1", "namespace": "", "ofLibrary": True}
    ]


def test_the_real_parser_goes_by_the_name_of_an_operator_and_not_by_its_domain(
    start_builder: Callable[[], WorkerClient], digits_record: dict[str, Any], tmp_path: Path
) -> None:
    model = onnx.load(MODELS / "digits" / "fp32.onnx")
    for node in model.graph.node:
        node.domain = "my.company" if node.op_type == "Relu" else node.domain
    model.opset_import.extend([onnx.helper.make_opsetid("my.company", 1)])
    file = tmp_path / "model.onnx"
    onnx.save(model, file)
    built = start_builder().ask("build-engine", **build_parameters(digits_record, file, tmp_path / "built"))
    assert built["message"] == "engine-built"


def test_the_real_plugin_registry_refuses_a_library_without_creators(
    start_builder: Callable[[], WorkerClient],
    compiled_library: Callable[[str], dict[str, str]],
    digits_record: dict[str, Any],
    tmp_path: Path,
) -> None:
    plugin = compiled_library("int nothing;")
    parameters = build_parameters(digits_record, MODELS / "digits" / "fp32.onnx", tmp_path / "built", plugin=plugin)
    code, message = refusal(start_builder(), **parameters)
    assert (code, message.startswith("TensorRT cannot load the plugin library libswirl.so: ")) == (
        "bad-model-file",
        True,
    )


@pytest.fixture
def start_builder() -> Iterator[Callable[[], WorkerClient]]:
    started: list[WorkerClient] = []

    def start() -> WorkerClient:
        started.append(WorkerClient(INTERPRETER))
        return started[-1]

    yield start
    for client in started:
        client.kill()


@pytest.fixture
def deep_model(tmp_path: Path) -> Path:
    """Keeps a builder busy for seconds: many layers of which no two are alike."""
    file = tmp_path / "model.onnx"
    onnx.save(graphs.deep_graph(), file)
    return file


def wait_for_phase(client: WorkerClient, depth: int) -> Message:
    while True:
        message = client.read()
        if len(message.get("phases", [])) > depth:
            return message
        assert message["message"] in ("progress", "heartbeat"), message


def test_cancelling_in_the_middle_answers_at_once_and_leaves_the_log_alone(
    start_builder: Callable[[], WorkerClient], digits_record: dict[str, Any], deep_model: Path
) -> None:
    client = start_builder()
    command = client.send("build-engine", **build_parameters(digits_record, deep_model, deep_model.parent))
    phases = wait_for_phase(client, 1)["phases"]
    assert [phase["depth"] for phase in phases] == list(range(len(phases)))
    assert phases[0]["name"] == "Building engine"
    client.signal_only("cancel")
    assert client.answer_to(command, patience=2) == {"message": "cancelled", "id": command}
    assert sorted(file.name for file in deep_model.parent.iterdir()) == ["log.txt", "model.onnx"]
    client.signal_only("close")
    assert client.wait() == 0


@pytest.mark.parametrize("signal_name", ["terminate", "kill"])
def test_ending_the_process_in_the_middle_leaves_no_engine(
    start_builder: Callable[[], WorkerClient], digits_record: dict[str, Any], deep_model: Path, signal_name: str
) -> None:
    client = start_builder()
    client.send("build-engine", **build_parameters(digits_record, deep_model, deep_model.parent))
    wait_for_phase(client, 1)
    getattr(client.process, signal_name)()
    assert client.wait(patience=3) == {"terminate": 143, "kill": -9}[signal_name]
    assert sorted(file.name for file in deep_model.parent.iterdir()) == ["log.txt", "model.onnx"]


def test_an_engine_of_several_inputs_is_built_for_the_shapes_of_each(
    builder: WorkerClient, digits_record: dict[str, Any], tmp_path: Path
) -> None:
    onnx_file, record = write_detector(tmp_path / "detector.onnx"), detector_record(digits_record)
    asked = build_parameters(record, onnx_file, tmp_path, "tf32", inputs=detector_profiles())
    built = builder.ask("build-engine", **asked)
    assert built["message"] == "engine-built", built
    assert built["options"]["profile"] == "images: 1x3x8x8, 8x3x8x8, 16x3x8x8; sizes: 1x2, 8x2, 16x2"


def test_inputs_that_do_not_fit_the_network_are_all_told(
    builder: WorkerClient, digits_record: dict[str, Any], tmp_path: Path
) -> None:
    onnx_file, record = write_detector(tmp_path / "detector.onnx"), detector_record(digits_record)
    [images, sizes] = detector_profiles()
    other = [{**images, "max": [16, 4, 8, 8]}, {**sizes, "name": "other"}]
    answer = builder.ask("build-engine", **build_parameters(record, onnx_file, tmp_path, "tf32", inputs=other))
    assert answer["error"]["message"] == (
        "The inputs do not fit the network: it takes sizes, for which no shape is stated; it has no input named other; "
        "images is -1x3x8x8, and 1x3x8x8, 8x3x8x8, 16x4x8x8 is asked for."
    )
