"""The wire: one JSON object per line, UTF-8, commands in and messages out. Nothing else in the package knows it.

Invariants: a line is written whole and by one thread at a time; numbers are finite; a line over MAXIMUM_LINE_BYTES is
refused in both directions and the next line is still read. Does not run commands; its only state is the two
descriptors."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator

from enginebench_worker.wire.codec import ShapeMismatch, from_json, to_json
from enginebench_worker.wire.commands import COMMAND_SHAPES, Command
from enginebench_worker.wire.messages import MAXIMUM_LINE_BYTES, MESSAGE_SHAPES

_MESSAGE_NAMES = {shape: name for name, shape in MESSAGE_SHAPES.items()}
_COMMAND_NAMES = {shape: name for name, shape in COMMAND_SHAPES.items()}


class ProtocolViolation(Exception):
    """A line that is not a command. `command_id` is set if the line had one, so that it can be answered."""

    def __init__(self, words: str, command_id: int | None = None) -> None:
        super().__init__(words)
        self.command_id = command_id


def decode_command(line: bytes) -> Command:
    record = _parse(line)
    command_id = record.get("id")
    known_id = command_id if type(command_id) is int and command_id > 0 else None
    name = record.get("command")
    shape = COMMAND_SHAPES.get(name) if isinstance(name, str) else None
    if shape is None:
        raise ProtocolViolation(f"unknown command {name!r}", known_id)
    try:
        return from_json(shape, record)
    except ShapeMismatch as mismatch:
        raise ProtocolViolation(f"{name}: {mismatch}", known_id) from None


def decode_message(line: bytes) -> object:
    record = _parse(line)
    name = record.get("message")
    shape = MESSAGE_SHAPES.get(name) if isinstance(name, str) else None
    if shape is None:
        raise ProtocolViolation(f"unknown message {name!r}")
    return from_json(shape, record)


def encode_command(command: Command) -> bytes:
    return _line({"command": _COMMAND_NAMES[type(command)]}, command)


def encode_message(message: object) -> bytes:
    return _line({"message": _MESSAGE_NAMES[type(message)]}, message)


def read_lines(descriptor: int) -> Iterator[bytes | None]:
    """Yields each line without its newline, and None in place of one that is over the limit. Ends at end of file; an
    unfinished last line is dropped."""
    pending = bytearray()
    overflowing = False
    while chunk := os.read(descriptor, 65536):
        pending += chunk
        while (end := pending.find(b"\n")) >= 0:
            line = bytes(pending[:end])
            del pending[: end + 1]
            yield None if overflowing or len(line) > MAXIMUM_LINE_BYTES else line
            overflowing = False
        if len(pending) > MAXIMUM_LINE_BYTES:
            overflowing = True
            pending.clear()


class MessageWriter:
    """Writes messages to a descriptor from any thread. A reader that is gone ends the process: nobody is listening."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def send(self, message: object) -> None:
        line = encode_message(message)
        if len(line) > MAXIMUM_LINE_BYTES:
            raise ValueError(f"a message of {len(line)} bytes is over the limit of {MAXIMUM_LINE_BYTES}")
        view = memoryview(line)
        with self._lock:
            try:
                while view:
                    view = view[os.write(self._descriptor, view) :]
            except BrokenPipeError:
                os._exit(0)


def _parse(line: bytes) -> dict[str, object]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ProtocolViolation(f"not JSON: {error}") from None
    if not isinstance(record, dict):
        raise ProtocolViolation("not a JSON object")
    return record


def _line(tag: dict[str, str], body: object) -> bytes:
    record = to_json(body)
    assert isinstance(record, dict)
    return json.dumps({**tag, **record}, allow_nan=False, separators=(",", ":")).encode("ascii") + b"\n"
