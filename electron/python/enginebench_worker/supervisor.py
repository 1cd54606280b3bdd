"""Serves one supervisor until it closes: takes commands, answers each exactly once, and stays responsive meanwhile.

Three threads. The main one carries out commands (GPU libraries and signals need it there). One reads commands, so that
`cancel` is seen while a command runs. One sends a heartbeat every second with the count of finished queries, so that
alive-but-stuck is told apart from dead. Libraries lose descriptor 0 and get /dev/null instead."""

from __future__ import annotations

import gc
import os
import platform
import queue
import sys
import threading
import traceback

from enginebench_worker import __version__
from enginebench_worker.errors import BenchError, BenchErrorRecord, Cancelled, breaks_the_device, describe_failure
from enginebench_worker.execution import Execution, ProgressCount
from enginebench_worker.handlers import Handlers
from enginebench_worker.lifetime import die_with_parent, exit_after, unwind_on_termination
from enginebench_worker.wire import commands, messages, protocol

END_OF_INPUT_GRACE_SECONDS = 1.5
EXIT_DEVICE_BROKEN = 70


def serve(protocol_descriptor: int) -> int:
    unwind_on_termination()
    die_with_parent()
    command_descriptor = _take_standard_input()
    os.set_inheritable(protocol_descriptor, False)
    worker = _Worker(protocol.MessageWriter(protocol_descriptor))
    worker.say_hello()
    threading.Thread(target=worker.read_commands, args=(command_descriptor,), daemon=True).start()
    threading.Thread(target=worker.beat, daemon=True).start()
    return worker.carry_out_commands()


def _take_standard_input() -> int:
    own = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return own


class _Worker:
    def __init__(self, writer: protocol.MessageWriter) -> None:
        self._writer = writer
        self._count = ProgressCount()
        self._handlers = Handlers()
        self._waiting: queue.SimpleQueue[tuple[commands.Command, Execution] | None] = queue.SimpleQueue()
        self._latest: Execution | None = None

    def say_hello(self) -> None:
        runtime = f"python {platform.python_version()}"
        self._writer.send(messages.Hello(messages.PROTOCOL_VERSION, __version__, os.getpid(), runtime))

    def beat(self) -> None:
        pause = threading.Event()
        while not pause.wait(messages.HEARTBEAT_INTERVAL_S):
            self._writer.send(messages.Heartbeat(self._count.value))

    def read_commands(self, descriptor: int) -> None:
        for line in protocol.read_lines(descriptor):
            if not self._accept(line):
                return
        self._stop()
        exit_after(END_OF_INPUT_GRACE_SECONDS)

    def _accept(self, line: bytes | None) -> bool:
        try:
            if line is None:
                raise protocol.ProtocolViolation(f"a line over {messages.MAXIMUM_LINE_BYTES} bytes")
            command = protocol.decode_command(line)
        except protocol.ProtocolViolation as violation:
            self._refuse(violation)
            return True
        if isinstance(command, commands.Close):
            self._stop()
            return False
        if isinstance(command, commands.Cancel):
            if self._latest is not None:
                self._latest.cancel()
            return True
        if self._latest is not None and not self._latest.finished:
            self._refuse(protocol.ProtocolViolation("another command is still running", command.id))
            return True
        self._latest = Execution(self._count, self._reporter(command.id))
        self._waiting.put((command, self._latest))
        return True

    def _refuse(self, violation: protocol.ProtocolViolation) -> None:
        print(f"protocol: {violation}", file=sys.stderr, flush=True)
        if violation.command_id is not None:
            record = BenchErrorRecord(
                "protocol-violation",
                "spawn",
                f"The worker did not understand a command: {violation}.",
                "The application and its Python package are of different versions: repair the environment.",
                None,
            )
            self._writer.send(messages.Failed(violation.command_id, record))

    def _stop(self) -> None:
        if self._latest is not None:
            self._latest.cancel()
        self._waiting.put(None)

    def _reporter(self, command_id: int):
        return lambda fraction, text, phases=None, entries=None: self._writer.send(
            messages.Progress(command_id, fraction, text, phases, entries)
        )

    def carry_out_commands(self) -> int:
        """A case whose device is broken is not closed: each call on the device could fail or hang."""
        device_is_broken = False
        try:
            while not device_is_broken and (waiting := self._waiting.get()) is not None:
                command, execution = waiting
                answer, device_is_broken = self._carry_out(command, execution)
                execution.finished = True
                self._writer.send(answer)
        finally:
            gc.enable()
            if not device_is_broken:
                self._handlers.close()
        return EXIT_DEVICE_BROKEN if device_is_broken else 0

    def _carry_out(self, command: commands.Command, execution: Execution) -> tuple[object, bool]:
        try:
            return self._handlers.handle(command, execution), False
        except Cancelled:
            return messages.CommandCancelled(command.id), False
        except Exception as error:
            record = describe_failure(command, error, self._handlers.device)
            self._log(error, record)
            return messages.Failed(command.id, record), breaks_the_device(error)

    @staticmethod
    def _log(error: Exception, record: BenchErrorRecord) -> None:
        """Only an unexpected failure needs a stack; an expected one explains itself."""
        if isinstance(error, BenchError):
            print(f"{record.stage}: {record.message} {record.cause or ''}".rstrip(), file=sys.stderr, flush=True)
        else:
            traceback.print_exception(error)
