"""Trains the `digits` model and writes everything that models/digits ships. Deterministic on the same versions.

    python scripts/train-digits            writes models/digits
    python scripts/train-digits --check    trains into a temporary folder and compares the accuracies

Needs torch, onnx, onnxruntime, safetensors, scikit-learn and Pillow. The epoch is chosen on the validation split; the
test split is read once, at the end, to report accuracy by precision."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

root = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root / "electron" / "python"))

from dataset import load_splits, write_calibration, write_evaluation
from evaluation import evaluate_all
from exporting import CALIBRATION_IMAGES, export_all
from manifest import write_manifest, write_readme
from training import train


def build(folder: Path) -> dict[str, float]:
    folder.mkdir(parents=True, exist_ok=True)
    splits = load_splits()
    trained = train(splits)
    export_all(trained.network, splits.train.pixels, folder)
    write_evaluation(splits.test, folder)
    write_calibration(splits.train, CALIBRATION_IMAGES, folder)
    results = evaluate_all(trained.network, splits.test, folder)
    write_manifest(folder, trained.parameter_count)
    write_readme(folder, splits, trained, results)
    return {result.precision: result.accuracy for result in results}


def main() -> int:
    parser = argparse.ArgumentParser(description="Trains the digits model and writes models/digits.")
    parser.add_argument("--check", action="store_true", help="train elsewhere and compare with what is shipped")
    shipped = root / "models" / "digits"
    if not parser.parse_args().check:
        print(json.dumps(build(shipped), indent=2))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        built = build(Path(folder))
        same = (Path(folder) / "README.md").read_bytes() == (shipped / "README.md").read_bytes()
    print(json.dumps({"accuracy": built, "matchesShipped": same}, indent=2))
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
