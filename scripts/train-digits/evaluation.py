"""Accuracy by precision on the test split, with ONNX Runtime on the CPU, compared with the PyTorch network."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from dataset import Split
from enginebench_worker.models.digits import DigitsNetwork
from scipy.stats import binomtest


@dataclass(frozen=True)
class Result:
    precision: str
    correct: int
    total: int
    accuracy: float
    #: 95 % Wilson interval, 0..1
    low: float
    high: float
    cosine_min: float
    max_abs_error: float
    agreement: float
    size_bytes: int


def evaluate_all(network: DigitsNetwork, test: Split, folder: Path) -> list[Result]:
    with torch.inference_mode():
        reference = network(torch.from_numpy(test.pixels)).numpy()
    return [_evaluate(precision, reference, test, folder) for precision in ("fp32", "fp16", "int8")]


def _evaluate(precision: str, reference: np.ndarray, test: Split, folder: Path) -> Result:
    file = folder / f"{precision}.onnx"
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    logits = session.run(None, {session.get_inputs()[0].name: test.pixels})[0]
    correct = int((logits.argmax(1) == test.labels).sum())
    total = len(test.labels)
    interval = binomtest(correct, total).proportion_ci(0.95, method="wilson")
    norms = np.linalg.norm(reference, axis=1) * np.linalg.norm(logits, axis=1)
    return Result(
        precision=precision,
        correct=correct,
        total=total,
        accuracy=correct / total,
        low=interval.low,
        high=interval.high,
        cosine_min=float(((reference * logits).sum(1) / norms).min()),
        max_abs_error=float(np.abs(reference - logits).max()),
        agreement=float((reference.argmax(1) == logits.argmax(1)).mean()),
        size_bytes=file.stat().st_size,
    )
