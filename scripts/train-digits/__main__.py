"""Trains the `digits` model and writes everything that models/digits ships.

    python scripts/train-digits            trains and writes models/digits
    python scripts/train-digits --export   keeps the shipped weights, and writes everything made from them again
    python scripts/train-digits --check    exports the shipped weights elsewhere and compares every file

Deterministic on the same versions; training also needs the same kind of processor, since others add in another order.
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
from training import Trained, train, trained_before

shipped = root / "models" / "digits"


def write(folder: Path, trained: Trained) -> dict[str, float]:
    folder.mkdir(parents=True, exist_ok=True)
    splits = load_splits()
    export_all(trained.network, splits.train.pixels, folder)
    write_evaluation(splits.test, folder)
    write_calibration(splits.train, CALIBRATION_IMAGES, folder)
    results = evaluate_all(trained.network, splits.test, folder)
    write_manifest(folder, trained.parameter_count)
    write_readme(folder, splits, trained, results)
    return {result.precision: result.accuracy for result in results}


def check() -> int:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        accuracy = write(folder, trained_before(shipped, load_splits()))
        names = sorted(file.name for file in shipped.iterdir())
        differing = [name for name in names if not _is_same(folder / name, shipped / name)]
    print(json.dumps({"accuracy": accuracy, "differing": differing}, indent=2))
    return 1 if differing else 0


def _is_same(made: Path, kept: Path) -> bool:
    return made.is_file() and made.read_bytes() == kept.read_bytes()


def main() -> int:
    parser = argparse.ArgumentParser(description="Trains the digits model and writes models/digits.")
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--export", action="store_true", help="keep the shipped weights and export them again")
    way.add_argument("--check", action="store_true", help="export the shipped weights elsewhere and compare")
    asked = parser.parse_args()
    if asked.check:
        return check()
    splits = load_splits()
    trained = trained_before(shipped, splits) if asked.export else train(splits)
    print(json.dumps(write(shipped, trained), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
