"""Ends this process when it is no longer needed: its parent died, its commands ended, or it got SIGTERM."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from types import FrameType

from enginebench_worker.execution import EXIT_TERMINATED

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Linux only: the kernel kills this process when the thread that started it ends. Elsewhere end of input does."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def unwind_on_termination() -> None:
    """SIGTERM raises SystemExit in the main thread, so that half-written files are removed on the way out."""

    def unwind(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(EXIT_TERMINATED)

    signal.signal(signal.SIGTERM, unwind)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def exit_after(grace_seconds: float) -> None:
    """Ends the process when the grace period is over, whatever a native call is doing."""
    timer = threading.Timer(grace_seconds, os._exit, args=(0,))
    timer.daemon = True
    timer.start()
