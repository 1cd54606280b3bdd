"""What every backend must hold to, run in a process of its own with the interpreter that has the backend's library.

`python conformance_checks.py BACKEND OUT_FILE` writes, for each check, null where it passed, else `skip: …` or what was
wrong. Imports nothing heavy before the checks that look for it, and needs no test framework."""

from __future__ import annotations

import ast
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "electron" / "python"), str(Path(__file__).resolve().parent)]

HEAVY = ("numpy", "torch", "onnxruntime", "openvino", "tensorrt", "ultralytics", "transformers")
CLOCKS = {"time", "datetime", "timeit"}

Check = Callable[["Subject"], None]


class Skipped(Exception):
    """The check does not apply; the words say why."""


class Subject:
    """A backend, and from `prepare` on one case of it, held by a worker's handlers."""

    def __init__(self, backend_id: str, folder: Path) -> None:
        from enginebench_worker.backends import find_backend

        self.backend = find_backend(backend_id)
        self.status = self.backend.describe()
        self.folder = folder
        self.loaded: Any = None
        self.modules_of_load: set[str] = set()
        self._handlers: Any = None
        self._ids = iter(range(1, 1000))

    def record(self, **changes: Any) -> dict[str, Any]:
        from conformance_cases import case_of

        return {**case_of(self.backend.id, self.folder), **changes}

    def case(self, **changes: Any) -> Any:
        from enginebench_worker.wire.codec import from_json
        from enginebench_worker.wire.domain import WorkerCase

        return from_json(WorkerCase, self.record(**changes))

    def batches(self) -> list[Any]:
        from enginebench_worker.measure.batches import load_images, rotating_batches

        case = self.case()
        return rotating_batches(load_images(case.input), case.batch_size)[:2]

    def prepare(self, **changes: Any) -> Any:
        """Through a worker's handlers; keeps what the backend loaded."""
        from enginebench_worker.handlers import Handlers
        from enginebench_worker.wire import commands

        if self._handlers is None:
            self._handlers = Handlers()
        load = type(self.backend).load

        def keeping(backend: Any, case: Any) -> Any:
            before = set(sys.modules)
            loaded = load(backend, case)
            self.loaded, self.modules_of_load = loaded, set(sys.modules) - before
            return loaded

        type(self.backend).load = keeping
        try:
            return self._handlers.handle(commands.Prepare(next(self._ids), self.case(**changes)), self.execution())
        finally:
            type(self.backend).load = load

    def handle(self, command: Any, execution: Any) -> Any:
        return self._handlers.handle(command, execution)

    def execution(self) -> Any:
        from enginebench_worker.execution import Execution, ProgressCount

        return Execution(ProgressCount(), lambda *_: None)

    def close(self) -> None:
        if self._handlers is not None:
            self._handlers.close()


@contextmanager
def refused_as(*codes: str) -> Iterator[None]:
    from enginebench_worker.errors import BenchError

    try:
        yield
    except BenchError as error:
        assert error.record.code in codes, error.record
        assert error.record.message and error.record.remedy, error.record
        return
    raise AssertionError(f"nothing was refused, where {' or '.join(codes)} was expected")


def describing_imports_nothing_heavy(subject: Subject) -> None:
    found = [name for name in HEAVY if name in sys.modules]
    assert not found, f"describing imported {', '.join(found)}"


def describing_never_raises(subject: Subject) -> None:
    """Not even where each library is there but broken."""
    held = {name: sys.modules.get(name) for name in HEAVY}
    sys.modules.update(dict.fromkeys(HEAVY))  # type: ignore[arg-type]
    try:
        status = subject.backend.describe()
    finally:
        for name, module in held.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
    assert not status.available, "it is said to be available with its library broken"
    assert status.reason and status.remedy, status


def availability_comes_with_reason_and_remedy(subject: Subject) -> None:
    status = subject.status
    if status.available:
        assert (status.reason, status.remedy) == (None, None), status
        assert status.precisions and status.devices and status.version, status
        return
    assert status.reason and status.remedy, status
    with refused_as("backend-unavailable"):
        subject.backend.load(subject.case())


def a_wrong_shape_is_refused(subject: Subject) -> None:
    model = subject.record()["model"]
    narrow = {**model, "input": {**model["input"], "width": 17, "dynamicSize": False}}
    with refused_as("input-mismatch"):
        subject.prepare(model=narrow)


def an_unknown_option_is_refused(subject: Subject) -> None:
    with refused_as("bad-usage"):
        subject.prepare(options={"noSuchOption": True})


def a_precision_that_is_not_offered_is_refused(subject: Subject) -> None:
    every = ("fp32", "tf32", "fp16", "bf16", "int8")
    missing = next((name for name in every if name not in subject.status.precisions), None)
    if missing is None:
        raise Skipped("it offers every precision")
    with refused_as("unsupported-precision"):
        subject.prepare(precision=missing)


def precision_is_proved_or_the_reason_named(subject: Subject) -> None:
    proof = subject.prepare(threads=1).precision_proof
    assert proof.method and proof.evidence, proof
    assert (proof.label == "fp32") == proof.holds, proof


def threads_read_back_are_those_asked_for(subject: Subject) -> None:
    expected = {1} if subject.record()["device"] == "cpu" else {1, None}
    assert subject.loaded.threads in expected, subject.loaded.threads


def a_second_prepare_is_refused(subject: Subject) -> None:
    with refused_as("bad-usage"):
        subject.prepare()


def no_clock_is_imported(subject: Subject) -> None:
    own = {type(subject.backend).__module__, type(subject.loaded).__module__, *subject.modules_of_load}
    for name in sorted(each for each in own if each.startswith("enginebench_worker")):
        file = sys.modules[name].__file__
        for node in ast.walk(ast.parse(Path(file or "").read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not CLOCKS & {each.split(".")[0] for each in names}, f"{name} imports a clock"


def the_same_input_gives_the_same_output(subject: Subject) -> None:
    import numpy as np

    batch = subject.batches()[0]
    kept = batch.copy()
    first, second = subject.loaded.query(batch), subject.loaded.query(batch)
    assert len(first) == len(subject.case().model.outputs)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
    assert np.array_equal(batch, kept), "a query changed its input"


def outputs_are_host_float32_that_the_caller_owns(subject: Subject) -> None:
    import numpy as np

    one, other = subject.batches()
    outputs = subject.loaded.query(one)
    kept = [output.copy() for output in outputs]
    later = subject.loaded.query(other)
    for output, copy, after in zip(outputs, kept, later, strict=True):
        assert isinstance(output, np.ndarray) and output.dtype == np.float32, (type(output), output.dtype)
        assert len(output) == len(one), output.shape
        assert np.array_equal(output, copy), "the next query changed an output that was given"
        assert not np.array_equal(output, after), "another input gave the same output"


def parts_make_up_the_query_or_a_sentence_says_why_not(subject: Subject) -> None:
    import numpy as np
    from enginebench_worker.backend import NotSupported

    batch = subject.batches()[0]
    marked: list[str] = []

    @contextmanager
    def part(name: str) -> Iterator[None]:
        marked.append(name)
        yield

    try:
        outputs = subject.loaded.query_in_parts(batch, part)
    except NotSupported as reason:
        assert_sentence(str(reason))
        return
    order = ["host-to-device", "compute", "device-to-host"]
    assert "compute" in marked and marked == [name for name in order if name in marked], marked
    for one, other in zip(outputs, subject.loaded.query(batch), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def a_device_without_a_clock_gives_no_device_times(subject: Subject) -> None:
    times = subject.loaded.device_part_ms(subject.batches()[0])
    if subject.record()["device"] == "cpu":
        assert times is None, times
    elif times is not None:
        assert times and all(each >= 0 for each in times.values()), times


def layers_add_up_to_a_plausible_time_or_a_sentence_says_why_not(subject: Subject) -> None:
    from enginebench_worker.backend import NotSupported

    queries = 5
    begin = time.perf_counter()
    try:
        profile = subject.loaded.profile_layers(subject.batches(), queries)
    except NotSupported as reason:
        assert_sentence(str(reason))
        return
    wall_ms = (time.perf_counter() - begin) * 1e3
    total = sum(layer.time_ms for layer in profile.layers)
    assert profile.method and len(profile.layers) > 1, profile
    assert all(layer.name and layer.operator for layer in profile.layers), profile
    assert 0 < total * queries < wall_ms, (total, wall_ms)


def cancelling_stops_between_queries(subject: Subject) -> None:
    from enginebench_worker.errors import Cancelled
    from enginebench_worker.wire.commands import Sustain

    execution = subject.execution()
    timer = threading.Timer(0.05, execution.cancel)
    timer.start()
    try:
        subject.handle(Sustain(900, 600_000, 1), execution)
        raise AssertionError("it ran to its end")
    except Cancelled:
        assert execution.count.value > 0
    assert subject.loaded.query(subject.batches()[0])


def closing_twice_is_as_closing_once(subject: Subject) -> None:
    subject.close()
    subject.loaded.close()


def assert_sentence(words: str) -> None:
    assert len(words) > 20 and words[0].isupper() and words.endswith("."), words


WITHOUT_A_LIBRARY: tuple[Check, ...] = (
    describing_imports_nothing_heavy,
    describing_never_raises,
    availability_comes_with_reason_and_remedy,
)
WITH_ITS_LIBRARY: tuple[Check, ...] = (
    a_wrong_shape_is_refused,
    an_unknown_option_is_refused,
    a_precision_that_is_not_offered_is_refused,
    precision_is_proved_or_the_reason_named,
    threads_read_back_are_those_asked_for,
    a_second_prepare_is_refused,
    no_clock_is_imported,
    the_same_input_gives_the_same_output,
    outputs_are_host_float32_that_the_caller_owns,
    parts_make_up_the_query_or_a_sentence_says_why_not,
    a_device_without_a_clock_gives_no_device_times,
    layers_add_up_to_a_plausible_time_or_a_sentence_says_why_not,
    cancelling_stops_between_queries,
    closing_twice_is_as_closing_once,
)
"""In this order: from `precision_is_proved…` on there is a loaded case, and the last one closes it."""


def outcome(check: Check, subject: Subject) -> str | None:
    try:
        check(subject)
    except Skipped as reason:
        return f"skip: {reason}"
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    return None


def main(backend_id: str, out_file: Path) -> None:
    subject = Subject(backend_id, out_file.parent)
    outcomes = {check.__name__: outcome(check, subject) for check in WITHOUT_A_LIBRARY}
    for check in WITH_ITS_LIBRARY:
        reason = f"skip: {subject.status.reason}"
        outcomes[check.__name__] = outcome(check, subject) if subject.status.available else reason
    out_file.write_text(json.dumps(outcomes), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
