from __future__ import annotations

import pickle
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
import torch
from enginebench_worker.errors import BenchError, Cancelled
from enginebench_worker.execution import Execution
from enginebench_worker.files import sha256_of
from enginebench_worker.models import build_module
from enginebench_worker.models import weights as weights_module
from enginebench_worker.models.weights import read_package_file, resolve_weights
from enginebench_worker.wire.commands import ResolveWeights
from enginebench_worker.wire.domain import ModelManifest, Weights
from enginebench_worker.wire.messages import WeightsResolved
from enginebench_worker.wire.model_source import WeightsPackage
from safetensors.torch import save_file


@pytest.fixture
def hub_model(digits: ModelManifest) -> ModelManifest:
    return replace(digits, source=replace(digits.source, library="transformers", repository="example/none"))


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise OSError("Name or service not known")

    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", unreachable)


def command(model: ModelManifest, choice: Any, folder: Path | None = None) -> ResolveWeights:
    return ResolveWeights(1, model, str(folder or ""), choice, str(folder) if folder else None, 7)


def refusal(asked: ResolveWeights, execution: Execution) -> tuple[str, str]:
    with pytest.raises(BenchError) as caught:
        resolve_weights(asked, execution)
    return caught.value.record.code, caught.value.record.message


def test_seeded_weights_need_nothing(hub_model: ModelManifest, execution: Execution) -> None:
    assert resolve_weights(command(hub_model, "seeded"), execution) == WeightsResolved(
        1, "seeded", None, None, "seed 7 was asked for"
    )


def test_auto_falls_back_to_a_seed_and_says_why(hub_model: ModelManifest, execution: Execution, no_hub: None) -> None:
    assert resolve_weights(command(hub_model, "auto"), execution) == WeightsResolved(
        1, "seeded", None, None, "the hub could not be reached (OSError): seed 7 instead"
    )


def test_the_hub_alone_never_falls_back(hub_model: ModelManifest, execution: Execution, no_hub: None) -> None:
    code, message = refusal(command(hub_model, "hub"), execution)
    assert (code, message.endswith("the hub could not be reached (OSError).")) == ("weights-unavailable", True)


def test_a_hub_that_never_answers_is_given_up(
    hub_model: ModelManifest, execution: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    silence = threading.Event()
    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", lambda *_, **__: silence.wait())
    monkeypatch.setattr(weights_module, "HUB_ANSWERS_WITHIN_SECONDS", 0.2)
    resolved = resolve_weights(command(hub_model, "auto"), execution)
    silence.set()
    assert resolved.reason == "the hub did not answer within 0.2 s: seed 7 instead"


def test_cancelling_does_not_wait_for_the_hub(
    hub_model: ModelManifest, execution: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    silence = threading.Event()

    def ask(*_: object, **__: object) -> None:
        execution.cancel()
        silence.wait()

    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", ask)
    with pytest.raises(Cancelled):
        resolve_weights(command(hub_model, "auto"), execution)
    silence.set()


def test_a_model_of_our_own_has_its_weights_beside_it(
    digits: ModelManifest, digits_folder: Path, execution: Execution
) -> None:
    resolved = resolve_weights(command(digits, "auto", digits_folder), execution)
    sha256 = sha256_of(digits_folder / "weights.safetensors")
    assert resolved == WeightsResolved(1, "own", str(digits_folder), sha256, "the weights ship with the model")


def test_a_folder_is_taken_as_named(digits: ModelManifest, digits_folder: Path, execution: Execution) -> None:
    resolved = resolve_weights(command(digits, "folder", digits_folder), execution)
    assert (resolved.origin, resolved.folder) == ("folder", str(digits_folder))


def test_fault_32_a_folder_with_pickled_weights_is_refused_and_nothing_in_it_is_run(
    hub_model: ModelManifest, execution: Execution, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"

    class Payload:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return Path.touch, (canary,)

    folder = tmp_path / "weights"
    folder.mkdir()
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Payload()))
    code, message = refusal(command(hub_model, "folder", folder), execution)
    assert (code, "can run code" in message, canary.exists()) == ("weights-unavailable", True, False)


def test_the_same_seed_builds_the_same_module_and_another_seed_another(digits: ModelManifest) -> None:
    built = [build_module(digits, "", Weights("seeded", None, seed)).module.state_dict() for seed in (3, 3, 4)]
    same = [all(torch.equal(built[0][name], other[name]) for name in built[0]) for other in built[1:]]
    assert same == [True, False]


@pytest.mark.parametrize("change", ["shape", "missing", "not safetensors"])
def test_weights_that_do_not_fit_are_refused(digits: ModelManifest, tmp_path: Path, change: str) -> None:
    tensors = {name: tensor.clone() for name, tensor in _digits_tensors(digits).items()}
    if change == "shape":
        tensors["hidden.bias"] = torch.zeros(3)
    if change == "missing":
        del tensors["hidden.bias"]
    file = tmp_path / "weights.safetensors"
    save_file(tensors, file)
    if change == "not safetensors":
        file.write_bytes(b"\xff" * 100)
    with pytest.raises(BenchError) as caught:
        build_module(digits, "", Weights("folder", str(tmp_path), 1))
    assert caught.value.record.code == "weights-unavailable"


def _digits_tensors(digits: ModelManifest) -> dict[str, torch.Tensor]:
    state = build_module(digits, "", Weights("seeded", None, 1)).module.state_dict()
    return {name.removeprefix("network."): tensor for name, tensor in state.items()}


def test_fault_32_a_pickle_under_the_name_of_safetensors_is_refused_and_nothing_in_it_is_run(
    digits: ModelManifest, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"

    class Payload:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return Path.touch, (canary,)

    (tmp_path / "model.safetensors").write_bytes(pickle.dumps(Payload()))
    with pytest.raises(BenchError) as caught:
        build_module(digits, "", Weights("folder", str(tmp_path), 1))
    assert (caught.value.record.code, canary.exists()) == ("weights-unavailable", False)


@pytest.fixture
def packaged(digits: ModelManifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelManifest:
    """A model whose weights an installed package brings."""
    installed = tmp_path / "site-packages"
    (installed / "tiny_weights").mkdir(parents=True)
    file = installed / "tiny_weights" / "tiny.pth"
    torch.save({"weight": torch.ones(2)}, file)
    information = installed / "tiny_weights-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-weights\nVersion: 1.0\n", "utf-8")
    monkeypatch.syspath_prepend(str(installed))
    package = WeightsPackage("tiny-weights", "1.0", "tiny_weights/tiny.pth", sha256_of(file))
    return replace(digits, source=replace(digits.source, library="built-in", package=package))


def package_of(model: ModelManifest) -> WeightsPackage:
    assert model.source.package is not None
    return model.source.package


@pytest.mark.parametrize("choice", ["auto", "hub"])
def test_the_weights_of_a_package_are_found_where_it_is_installed(
    packaged: ModelManifest, execution: Execution, choice: str
) -> None:
    resolved = resolve_weights(command(packaged, choice), execution)
    assert (resolved.origin, resolved.sha256, resolved.reason) == (
        "package",
        package_of(packaged).sha256,
        "tiny-weights 1.0, whose hash the manifest pins",
    )
    file = str(Path(resolved.folder or "") / "tiny.pth")
    assert torch.equal(read_package_file(file, packaged)["weight"], torch.ones(2))


def test_a_package_whose_file_has_another_hash_is_refused(packaged: ModelManifest, execution: Execution) -> None:
    other = replace(packaged, source=replace(packaged.source, package=replace(package_of(packaged), sha256="0" * 64)))
    assert refusal(command(other, "auto"), execution) == (
        "weights-unavailable",
        "tiny.pth is not the file that the manifest describes: its hash differs.",
    )


def absent(model: ModelManifest) -> ModelManifest:
    return replace(model, source=replace(model.source, package=replace(package_of(model), name="absent-weights")))


def test_without_the_package_a_seed_is_taken_only_where_any_weights_will_do(
    packaged: ModelManifest, execution: Execution
) -> None:
    assert resolve_weights(command(absent(packaged), "auto"), execution) == WeightsResolved(
        1, "seeded", None, None, "the package absent-weights 1.0 is not installed: seed 7 instead"
    )
    assert refusal(command(absent(packaged), "hub"), execution)[1].endswith(
        "come with the package absent-weights 1.0, which is not installed."
    )
