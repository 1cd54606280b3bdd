"""Writes models/digits/model.json with the hashes of the exported files, and the README with the figures found."""

import hashlib
import json
from pathlib import Path

from dataset import CALIBRATION_FILE, SHEET_COLUMNS, THUMBNAIL_PIXELS, Splits
from evaluation import Result
from exporting import CALIBRATION_IMAGES, INPUT_NAME, OPSET, OUTPUT_NAME
from training import EPOCHS, Trained

DATA_LICENCE = "CC-BY-4.0"


def write_manifest(folder: Path, parameter_count: int) -> None:
    manifest = {
        "id": "digits",
        "name": "Digits",
        "task": "image-classification",
        "source": {
            "library": "own",
            "repository": "models/digits",
            "revision": None,
            "weightsFile": "weights.safetensors",
        },
        "licence": {
            "model": "Apache-2.0",
            "weights": "Apache-2.0",
            "note": f"Trained on the Optical Recognition of Handwritten Digits data (E. Alpaydin, C. Kaynak, 1998; {DATA_LICENCE}) as scikit-learn distributes it.",
        },
        "parameterCount": parameter_count,
        "input": {
            "name": INPUT_NAME,
            "dtype": "float32",
            "channels": 1,
            "height": 8,
            "width": 8,
            "dynamicSize": False,
            "sizeMultiple": 8,
        },
        "outputs": [OUTPUT_NAME],
        "preprocessing": {
            "resize": "none",
            "interpolation": "bilinear",
            "centerCrop": False,
            "padValue": 0,
            "rescale": 1,
            "mean": [0.0],
            "standardDeviation": [1.0],
        },
        "postprocessing": "top-1",
        "optimizationProfile": {"min": 1, "opt": 8, "max": 256},
        "defaultOpset": OPSET,
        "parityTolerance": {
            "fp32": {"cosinePass": 0.99999, "cosineWarn": 0.9999, "maxAbsPass": 0.001},
            "tf32": {"cosinePass": 0.9999, "cosineWarn": 0.999, "maxAbsPass": None},
            "fp16": {"cosinePass": 0.999, "cosineWarn": 0.99, "maxAbsPass": None},
            "bf16": {"cosinePass": 0.995, "cosineWarn": 0.98, "maxAbsPass": None},
            "int8": {"cosinePass": 0.99, "cosineWarn": 0.95, "maxAbsPass": None},
            "fp8": {"cosinePass": 0.99, "cosineWarn": 0.95, "maxAbsPass": None},
            "int4-weights": {"cosinePass": 0.99, "cosineWarn": 0.95, "maxAbsPass": None},
        },
        "keepInFp32": [],
        "backends": [
            "onnxruntime-node",
            "torch-eager",
            "torch-compile",
            "torch-cudagraph",
            "onnxruntime",
            "tensorrt",
            "tensorrt-rtx",
            "onnxruntime-tensorrt",
            "openvino",
        ],
        "artifacts": [
            {
                "kind": "onnx",
                "precision": precision,
                "file": f"{precision}.onnx",
                "sha256": hashlib.sha256((folder / f"{precision}.onnx").read_bytes()).hexdigest(),
                "opset": OPSET,
            }
            for precision in ("fp32", "fp16", "int8")
        ],
        "evaluation": {
            "inputsFile": "test-inputs.npy",
            "labelsFile": "test-labels.npy",
            "thumbnails": "test-thumbnails.png",
            "licence": DATA_LICENCE,
        },
        "calibration": {"inputsFile": CALIBRATION_FILE, "licence": DATA_LICENCE},
    }
    (folder / "model.json").write_text(json.dumps(manifest, indent=2) + "\n")


def _error(largest: float) -> str:
    """Rounding of FP32 differs by processor."""
    return f"{largest:.2g}" if largest >= 1e-4 else "below 0.0001"


def write_readme(folder: Path, splits: Splits, trained: Trained, results: list[Result]) -> None:
    rows = "\n".join(
        f"| {result.precision.upper()} | {result.correct} of {result.total} | {result.accuracy:.2%} "
        f"({result.low:.1%} to {result.high:.1%}) | {result.agreement:.2%} | {result.cosine_min:.6f} "
        f"| {_error(result.max_abs_error)} | {result.size_bytes / 1000:.1f} kB |"
        for result in results
    )
    sizes = f"{len(splits.train.labels)} / {len(splits.validation.labels)} / {len(splits.test.labels)}"
    (folder / "README.md").write_text(
        f"""# digits

A convolutional network of {trained.parameter_count:,} parameters that reads 8 × 8 handwritten digits. It is small
enough to ship, so every machine can measure the accuracy of each precision without a download.
`python scripts/train-digits` writes this page; do not edit it.

| Precision | Correct | Accuracy (95 % interval) | Same answer as PyTorch FP32 | Smallest cosine | Largest error | File |
| --- | --- | --- | --- | --- | --- | --- |
{rows}

Accuracy is measured on the test split, which neither training nor the choice of the epoch used. The intervals
overlap: {len(splits.test.labels)} images are too few to distinguish these precisions by accuracy; cosine and error do.

- Data: 1,797 images of the Optical Recognition of Handwritten Digits set (E. Alpaydin, C. Kaynak, 1998, {DATA_LICENCE}),
  as scikit-learn distributes it, split into {sizes} (train / validation / test), stratified.
- Training: {EPOCHS} epochs of AdamW, of which the best on validation is kept ({trained.validation_accuracy:.2%}).
  `--export` keeps the weights and makes everything else from them again, with the same bytes on any processor.
- `fp32.onnx`: opset {OPSET}, dynamic batch. `fp16.onnx`: weights and arithmetic in half precision, inputs and outputs
  float32; ONNX Runtime's CPU provider stores FP16 and computes FP32. `int8.onnx`: static Q/DQ, symmetric, weights per
  channel in 7 bits, so that its sums saturate on no processor, calibrated on {CALIBRATION_IMAGES} training images.
- `weights.safetensors`: the same weights, for PyTorch.
- `test-inputs.npy`, `test-labels.npy`: the test split, float32 [n, 1, 8, 8] in 0..1 and int64 [n].
- `{CALIBRATION_FILE}`: the {CALIBRATION_IMAGES} training images that INT8 is calibrated on; no test image is among them.
- `test-thumbnails.png`: the same images in the same order, {SHEET_COLUMNS} to a row, {THUMBNAIL_PIXELS} pixels each.
"""
    )
