"""How much memory an engine needs, as the builder's log says it at the end: the only place without a GPU."""

from __future__ import annotations

import re
from collections.abc import Sequence

from enginebench_worker.wire.domain import Bytes

_ACTIVATION = re.compile(r"Total Activation Memory: (\d+)")
_WEIGHTS = re.compile(r"Total Weights Memory: (\d+)")


def activation_bytes(lines: Sequence[str]) -> Bytes:
    return _last(_ACTIVATION, lines, "the builder's log does not tell the activation memory")


def weight_bytes(lines: Sequence[str]) -> Bytes:
    return _last(_WEIGHTS, lines, "the builder's log does not tell the weights memory")


def _last(pattern: re.Pattern[str], lines: Sequence[str], reason: str) -> Bytes:
    found = [int(match[1]) for line in lines if (match := pattern.search(line))]
    return Bytes(found[-1]) if found else Bytes(None, reason)
