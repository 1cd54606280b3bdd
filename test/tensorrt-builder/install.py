"""install.py VENV [--base PYTHON]: makes VENV an environment whose `tensorrt` builds without a GPU. See README.md.

Idempotent: an environment made from these very files is left as it is. Atomic: it is made beside VENV and moved there
when it works, with its marker written last; two at once wait for each other. Linux on x86-64 with a C compiler."""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MARKER = "test-builder.json"
MADE_FROM = ("install.py", "requirements.txt", "entry_points.c")
ENTRY_POINTS = "libnvinfer.so.11"
EMPTY_LIBRARIES = ("libnvonnxparser.so.11", "libnvinfer_plugin.so.11")
TRIAL = "import tensorrt; tensorrt.Builder(tensorrt.Logger(tensorrt.Logger.ERROR)); print(tensorrt.__version__)"


def main() -> int:
    arguments = argparse.ArgumentParser(description="Makes an environment with the test builder of TensorRT.")
    arguments.add_argument("venv", type=Path)
    arguments.add_argument("--base", default=sys.executable, help="the Python to make it from; default: this one")
    chosen = arguments.parse_args()
    if sys.platform != "linux" or platform.machine() != "x86_64":
        print("The test builder is for Linux on x86-64.", file=sys.stderr)
        return 1
    venv: Path = chosen.venv.absolute()
    venv.parent.mkdir(parents=True, exist_ok=True)
    with venv.with_name(f"{venv.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_current(venv, chosen.base):
            make(venv, chosen.base)
    print(venv / "bin" / "python")
    return 0


def description(base: str) -> dict[str, str]:
    """What an environment is made from: these files, and the Python below it."""
    digest = hashlib.sha256()
    for file in [*(HERE / name for name in MADE_FROM), *sorted(HERE.glob("packages/*/*.py"))]:
        digest.update(f"{file.relative_to(HERE)}\0".encode() + file.read_bytes() + b"\0")
    python = said_by(base, "import sys; print(sys.version)")
    return {"files": digest.hexdigest(), "python": python}


def is_current(venv: Path, base: str) -> bool:
    try:
        return json.loads((venv / MARKER).read_text(encoding="utf-8")) == description(base)
    except (OSError, ValueError):
        return False


def make(venv: Path, base: str) -> None:
    making = venv.with_name(f"{venv.name}.part")
    shutil.rmtree(making, ignore_errors=True)
    try:
        run([base, "-I", "-m", "venv", str(making)])
        python = str(making / "bin" / "python")
        pip = [python, "-I", "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--no-deps"]
        run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(HERE / "requirements.txt")])
        packages = Path(said_by(python, "import sysconfig; print(sysconfig.get_path('purelib'))"))
        shutil.copytree(HERE / "packages", packages, dirs_exist_ok=True)
        compile_libraries(packages / "tensorrt_libs")
        said_by(python, TRIAL)
        marker = making / MARKER
        marker.write_text(json.dumps(description(base)), encoding="utf-8")
        shutil.rmtree(venv, ignore_errors=True)
        os.replace(making, venv)  # noqa: PTH105 - a folder, moved over none
    finally:
        shutil.rmtree(making, ignore_errors=True)


def compile_libraries(folder: Path) -> None:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise SystemExit("The test builder needs a C compiler (cc).")
    shared = [compiler, "-shared", "-fPIC", "-O1"]
    sources = {ENTRY_POINTS: str(HERE / "entry_points.c"), **dict.fromkeys(EMPTY_LIBRARIES, os.devnull)}
    for name, source in sources.items():
        run([*shared, f"-Wl,-soname,{name}", "-o", str(folder / name), "-x", "c", source, "-ldl"])


def said_by(python: str, program: str) -> str:
    return run([python, "-I", "-c", program]).strip()


def run(command: list[str]) -> str:
    """What it printed. Where it fails, this program ends with its words."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\nended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
