"""Trains on the training split and keeps the epoch that is best on the validation split."""

import copy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from dataset import Split, Splits
from enginebench_worker.models.digits import DigitsNetwork
from safetensors.torch import load_file
from torch import nn

SEED = 1
EPOCHS = 60
BATCH_SIZE = 64


@dataclass(frozen=True)
class Trained:
    network: DigitsNetwork
    parameter_count: int
    validation_accuracy: float


def train(splits: Splits) -> Trained:
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    network = DigitsNetwork()
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
    best = (-1.0, float("inf"), network.state_dict())
    for _ in range(EPOCHS):
        _train_epoch(network, optimizer, splits.train)
        schedule.step()
        accuracy, loss = _judge(network, splits.validation)
        if (accuracy, -loss) > (best[0], -best[1]):
            best = (accuracy, loss, copy.deepcopy(network.state_dict()))
    network.load_state_dict(best[2])
    return _judged(network, splits)


def trained_before(folder: Path, splits: Splits) -> Trained:
    """With the weights that the folder holds."""
    network = DigitsNetwork()
    network.load_state_dict(load_file(folder / "weights.safetensors"))
    return _judged(network, splits)


def _judged(network: DigitsNetwork, splits: Splits) -> Trained:
    accuracy, _ = _judge(network, splits.validation)
    return Trained(network, sum(parameter.numel() for parameter in network.parameters()), accuracy)


def _train_epoch(network: DigitsNetwork, optimizer: torch.optim.Optimizer, split: Split) -> None:
    network.train()
    pixels, labels = torch.from_numpy(split.pixels), torch.from_numpy(split.labels)
    for indices in torch.randperm(len(labels)).split(BATCH_SIZE):
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(pixels[indices]), labels[indices]).backward()
        optimizer.step()


@torch.inference_mode()
def _judge(network: DigitsNetwork, split: Split) -> tuple[float, float]:
    network.eval()
    logits = network(torch.from_numpy(split.pixels))
    loss = nn.functional.cross_entropy(logits, torch.from_numpy(split.labels)).item()
    return float(np.mean(logits.argmax(1).numpy() == split.labels)), loss
