"""A virtual environment over the one that a user would have made for Ultralytics, with the torchvision shim added.

The user's own stays as it is. The shim acts only where torchvision's compiled library does not load."""

from __future__ import annotations

import subprocess
from pathlib import Path

SHIM = Path(__file__).resolve().parent / "torchvision_shim"
SITE_PACKAGES = "import sysconfig; print(sysconfig.get_path('purelib'))"


def environment_with_shim(interpreter: str, folder: Path) -> str:
    subprocess.run([interpreter, "-I", "-m", "venv", "--without-pip", str(folder)], check=True)
    layered = folder / "bin" / "python"
    below, own = (
        subprocess.run([python, "-I", "-c", SITE_PACKAGES], check=True, capture_output=True, text=True).stdout.strip()
        for python in (interpreter, str(layered))
    )
    lines = [str(SHIM), f"import site; site.addsitedir({below!r})", "import enginebench_torchvision_shim"]
    (Path(own) / "layered.pth").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(layered)
