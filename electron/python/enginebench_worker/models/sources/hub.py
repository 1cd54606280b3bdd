"""A repository at the Hugging Face hub: what it holds, at which commit, and copies of its small files."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from enginebench_worker.errors import BenchError
from enginebench_worker.execution import Execution
from enginebench_worker.models import weights
from enginebench_worker.models.weights import INDEX_FILE, WEIGHTS_FILE, HubUnavailable, from_hub, in_thread
from enginebench_worker.wire.found_source import ModelSource

_NEWEST = "main"


@dataclass(frozen=True)
class HubRepository:
    files: tuple[str, ...]
    commit: str
    weights_file: str | None
    licence: str | None
    notes: tuple[str, ...]


def hub_repository(source: ModelSource, names: tuple[str, ...], folder: Path, execution: Execution) -> HubRepository:
    """Copies those of `names` that it holds into `folder`."""
    try:
        found = _asked(source, execution)
        for name in names:
            if name in found.files:
                shutil.copyfile(from_hub(source.place, found.commit, name, execution), folder / name)
        return found
    except HubUnavailable as error:
        kept = _kept(source, names, str(error))
        if kept is None:
            message = f"hf:{source.place} cannot be read: {error}."
            remedy = "Check the name, the revision and the network; or name a folder that holds the model."
            raise BenchError("weights-unavailable", "load", message, remedy, error.__cause__) from error
        snapshot, found = kept
        for name in names:
            if name in found.files:
                shutil.copyfile(snapshot / name, folder / name)
        return found


def _asked(source: ModelSource, execution: Execution) -> HubRepository:
    import huggingface_hub

    limit = weights.HUB_ANSWERS_WITHIN_SECONDS
    execution.step("asking the hub for the model")
    api = huggingface_hub.HfApi()
    info = in_thread(
        lambda: api.model_info(source.place, revision=source.revision, timeout=limit),
        execution,
        2 * limit,
    )
    files = tuple(sibling.rfilename for sibling in info.siblings or ())
    licence = getattr(info.card_data, "license", None)
    return HubRepository(files, info.sha, _weights_file(files), licence if isinstance(licence, str) else None, ())


def _kept(source: ModelSource, names: tuple[str, ...], why: str) -> tuple[Path, HubRepository] | None:
    """An earlier download of the same revision; None if there is none."""
    import huggingface_hub

    known = huggingface_hub.try_to_load_from_cache(source.place, names[0], revision=source.revision or _NEWEST)
    if not isinstance(known, str):
        return None
    snapshot = Path(known).parent
    files = tuple(each.name for each in snapshot.iterdir())
    note = f"The hub was not asked ({why}): commit {snapshot.name[:12]} from an earlier download is used."
    return snapshot, HubRepository(files, snapshot.name, _weights_file(files), None, (note,))


def _weights_file(files: tuple[str, ...]) -> str | None:
    return next((name for name in (WEIGHTS_FILE, INDEX_FILE) if name in files), None)
