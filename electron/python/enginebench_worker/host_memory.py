"""The kind of host memory that is copied to and from a GPU: page-locked (pinned) for every backend that allows it.

The batch is copied into one page-locked buffer, from there to the GPU; outputs take the same way back and are then
copied, since the next query overwrites the buffer. All of it is timed. Pageable memory saves these copies, but the
driver then makes its own, in pieces, while the host waits."""

from __future__ import annotations

from enginebench_worker.errors import BenchError
from enginebench_worker.wire.domain import WorkerCase

OPTION = "hostMemory"
_KINDS = ("pinned", "pageable")
OPTION_SCHEMA: dict[str, object] = {
    "type": "string",
    "enum": list(_KINDS),
    "default": _KINDS[0],
    "title": "Host memory that is copied to and from a GPU",
}


def is_pinned(case: WorkerCase) -> bool:
    kind = case.options.get(OPTION, _KINDS[0])
    if kind not in _KINDS:
        message = f"There is no kind of host memory {kind!r}."
        raise BenchError("bad-usage", "load", message, f"Set {OPTION} to one of {', '.join(_KINDS)}.")
    return kind == "pinned"


def in_words(pinned: bool) -> str:
    return f"host memory of copies = {'pinned' if pinned else 'pageable'}"
