"""Rows of results on disk, one JSON object a line, a file a part. The folder is unfinished work that its reader makes a
whole of or throws away, so a part is not synced. Numbers that are not finite are an error of the model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from enginebench_worker.errors import BenchError
from enginebench_worker.video.decode import Frame
from enginebench_worker.video.postprocess import Rows


class PartWriter:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._frames: list[str] = []
        self._results: list[str] = []

    def add(self, frame: Frame, rows: Rows) -> None:
        key = {"frame": frame.index, "timeS": frame.time_s}
        self._frames.append(_line({**key, "results": len(rows)}))
        self._results.extend(_line({**key, **row}) for row in rows)

    def write(self, part: int) -> int:
        """Gives how many results the part holds; nothing is written of a part without a frame."""
        count = len(self._results)
        if self._frames:
            self._folder.mkdir(parents=True, exist_ok=True)
            for name, lines in (("frames", self._frames), ("results", self._results)):
                (self._folder / f"{name}-{part:06d}.ndjson").write_text("".join(lines), encoding="utf-8")
        self._frames, self._results = [], []
        return count


def _line(row: dict[str, Any]) -> str:
    try:
        return json.dumps(row, allow_nan=False, separators=(",", ":")) + "\n"
    except ValueError as error:
        raise BenchError(
            "inference-failed",
            "measure",
            f"The model gave values that are not finite on frame {row['frame']}.",
            "Use another precision for this model, or another engine.",
            error,
        ) from error
