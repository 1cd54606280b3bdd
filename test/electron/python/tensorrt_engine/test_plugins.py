"""A plugin library of the user's, on stand-ins for both majors: loaded to build, to run and to inspect; refused if its
bytes are not those that were trusted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution, ProgressCount
from enginebench_worker.file_inspection import inspect_file
from enginebench_worker.tensorrt_engine.build_command import build_tensorrt_engine
from enginebench_worker.tensorrt_engine.engine_case import load_engine_case
from enginebench_worker.wire.commands import InspectFile
from enginebench_worker.tensorrt_engine.plugins import list_plugin_operators
from enginebench_worker.wire.domain import PluginFile, WorkerCase
from enginebench_worker.wire.plugin_operators import RegisteredOperator
from fake_cuda import FakeCuda
from fake_tensorrt import Script
from tensorrt_request import build_request

TRUSTED = b"\x7fELF of plugins"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    file = tmp_path / "plugins" / "plugin.so"
    file.parent.mkdir()
    file.write_bytes(TRUSTED)
    return file


def told(file: Path) -> dict[str, str]:
    return {"name": "libmine.so", "sha256": hashlib.sha256(TRUSTED).hexdigest(), "file": str(file)}


def silent() -> Execution:
    return Execution(ProgressCount(), lambda *_words: None)


Use = Callable[[], Any]


@pytest.fixture(params=["build", "run", "inspect"])
def use_plugin(
    request: pytest.FixtureRequest,
    version: str,
    use: Callable[..., FakeCuda],
    case_of: Callable[..., WorkerCase],
    engine_file: Path,
    digits_record: dict[str, Any],
    tmp_path: Path,
    library: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Use:
    plugin = told(library)
    monkeypatch.setattr("enginebench_worker.tensorrt_engine.engine_inspection.cuda_device_count", lambda: 1)
    use(version)

    def build() -> Any:
        onnx_file = tmp_path / "model.onnx"
        onnx_file.write_bytes(b"not read by the stand-in")
        asked = build_request(digits_record, onnx_file, tmp_path / "built", "fp16", plugin=plugin)
        return build_tensorrt_engine(asked, silent())

    return {
        "build": build,
        "run": lambda: load_engine_case(case_of(plugin=plugin), engine_file),
        "inspect": lambda: inspect_file(InspectFile(1, str(engine_file), "engine", PluginFile(**plugin)), silent()),
    }[request.param]


def test_a_plugin_library_is_loaded_beside_tensorrts_own_plugins(
    script: Script, use_plugin: Use, library: Path
) -> None:
    use_plugin()
    assert (script.plugin_libraries, [namespace for _, namespace in script.plugins]) == ([str(library)], [""])


def test_a_plugin_library_is_told_by_the_operators_that_it_adds_to_tensorrts_own(
    script: Script, library: Path, version: str, use: Callable[..., FakeCuda]
) -> None:
    use(version)
    script.brings = (("Sharpen", "2", "mine"), ("Blur", "1", ""))
    assert list_plugin_operators(PluginFile(**told(library))) == (
        RegisteredOperator("Blur", "1", "", True),
        RegisteredOperator("EfficientNMS_TRT", "1", "", False),
        RegisteredOperator("Sharpen", "2", "mine", True),
    )


def test_a_plugin_library_that_was_changed_is_refused_and_never_loaded(
    script: Script, use_plugin: Use, library: Path
) -> None:
    library.write_bytes(TRUSTED + b", and more")
    with pytest.raises(BenchError) as caught:
        use_plugin()
    record = caught.value.record
    assert (record.code, record.message, record.remedy, script.plugin_libraries) == (
        "missing-artifact",
        "The plugin library libmine.so was changed: its bytes differ from those that you trusted.",
        "Find out what changed it; then name the library again.",
        [],
    )


def test_a_plugin_library_that_is_gone_is_refused_by_name(use_plugin: Use, library: Path) -> None:
    library.unlink()
    with pytest.raises(BenchError, match=r"The plugin library libmine\.so cannot be read: No such file or directory\."):
        use_plugin()


def test_a_plugin_library_that_tensorrt_cannot_load_is_refused_with_its_words(script: Script, use_plugin: Use) -> None:
    script.plugin_words = "Unable to load library: plugin.so: undefined symbol: getPluginCreators"
    with pytest.raises(BenchError) as caught:
        use_plugin()
    record = caught.value.record
    assert (record.code, record.message, record.cause) == (
        "bad-model-file",
        f"TensorRT cannot load the plugin library libmine.so: {script.plugin_words}.",
        script.plugin_words,
    )
