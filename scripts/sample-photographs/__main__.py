"""Writes models/samples: photographs and crops of them as JPEG, and samples.json with what each is and its licence.

    python scripts/sample-photographs      needs scikit-image 0.26.0, scikit-learn 1.9.1 and Pillow

Reads only what the two packages carry inside themselves; downloads nothing. Output is the same on the same versions."""

import hashlib
import json
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from catalog import PHOTOGRAPHS, Photograph
from PIL import Image

LONGEST_SIDE = 1024
QUALITY = 90


def main() -> int:
    folder = Path(__file__).resolve().parents[2] / "models" / "samples"
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.jpg"):
        stale.unlink()
    entries = [_write_photograph(photograph, folder) for photograph in PHOTOGRAPHS]
    (folder / "samples.json").write_text(json.dumps(entries, indent=2, ensure_ascii=False) + "\n")
    files = sum(len(entry["files"]) for entry in entries)
    print(f"{files} files from {len(entries)} photographs")
    return 0


def _write_photograph(photograph: Photograph, folder: Path) -> dict:
    whole = Image.open(_package_folder(photograph.package) / photograph.path).convert("RGB")
    whole.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    names = [_save(whole, folder / f"{photograph.id}.jpg")]
    for crop in photograph.crops:
        left, top, right, bottom = crop.box
        part = whole.crop(
            (
                round(left * whole.width),
                round(top * whole.height),
                round(right * whole.width),
                round(bottom * whole.height),
            )
        )
        names.append(_save(part, folder / f"{photograph.id}-{crop.name}.jpg"))
    return {
        "id": photograph.id,
        "title": photograph.title,
        "author": photograph.author,
        "licence": photograph.licence,
        "source": photograph.source,
        "distributor": f"{photograph.distribution} {version(photograph.distribution)}",
        "files": [{"name": name, "sha256": _sha256(folder / name)} for name in names],
    }


def _package_folder(package: str) -> Path:
    specification = find_spec(package)
    if specification is None or specification.origin is None:
        raise SystemExit(f"{package} is not installed.")
    return Path(specification.origin).parent


def _save(image: Image.Image, file: Path) -> str:
    image.save(file, quality=QUALITY, optimize=True)
    return file.name


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
