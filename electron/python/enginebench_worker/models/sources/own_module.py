"""The user's own Python: a function that returns a module and an example of its input.

It is code, run only if every file has the bytes that the user trusted. What it does is contained as far as that helps
its author: what it prints goes to the log, and raising, exiting, forking, hanging or returning something else becomes
an error that says where. It is not a sandbox."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import random
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch

from enginebench_worker.errors import BenchError, Cancelled
from enginebench_worker.execution import EXIT_TERMINATED, Execution
from enginebench_worker.files import sha256_of
from enginebench_worker.models.sources.found import INSPECTION_SEED, Found, Stored, plain_preprocessing
from enginebench_worker.wire.commands import InspectSource, ResolveWeights
from enginebench_worker.wire.domain import ModelManifest, Weights
from enginebench_worker.wire.found_source import CodeFile, ModelSource
from enginebench_worker.wire.messages import WeightsResolved

KEYWORD = None
LIBRARIES = ()

ANSWERS_WITHIN_SECONDS = 300.0
_CORRECT_IT = "Correct the code; the log has what it printed and where it failed."
_RETURN = "Return the module and an example of its input: a float32 tensor [batch, channels, height, width]."


def describe(command: InspectSource, execution: Execution) -> Found:
    source = command.source
    execution.step("running the code")
    module, example = _made(source, command.code, INSPECTION_SEED)
    channels, height, width = _image_shape(example, source)
    if command.input_size is not None:
        height, width = command.input_size.height, command.input_size.width
    execution.step("running the code with another seed")
    seeded = _weights_sha256(module) != _weights_sha256(_made(source, command.code, INSPECTION_SEED + 1)[0])
    drawn = ("Its code draws its weights at random: they are seeded, and results say so.",) if seeded else ()
    said = "Its code does not say how images become its input: pixels are scaled to 0 to 1 and stretched."
    return Found(
        network=module,
        name=f"{Path(source.place).stem}.{source.factory}",
        class_name=type(module).__name__,
        task="custom",
        repository=source.place,
        input_name="images",
        channels=channels,
        height=height,
        width=width,
        preprocessing=plain_preprocessing(channels),
        assumptions=(said, *drawn),
    )


def network(stored: Stored, model: ModelManifest, folder: str, weights: Weights) -> torch.nn.Module:
    return _made(stored.source, stored.code, weights.seed)[0]


def resolve(stored: Stored, command: ResolveWeights, execution: Execution) -> WeightsResolved:
    if command.choice != "auto":
        message = f"The code of {command.model.name} makes its weights itself."
        raise BenchError("bad-usage", "load", message, "Leave out --weights.")
    execution.step("running the code")
    sha256 = _weights_sha256(_made(stored.source, stored.code, command.seed)[0])
    execution.step("running the code with another seed")
    if sha256 != _weights_sha256(_made(stored.source, stored.code, command.seed + 1)[0]):
        return WeightsResolved(command.id, "seeded", None, sha256, f"the code draws them: seed {command.seed}")
    return WeightsResolved(command.id, "own", None, sha256, "the code brings them")


class _TooLate(BaseException):
    pass


def _made(source: ModelSource, code: tuple[CodeFile, ...], seed: int) -> tuple[torch.nn.Module, Any]:
    """Module and example, by running the file anew."""
    file = Path(source.place)
    _require_trusted_bytes(code)
    for draw in (torch.manual_seed, random.seed, np.random.seed):
        draw(seed)
    with _contained(file):
        made = _factory(file, source)()
    if not isinstance(made, (tuple, list)) or len(made) != 2:
        raise _nonsense(source, f"returned {_kind_of(made)}")
    module, example = made
    if not isinstance(module, torch.nn.Module):
        raise _nonsense(source, f"returned {_kind_of(module)} where a torch.nn.Module belongs")
    if isinstance(example, (tuple, list)) and len(example) == 1:
        example = example[0]
    for name, parameter in module.named_parameters():
        if parameter.is_floating_point() and parameter.dtype != torch.float32:
            raise _nonsense(source, f'returned a module whose "{name}" is {parameter.dtype}, not float32')
    return module.to("cpu").eval(), example


def _factory(file: Path, source: ModelSource) -> Any:
    if str(file.parent) not in sys.path:
        sys.path.insert(0, str(file.parent))
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file.name} is not Python")
    loaded: ModuleType = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = loaded
    sys.dont_write_bytecode = True
    spec.loader.exec_module(loaded)
    factory = getattr(loaded, source.factory or "", None)
    if not callable(factory):
        functions = sorted(name for name, value in vars(loaded).items() if callable(value) and not name.startswith("_"))
        message = f"{file.name} has no function {source.factory}."
        raise BenchError("unknown-model", "load", message, f"Choose from: {', '.join(functions) or 'none'}.")
    return factory


def _require_trusted_bytes(code: tuple[CodeFile, ...]) -> None:
    for each in code:
        file = Path(each.file)
        if not file.is_file() or sha256_of(file) != each.sha256:
            message = f"{file.name} is not what you trusted: its bytes have changed."
            raise BenchError("untrusted-code", "load", message, "Read it, and choose the model again.")


@contextmanager
def _contained(file: Path) -> Iterator[None]:
    process, folder = os.getpid(), Path.cwd()

    def stop(*_: object) -> None:
        raise _TooLate

    has_alarm = hasattr(signal, "setitimer")
    before = signal.signal(signal.SIGALRM, stop) if has_alarm else None
    if has_alarm:
        signal.setitimer(signal.ITIMER_REAL, ANSWERS_WITHIN_SECONDS)
    try:
        yield
    except (BenchError, Cancelled):
        raise
    except _TooLate as error:
        message = f"The code of {file.name} did not return within {ANSWERS_WITHIN_SECONDS:g} s{_place(error, file)}."
        raise BenchError("model-code-failed", "load", message, _CORRECT_IT) from error
    except SystemExit as error:
        if error.code == EXIT_TERMINATED:
            raise
        message = f"The code of {file.name} ended the program (exit {error.code}){_place(error, file)}."
        raise BenchError("model-code-failed", "load", message, "Return from the function instead.") from error
    except ModuleNotFoundError as error:
        message = f"The code of {file.name} imports {error.name}, which is not installed{_place(error, file)}."
        remedy = f"Install it into the Python environment: {sys.executable} -m pip install PACKAGE."
        raise BenchError("model-code-failed", "load", message, remedy, error) from error
    except BaseException as error:
        if os.getpid() == process:
            traceback.print_exception(error)
        words = f"{type(error).__name__}: {error}".splitlines()[0]
        message = f"The code of {file.name} failed{_place(error, file)}: {words}."
        raise BenchError("model-code-failed", "load", message, _CORRECT_IT, error) from error
    finally:
        if os.getpid() != process:
            os._exit(0)  # a child that the code forked: it must not answer in this process's place
        if has_alarm:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        os.chdir(folder)
        torch.set_default_dtype(torch.float32)


def _place(error: BaseException, file: Path) -> str:
    """` at line 12`, the deepest line of the file on the way to the error; nothing if none is."""
    if isinstance(error, SyntaxError) and error.lineno is not None:
        return f" at line {error.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename) == file]
    return f" at line {lines[-1]}" if lines else ""


def _image_shape(example: object, source: ModelSource) -> tuple[int, int, int]:
    if isinstance(example, torch.Tensor):
        shape = tuple(example.shape)
        if len(shape) == 4 and shape[1] in (1, 3) and min(shape) > 0 and example.dtype == torch.float32:
            return shape[1], shape[2], shape[3]
        raise _nonsense(source, f"returned an example of {list(shape)} in {example.dtype}")
    if isinstance(example, (tuple, list, dict)):
        raise _nonsense(source, f"returned {len(example)} example inputs, and a module here takes one image tensor")
    raise _nonsense(source, f"returned {_kind_of(example)} as the example of its input")


def _nonsense(source: ModelSource, what: str) -> BenchError:
    message = f"{source.factory} in {Path(source.place).name} {what}."
    return BenchError("model-code-failed", "load", message, _RETURN)


def _kind_of(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, (tuple, list)):
        return f"{len(value)} values"
    return f"a {type(value).__name__}"


def _weights_sha256(module: torch.nn.Module) -> str:
    """Over all parameters and buffers, by name."""
    digest = hashlib.sha256()
    for name, tensor in sorted(module.state_dict().items()):
        if not isinstance(tensor, torch.Tensor):
            continue
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.detach().contiguous().view(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
