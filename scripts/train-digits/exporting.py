"""Writes the trained network as safetensors and as ONNX in FP32, FP16 and INT8, each checked after it is written."""

import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from enginebench_worker.models.digits import DigitsNetwork
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from onnxruntime.transformers.float16 import convert_float_to_float16
from onnxruntime.transformers.onnx_model import OnnxModel
from safetensors.torch import save_file

OPSET = 17
CALIBRATION_IMAGES = 512
INPUT_NAME = "pixels"
OUTPUT_NAME = "logits"


def export_all(network: DigitsNetwork, calibration_pixels: np.ndarray, folder: Path) -> None:
    weights = {name: tensor.contiguous() for name, tensor in network.state_dict().items()}
    save_file(weights, folder / "weights.safetensors")
    (folder / "weights.safetensors").chmod(0o644)
    _export_fp32(network, folder / "fp32.onnx")
    _export_fp16(folder / "fp32.onnx", folder / "fp16.onnx")
    _export_int8(folder / "fp32.onnx", folder / "int8.onnx", calibration_pixels[:CALIBRATION_IMAGES])
    for name in ("fp32", "fp16", "int8"):
        _check(folder / f"{name}.onnx")


def _export_fp32(network: DigitsNetwork, file: Path) -> None:
    # The TorchScript exporter keeps the requested opset; the newer one writes 18 if asked for less.
    torch.onnx.export(
        network,
        (torch.zeros(2, 1, 8, 8),),
        file,
        dynamo=False,
        opset_version=OPSET,
        input_names=[INPUT_NAME],
        output_names=[OUTPUT_NAME],
        dynamic_axes={INPUT_NAME: {0: "batch"}, OUTPUT_NAME: {0: "batch"}},
    )


def _export_fp16(source: Path, file: Path) -> None:
    model = OnnxModel(convert_float_to_float16(onnx.load(source), keep_io_types=True))
    model.topological_sort()  # the converter appends its casts at the end, which the checker refuses
    onnx.save(model.model, file)


class _CalibrationReader(CalibrationDataReader):
    def __init__(self, pixels: np.ndarray) -> None:
        self._batches = iter(np.array_split(pixels, 8))

    def get_next(self) -> dict[str, np.ndarray] | None:
        batch = next(self._batches, None)
        return None if batch is None else {INPUT_NAME: batch}


def _export_int8(source: Path, file: Path, calibration_pixels: np.ndarray) -> None:
    """Static, symmetric, weights per channel: zero points are 0, as engines that read Q/DQ nodes require. Weights keep
    to 7 bits, so that no processor saturates and this file gives the same logits on each."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(source), str(prepared))
        quantize_static(
            str(prepared),
            str(file),
            _CalibrationReader(calibration_pixels),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["Conv", "Gemm", "MatMul"],
            extra_options={"ActivationSymmetric": True, "WeightSymmetric": True},
        )


def _check(file: Path) -> None:
    onnx.checker.check_model(str(file), full_check=True)
    opset = next(entry.version for entry in onnx.load(file).opset_import if entry.domain in ("", "ai.onnx"))
    if opset != OPSET:
        raise RuntimeError(f"{file.name} has opset {opset}, not {OPSET}")
