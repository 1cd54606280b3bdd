"""One array of an .npz archive as an .npy file. Opens no pickle: an array of objects is refused."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.files import written_whole
from enginebench_worker.wire.commands import UnpackArray
from enginebench_worker.wire.messages import ArrayUnpacked


def unpack_array(command: UnpackArray, execution: Execution) -> ArrayUnpacked:
    file = Path(command.file)
    execution.step(f"reading {file.name}")
    try:
        with np.load(file, allow_pickle=False) as archive:
            name = _named(file, command.array, list(archive.files))
            values = np.ascontiguousarray(archive[name])
    except (OSError, EOFError, ValueError, BadZipFile, AttributeError) as error:
        raise _unusable(file, str(error).strip().splitlines()[0][:200] if str(error) else "it is no archive") from error
    with written_whole(Path(command.out_file)) as temporary, temporary.open("wb") as output:
        np.save(output, values, allow_pickle=False)
    return ArrayUnpacked(command.id, values.shape)


def _named(file: Path, wanted: str | None, names: list[str]) -> str:
    if wanted in names:
        return str(wanted)
    if wanted is None and len(names) == 1:
        return names[0]
    known = ", ".join(names[:8]) or "nothing"
    if wanted is None:
        raise _unusable(file, f"it holds several arrays ({known}), and none is named")
    raise _unusable(file, f'it holds no "{wanted}", only {known}')


def _unusable(file: Path, why: str) -> BenchError:
    message = f"{file} cannot be used as an array: {why}."
    remedy = "Save it as .npy, .npz or .safetensors, and name the array as FILE#NAME where a file holds several."
    return BenchError("input-mismatch", "inputs", message, remedy)
