"""Work that cannot be interrupted, done in a thread of its own, so that the main one stays free to report, to see a
cancel, and to be told to terminate.

When the main thread leaves, `stop` is set and the work has a moment to notice. Work that does not is abandoned: the
thread goes on until the process ends, and the process then ends without unwinding, since native code cannot be taken
out of a thread. Such a process must not be given other work (`is_abandoned`).

An error is handed on without what its frames held: objects of a native library must go in the order of their making,
not when a collector comes upon them."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")

TICK_SECONDS = 0.1
GRACE_SECONDS = 1.0
_STACK_BYTES = 64 << 20
"""Parsers and optimizers recurse over the graph."""

_abandoned = threading.Event()


def is_abandoned() -> bool:
    return _abandoned.is_set()


class WatchedWork(Generic[Result]):
    def __init__(self, work: Callable[[], Result], stop: threading.Event) -> None:
        self._work = work
        self._stop = stop
        self._done = threading.Event()
        self._result: Result | None = None
        self._error: BaseException | None = None

    def run(self, tick: Callable[[], None]) -> Result:
        """`tick` is called ten times a second and once more at the end; what it raises stops the work."""
        former = threading.stack_size(_STACK_BYTES)
        try:
            threading.Thread(target=self._carry_out, daemon=True).start()
        finally:
            threading.stack_size(former)
        try:
            while not self._done.wait(TICK_SECONDS):
                tick()
            tick()
        except BaseException as reason:
            self._stop.set()
            if not self._done.wait(GRACE_SECONDS):
                _abandon(reason)
            raise
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]

    def _carry_out(self) -> None:
        try:
            self._result = self._work()
        except BaseException as error:
            traceback.clear_frames(error.__traceback__)
            self._error = error
        finally:
            self._done.set()


def _abandon(reason: BaseException) -> None:
    code = reason.code if isinstance(reason, SystemExit) and isinstance(reason.code, int) else 0
    if not _abandoned.is_set():
        _abandoned.set()
        atexit.register(_end_at_once, code)


def _end_at_once(code: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
