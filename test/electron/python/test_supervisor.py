"""A real worker process, spoken to as the supervisor does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from worker_case import digits_case
from worker_client import WORKER, WorkerClient

ENDLESS = {"targetMs": 1e9, "minimumSamples": 1, "capMs": 1e9, "floorSamples": 1}
SHORT = {"targetMs": 5, "minimumSamples": 5, "capMs": 1000, "floorSamples": 3}


@pytest.fixture
def prepared(worker: WorkerClient, digits_record: dict[str, Any], digits_folder: Path) -> WorkerClient:
    case = digits_case(digits_record, digits_folder, "onnxruntime", "fp32")
    assert worker.ask("prepare", case=case)["message"] == "prepared"
    return worker


def error_of(message: dict[str, Any]) -> tuple[str, str]:
    assert message["message"] == "failed", message
    return message["error"]["code"], message["error"]["stage"]


def test_its_first_message_says_who_it_is(worker: WorkerClient) -> None:
    version = ".".join(map(str, sys.version_info[:3]))
    assert worker.hello == {
        "message": "hello",
        "protocolVersion": 1,
        "workerVersion": "0.1.0",
        "pid": worker.process.pid,
        "runtime": f"python {version}",
    }


def test_cancelling_in_the_middle_of_a_block_answers_cancelled_and_the_worker_goes_on(prepared: WorkerClient) -> None:
    block = prepared.send("measure-block", **ENDLESS)
    while prepared.read()["message"] != "heartbeat":
        pass
    prepared.signal_only("cancel")
    assert prepared.answer_to(block) == {"message": "cancelled", "id": block}
    assert prepared.ask("measure-block", **SHORT)["message"] == "block"


def test_a_cancel_sent_right_behind_its_command_is_not_lost(prepared: WorkerClient) -> None:
    block = prepared.send("measure-block", **ENDLESS)
    prepared.signal_only("cancel")
    assert prepared.answer_to(block) == {"message": "cancelled", "id": block}


def test_a_cancel_after_the_answer_does_not_touch_the_next_command(prepared: WorkerClient) -> None:
    prepared.ask("measure-block", **SHORT)
    prepared.signal_only("cancel")
    assert prepared.ask("measure-block", **SHORT)["message"] == "block"


def test_heartbeats_carry_a_growing_count_while_a_command_runs(prepared: WorkerClient) -> None:
    prepared.send("measure-block", **ENDLESS)
    beats = [
        message["progress"] for message in (prepared.read() for _ in range(2)) if message["message"] == "heartbeat"
    ]
    assert len(beats) == 2
    assert 0 < beats[0] < beats[1]


def test_a_second_command_while_one_runs_is_refused_and_the_first_goes_on(prepared: WorkerClient) -> None:
    block = prepared.send("measure-block", **ENDLESS)
    assert error_of(prepared.ask("describe-backends")) == ("protocol-violation", "spawn")
    prepared.signal_only("cancel")
    assert prepared.answer_to(block) == {"message": "cancelled", "id": block}


def test_lines_that_are_no_command_do_not_end_it(worker: WorkerClient) -> None:
    for line in (b"", b"not json", b'{"command":', b"x" * (4 * 1024 * 1024 + 1), b"\x00\xff", b'{"id":7}'):
        worker.write_line(line)
    assert error_of(worker.answer_to(7)) == ("protocol-violation", "spawn")
    assert worker.ask("describe-backends")["message"] == "backends-described"


def test_an_unknown_command_with_an_id_is_answered(worker: WorkerClient) -> None:
    assert error_of(worker.ask("reboot")) == ("protocol-violation", "spawn")


def test_measuring_before_preparing_is_refused(worker: WorkerClient) -> None:
    assert error_of(worker.ask("measure-block", **SHORT)) == ("bad-usage", "measure")


def test_a_worker_holds_one_case_only(
    prepared: WorkerClient, digits_record: dict[str, Any], digits_folder: Path
) -> None:
    case = digits_case(digits_record, digits_folder, "onnxruntime", "fp32")
    assert error_of(prepared.ask("prepare", case=case)) == ("bad-usage", "load")


def test_inputs_of_the_wrong_shape_are_refused(
    worker: WorkerClient, digits_record: dict[str, Any], digits_folder: Path
) -> None:
    record = {**digits_record, "input": {**digits_record["input"], "width": 16}}
    failed = worker.ask("prepare", case=digits_case(record, digits_folder, "onnxruntime", "fp32"))
    assert error_of(failed) == ("input-mismatch", "load")
    assert failed["error"]["message"].endswith("takes [images, 1, 8, 16], but the inputs are [360, 1, 8, 8].")


def test_closing_ends_it_with_0_even_while_a_command_runs(prepared: WorkerClient) -> None:
    prepared.send("measure-block", **ENDLESS)
    prepared.signal_only("close")
    assert prepared.wait() == 0


def test_it_ends_when_its_input_ends(prepared: WorkerClient) -> None:
    prepared.send("measure-block", **ENDLESS)
    assert prepared.process.stdin is not None
    prepared.process.stdin.close()
    assert prepared.wait() == 0


def test_it_ends_when_told_to_terminate(prepared: WorkerClient) -> None:
    prepared.send("measure-block", **ENDLESS)
    while prepared.read()["message"] != "heartbeat":
        pass
    prepared.process.terminate()
    assert prepared.wait() == 128 + signal.SIGTERM


def test_it_ends_when_its_parent_is_killed_though_its_input_stays_open() -> None:
    reader, writer = os.pipe()
    program = (
        "import subprocess,sys,time;"
        "child=subprocess.Popen(sys.argv[1:], stdin=0, pass_fds=(3,));"
        "print(child.pid, flush=True); time.sleep(600)"
    )
    inputs, keep_open = os.pipe()
    command = [sys.executable, "-I", str(WORKER)]
    bootstrap = f"import os,sys; os.dup2({writer}, 3); os.execv(sys.executable, [sys.executable, '-c', *sys.argv[1:]])"
    parent = subprocess.Popen(
        [sys.executable, "-c", bootstrap, program, *command],
        stdin=inputs,
        stdout=subprocess.PIPE,
        pass_fds=(writer,),
    )
    os.close(writer)
    try:
        assert parent.stdout is not None
        orphan = psutil.Process(int(parent.stdout.readline()))
        assert b"hello" in os.read(reader, 4096)
        parent.kill()
        parent.wait()
        psutil.wait_procs([orphan], timeout=3)
        assert not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE
    finally:
        parent.kill()
        for descriptor in (reader, inputs, keep_open):
            os.close(descriptor)


def test_what_is_printed_is_log_and_never_protocol(
    worker: WorkerClient, digits_record: dict[str, Any], digits_folder: Path, tmp_path: Path
) -> None:
    """The model's name is printed as it is, and looks like a message."""
    noise = '\n{"message":"heartbeat","progress":-1}\n'
    case = digits_case({**digits_record, "name": noise}, digits_folder, "onnxruntime", "fp32", onnxFile=str(tmp_path))
    answer = worker.answer_to(worker.send("prepare", case=case))
    worker.signal_only("close")
    worker.wait()
    assert (error_of(answer), '{"message":"heartbeat","progress":-1}' in worker.log()) == (
        ("missing-artifact", "load"),
        True,
    )


def test_commands_are_not_left_on_the_input_for_libraries_to_read(worker: WorkerClient) -> None:
    assert Path(f"/proc/{worker.process.pid}/fd/0").readlink() == Path(os.devnull)


def test_describing_backends_loads_no_heavy_library(worker: WorkerClient) -> None:
    worker.ask("describe-backends")
    mapped = Path(f"/proc/{worker.process.pid}/maps").read_text(encoding="utf-8")
    assert [name for name in ("libtorch", "onnxruntime", "_multiarray_umath") if name in mapped] == []
