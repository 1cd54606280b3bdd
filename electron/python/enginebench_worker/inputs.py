"""Decodes and preprocesses images once, into one float32 .npy that every worker of a run maps.

A broken file is skipped with its reason, and counts add up: every file looked at is either used or skipped; looking
stops at the limit. Written whole or not at all. Rows are streamed to disk, so memory holds one image at a time."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import numpy as np

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.files import sha256_of, written_whole
from enginebench_worker.images import UnreadableImage, decode
from enginebench_worker.preprocessing import preprocess
from enginebench_worker.wire.commands import PrepareInputs
from enginebench_worker.wire.domain import SkippedFile
from enginebench_worker.wire.messages import InputsPrepared


def prepare_inputs(command: PrepareInputs, execution: Execution) -> InputsPrepared:
    if not command.files:
        raise BenchError("no-images", "inputs", "There are no images to prepare.", "Name a folder that holds images.")
    target = Path(command.out_file)
    image_shape = (command.model.input.channels, command.height, command.width)
    used: list[str] = []
    skipped: list[SkippedFile] = []
    with written_whole(target) as temporary, temporary.open("wb+") as output:
        header_length = _write_header(output, (command.limit, *image_shape))
        for file in command.files:
            if len(used) == command.limit:
                break
            _append(command, file, output, used, skipped)
            done = min(1.0, len(used) / min(command.limit, len(command.files)))
            execution.step(f"prepared {len(used)} images", done)
        if not used:
            raise _none_readable(skipped)
        output.seek(0)
        if _write_header(output, (len(used), *image_shape)) != header_length:
            raise AssertionError("the array's header changed its length")
    return InputsPrepared(command.id, (len(used), *image_shape), sha256_of(target), tuple(used), tuple(skipped))


def _append(command: PrepareInputs, file: str, output: BinaryIO, used: list[str], skipped: list[SkippedFile]) -> None:
    try:
        image = decode(Path(file), command.model.input.channels)
    except (UnreadableImage, OSError) as error:
        skipped.append(SkippedFile(file, str(error)))
        return
    output.write(preprocess(image, command.model.preprocessing, command.height, command.width).tobytes())
    used.append(file)


def _write_header(output: BinaryIO, shape: tuple[int, ...]) -> int:
    """NumPy pads a header so that the first number can grow in place: any count up to the limit fits."""
    header = {"descr": np.lib.format.dtype_to_descr(np.dtype("<f4")), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(output, header)
    return output.tell()


def _none_readable(skipped: list[SkippedFile]) -> BenchError:
    first = skipped[0]
    message = f"None of {len(skipped)} images could be read; {Path(first.file).name}: {first.reason}."
    return BenchError("no-readable-images", "inputs", message, "Use JPEG, PNG, WebP, BMP or TIFF images.")
