"""Runs a network once with one image and once with two, and tells what it puts out and whether it takes batches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from enginebench_worker.errors import BenchError
from enginebench_worker.models.sources.found import Found
from enginebench_worker.wire.found_source import SourceOutput

_NUMBERED = "output_"


class ChosenOutputs(torch.nn.Module):
    """The chosen outputs of a network that answers with a tensor, several, or several by name, as a tuple."""

    def __init__(self, network: torch.nn.Module, names: tuple[str, ...], keyword: str | None) -> None:
        super().__init__()
        self.network = network
        self.names = names
        self.keyword = keyword

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, ...]:
        answer = self.network(images) if self.keyword is None else self.network(**{self.keyword: images})
        if isinstance(answer, torch.Tensor):
            return (answer,)
        if isinstance(answer, (tuple, list)):
            return tuple(answer[int(name.removeprefix(_NUMBERED))] for name in self.names)
        return tuple(answer[name] for name in self.names)


def probed(found: Found, wanted: tuple[str, ...] | None) -> tuple[tuple[SourceOutput, ...], Any]:
    """The outputs for one image, and how they are postprocessed."""
    network = found.network.eval()
    named = _run(network, found, 1)
    chosen = _chosen(found, named, wanted)
    pair = _run(network, found, 2)
    for name in chosen:
        one, two = (tuple(outputs[name].shape) for outputs in (named, pair))
        if one[:1] != (1,) or two[:1] != (2,) or one[1:] != two[1:]:
            message = f'Output "{name}" of {found.name} is {list(one)} for one image and {list(two)} for two.'
            remedy = "Return one row for each image, or choose others with --outputs."
            raise BenchError("bad-model-file", "load", message, remedy)
    outputs = tuple(SourceOutput(name, tuple(named[name].shape)) for name in chosen)
    return outputs, _postprocessing(found, outputs)


def _postprocessing(found: Found, outputs: tuple[SourceOutput, ...]) -> str:
    is_one_row = len(outputs[0].shape) == 2
    if found.task == "image-classification" and is_one_row:
        return "top-1"
    if found.task == "image-embedding" and is_one_row:
        return "embedding"
    names = tuple(output.name for output in outputs)
    return "set-detection" if found.detects_by_softmax and names == ("logits", "pred_boxes") else "none"


def _chosen(found: Found, named: Mapping[str, torch.Tensor], wanted: tuple[str, ...] | None) -> tuple[str, ...]:
    if wanted is not None:
        unknown = [name for name in wanted if name not in named]
        if unknown:
            message = f'{found.name} has no output "{unknown[0]}" of floating-point numbers.'
            raise BenchError("bad-usage", "load", message, f"Choose from: {', '.join(named)}.")
        return wanted
    for group in found.preferred:
        if all(name in named for name in group):
            return group
    return tuple(named)


def _run(network: torch.nn.Module, found: Found, batch_size: int) -> dict[str, torch.Tensor]:
    shape = (batch_size, found.channels, found.height, found.width)
    images = torch.rand(shape, generator=torch.Generator().manual_seed(1))
    try:
        with torch.inference_mode():
            answer = network(images) if found.keyword is None else network(**{found.keyword: images})
    except Exception as error:  # a network raises whatever it likes
        message = f"{found.name} cannot run on {batch_size} image(s) of {found.channels}x{found.height}x{found.width}."
        remedy = "Name a size that it takes, e.g. --input-size 224; the log has what it said."
        raise BenchError("input-mismatch", "load", message, remedy, f"{type(error).__name__}: {error}") from error
    named = {name: value for name, value in _named(answer, found.only_output).items() if value.is_floating_point()}
    if not named:
        message = f"{found.name} returns {_kind_of(answer)}, which holds no tensor of floating-point numbers."
        raise BenchError(
            "bad-model-file", "load", message, "Return a tensor, a tuple of tensors, or a dict of tensors."
        )
    return named


def _named(answer: object, only: str) -> dict[str, torch.Tensor]:
    if isinstance(answer, torch.Tensor):
        return {only: answer}
    if isinstance(answer, Mapping):
        return {str(name): value for name, value in answer.items() if isinstance(value, torch.Tensor)}
    if isinstance(answer, (tuple, list)):
        values = {f"{_NUMBERED}{place}": value for place, value in enumerate(answer)}
        return {name: value for name, value in values.items() if isinstance(value, torch.Tensor)}
    return {}


def _kind_of(answer: object) -> str:
    return "nothing" if answer is None else f"a {type(answer).__name__}"
