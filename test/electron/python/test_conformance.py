"""Every backend in the list, held to the same promises. Those that cannot run here are held to saying so.

Each backend is tried once, in a process of its own with the interpreter that has its library."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conformance_checks import WITH_ITS_LIBRARY, WITHOUT_A_LIBRARY
from enginebench_worker.backends import BACKENDS
from yolo_environment import environment_with_shim

CHECKS = Path(__file__).resolve().parent / "conformance_checks.py"
ELSEWHERE = {"openvino": "ENGINEBENCH_TEST_OPENVINO_PYTHON", "tensorrt": "ENGINEBENCH_TEST_TENSORRT_PYTHON"}
NAMES = [check.__name__ for check in (*WITHOUT_A_LIBRARY, *WITH_ITS_LIBRARY)]
LIMIT_SECONDS = 180

Outcomes = dict[str, str | None]


def interpreter_for(backend: str, folder: Path) -> str:
    with_yolo = os.environ.get("ENGINEBENCH_TEST_YOLO_PYTHON")
    if backend == "ultralytics" and with_yolo:
        return environment_with_shim(with_yolo, folder / "environment")
    return os.environ.get(ELSEWHERE.get(backend, ""), "") or sys.executable


@pytest.fixture(scope="module")
def outcomes_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Outcomes]:
    kept: dict[str, Outcomes] = {}

    def outcomes(backend: str) -> Outcomes:
        if backend not in kept:
            folder = tmp_path_factory.mktemp(backend)
            answer = folder / "outcomes.json"
            command = [interpreter_for(backend, folder), "-I", str(CHECKS), backend, str(answer)]
            environment = {**os.environ, "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
            ended = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_SECONDS, env=environment)
            assert ended.returncode == 0, ended.stderr[-4000:]
            kept[backend] = {**json.loads(answer.read_text(encoding="utf-8")), "stdout": ended.stdout or None}
        return kept[backend]

    return outcomes


@pytest.mark.parametrize("backend", [backend.id for backend in BACKENDS])
@pytest.mark.parametrize("check", [*NAMES, "stdout"])
def test_a_backend_keeps_its_promises(check: str, backend: str, outcomes_of: Callable[[str], Outcomes]) -> None:
    """`stdout`: what it printed, which would be taken for something said."""
    found = outcomes_of(backend)[check]
    if found is not None and found.startswith("skip: "):
        pytest.skip(found.removeprefix("skip: "))
    assert found is None


def test_the_promises_are_not_kept_by_a_backend_that_breaks_them(tmp_path: Path) -> None:
    """The checks themselves can fail: this one lends its buffer, forgets its threads and takes every option."""
    program = tmp_path / "broken.py"
    program.write_text(_BROKEN.format(folder=str(CHECKS.parent)), encoding="utf-8")
    ended = subprocess.run([sys.executable, "-I", str(program), str(tmp_path)], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout.splitlines()[-1]) == [
        "threads_read_back_are_those_asked_for",
        "outputs_are_host_float32_that_the_caller_owns",
        "layers_add_up_to_a_plausible_time_or_a_sentence_says_why_not",
    ]


_BROKEN = """
import json, sys
from pathlib import Path
sys.path.insert(0, {folder!r})
import conformance_checks as checks
subject = checks.Subject("torch-eager", Path(sys.argv[1]))
import numpy as np
from enginebench_worker.backend import LayerProfile
from enginebench_worker.backends.null_backend import NullCase
from enginebench_worker.wire.domain import LayerTime

class Broken(NullCase):
    threads = 2
    lent = np.zeros((8, 10), np.float32)

    def query(self, batch):
        self.lent[:] = batch.reshape(8, -1)[:, 20:30]
        return (self.lent,)

    def profile_layers(self, batches, queries):
        return LayerProfile("a guess", (LayerTime("a", "Conv", 1e9), LayerTime("b", "Conv", 1)))

type(subject.backend).load = lambda backend, case: Broken()
subject.prepare()
failed = [each.__name__ for each in checks.WITH_ITS_LIBRARY[4:] if checks.outcome(each, subject)]
print(json.dumps(failed))
"""
