"""Speaks to a real worker process as the supervisor does: commands on stdin, messages on descriptor 3."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

WORKER = Path(__file__).resolve().parents[3] / "electron" / "python" / "worker.py"

Message = dict[str, Any]


class WorkerClient:
    """Waits for messages, never for time: `patience` seconds are only how long a broken worker may hold up a test."""

    def __init__(self, interpreter: str = sys.executable, environment: Mapping[str, str] | None = None) -> None:
        self._reader, writer = os.pipe()
        bootstrap = f"import os,sys; os.dup2({writer}, 3); os.execv(sys.argv[1], sys.argv[1:])"
        if writer == 3:
            bootstrap = "import os,sys; os.set_inheritable(3, True); os.execv(sys.argv[1], sys.argv[1:])"
        command = [interpreter, "-I", "-u", str(WORKER), "--protocol-fd", "3"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", bootstrap, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(writer,),
            env={**os.environ, "OMP_NUM_THREADS": "2", "OMP_WAIT_POLICY": "PASSIVE", **(environment or {})},
        )
        os.close(writer)
        self._pending = b""
        self._next_id = 0
        self.hello = self.read()

    def write_line(self, line: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def send(self, command: str, **parameters: Any) -> int:
        self._next_id += 1
        self.write_line(json.dumps({"command": command, "id": self._next_id, **parameters}).encode())
        return self._next_id

    def signal_only(self, command: str) -> None:
        self.write_line(json.dumps({"command": command}).encode())

    def ask(self, command: str, patience: float = 60, **parameters: Any) -> Message:
        return self.answer_to(self.send(command, **parameters), patience)

    def answer_to(self, command_id: int, patience: float = 60) -> Message:
        while True:
            message = self.read(patience)
            if message.get("id") == command_id and message["message"] != "progress":
                return message

    def read(self, patience: float = 60) -> Message:
        while b"\n" not in self._pending:
            ready, _, _ = select.select([self._reader], [], [], patience)
            assert ready, f"the worker said nothing for {patience} s"
            chunk = os.read(self._reader, 1 << 20)
            assert chunk, f"the worker ended: {self.log()}"
            self._pending += chunk
        line, self._pending = self._pending.split(b"\n", 1)
        return json.loads(line)

    def log(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.read().decode(errors="replace")

    def wait(self, patience: float = 10) -> int:
        return self.process.wait(patience)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        for opened in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                if opened is not None:
                    opened.close()
        with contextlib.suppress(OSError):
            os.close(self._reader)
