from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from enginebench_worker.torch_engine.export_check import CheckedGraph, ask_module, difference_share
from enginebench_worker.torch_engine.exporters import ExportRefused
from torch import nn


class Chooser(nn.Module):
    """Chooses the best 4 of 36 places, as detectors do, and adds the mean of all of them to what it says of each. Many
    places score the same."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.places = nn.Conv2d(3, 8, 2, 2)
        self.scores = nn.Linear(8, 2)
        self.says = nn.Linear(8, 5)

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor]:
        places = self.places(images).flatten(2).transpose(1, 2)
        unused = places.sum(-1).topk(3, dim=1).values.sum()
        scores = (self.scores(places).max(-1).values * 8).round() / 8
        best = torch.topk(scores, 4, dim=1).indices
        chosen = places.gather(1, best.unsqueeze(-1).expand(-1, -1, places.shape[-1]))
        del unused
        return (self.says(chosen + places.mean(1, keepdim=True)),)


IMAGES = np.random.default_rng(1).random((3, 3, 12, 12), dtype=np.float32)


def exported(module: nn.Module, file: Path, **options: Any) -> Path:
    axes = {"images": {0: "batch"}, "answers": {0: "batch"}}
    with torch.inference_mode():
        torch.onnx.export(
            module,
            (torch.from_numpy(IMAGES[:2]),),
            str(file),
            **{
                **{"dynamo": False, "opset_version": 17, "input_names": ["images"], "output_names": ["answers"]},
                **{"dynamic_axes": axes, **options},
            },
        )
    return file


def refusal(module: nn.Module, file: Path) -> str | None:
    """Why the graph is refused for the module; None if it counts."""
    try:
        graph = CheckedGraph(file, "images", ("answers",))
        for count in (1, 3):
            graph.compare(ask_module(module, IMAGES[:count]))
    except ExportRefused as error:
        return str(error)
    return None


def changed(file: Path, change: Any) -> Path:
    model = onnx.load(str(file))
    change(model.graph)
    onnx.save(model, str(file))
    return file


def test_a_right_graph_counts_although_it_dropped_a_choice_that_nothing_uses(tmp_path: Path) -> None:
    module = Chooser()
    file = exported(module, tmp_path / "right.onnx")
    assert [node.op_type for node in onnx.load(str(file)).graph.node].count("TopK") == 1
    assert len(ask_module(module, IMAGES[:1]).choices) == 2
    assert refusal(module, file) is None


def test_rounding_that_swaps_neighbours_is_no_difference(tmp_path: Path) -> None:
    """The graph's scores are moved by less than is allowed and by more than what divides some of them."""
    module = Chooser()
    file = exported(module, tmp_path / "swapped.onnx")
    generator = np.random.default_rng(2)

    def nudge(graph: onnx.GraphProto) -> None:
        (chooses,) = [node for node in graph.node if node.op_type == "TopK"]
        noise = (generator.random(36, dtype=np.float32) - 0.5) * 1e-5
        graph.initializer.append(onnx.numpy_helper.from_array(noise, "noise"))
        add = onnx.helper.make_node("Add", [chooses.input[0], "noise"], ["noisy"])
        graph.node.insert(list(graph.node).index(chooses), add)
        chooses.input[0] = "noisy"

    same = np.array_equal(
        CheckedGraph(changed(file, nudge), "images", ("answers",)).run(IMAGES)[0],
        ask_module(module, IMAGES).outputs[0],
    )
    assert (same, refusal(module, file)) == (False, None)


def test_wrong_scores_are_found_before_the_choice(tmp_path: Path) -> None:
    module = Chooser()
    file = exported(module, tmp_path / "scores.onnx")
    with torch.no_grad():
        module.scores.weight[0, 0] += 3.0
    assert (refusal(module, file) or "").startswith("the scores of choice 1 is off by")


def test_what_follows_the_choice_is_found_with_pytorchs_own_choice(tmp_path: Path) -> None:
    module = Chooser()
    file = exported(module, tmp_path / "after.onnx")
    with torch.no_grad():
        module.says.weight[0, 0] += 0.05
    assert (refusal(module, file) or "").startswith("output answers is off by")


def test_scores_that_only_rounding_tells_apart_show_nothing(tmp_path: Path) -> None:
    module = Chooser()
    with torch.no_grad():
        module.scores.weight.mul_(1e-8)
        module.scores.bias.fill_(1.0)
    file = exported(module, tmp_path / "alike.onnx")
    assert (refusal(module, file) or "").startswith("the scores of choice 1 hardly differ")


def test_a_choice_of_another_kind_is_no_match(tmp_path: Path) -> None:
    def change(graph: onnx.GraphProto) -> None:
        (chooses,) = [node for node in graph.node if node.op_type == "TopK"]
        (attribute,) = [each for each in chooses.attribute if each.name == "largest"]
        attribute.i = 0

    file = changed(exported(Chooser(), tmp_path / "kind.onnx"), change)
    assert refusal(Chooser(), file) == (
        "its graph chooses the highest scores 1 times and PyTorch 2 times, in other ways"
    )


def test_a_batch_that_was_baked_in_is_found_at_batch_1(tmp_path: Path) -> None:
    module = Chooser()
    file = exported(module, tmp_path / "baked.onnx", dynamic_axes={})
    assert (refusal(module, file) or "").startswith("its graph does not run at batch 1, 12 x 12 pixels: ")


@pytest.mark.parametrize(
    ("found", "expected", "share"),
    [
        ([1.0, 2.0], [1.0, 2.0], 0.0),
        ([1.0, 2.5], [1.0, 2.0], 0.5),
        ([1.0, np.inf], [1.0, np.inf], 0.0),
        ([1.0, 2.0], [1.0, np.inf], np.inf),
        ([np.inf, 1.0], [-np.inf, 1.0], np.inf),
        ([np.nan, 1.0], [np.nan, 1.0], 0.0),
        ([3.0, 3.003], [3.0, 3.0], 0.1),
        ([3.0, 3.0], [3.0, 3.01], 0.01 / 0.0301),
        ([0.0, 0.1], [0.0, 0.0], np.inf),
    ],
)
def test_differences_are_shares_of_the_range(found: list[float], expected: list[float], share: float) -> None:
    assert difference_share(np.array(found), np.array(expected)) == pytest.approx(share)


def test_whole_numbers_are_equal_or_not() -> None:
    assert difference_share(np.array([1, 2]), np.array([1, 2])) == 0.0
    assert difference_share(np.array([1, 3]), np.array([1, 2])) == np.inf
