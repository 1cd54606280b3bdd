"""The real plugin, registered with the real ONNX Runtime on a machine without CUDA: NVIDIA's driver is a stub without a
GPU, and any toolkit is hidden in a mount namespace of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from enginebench_worker.tensorrt_rtx_engine import provider

WITH_PLUGIN = os.environ.get("ENGINEBENCH_TEST_TENSORRT_PYTHON", "")
WORKER = Path(provider.__file__).parents[2]
REGISTER = """
import sys
sys.path[:0] = sys.argv[1:3]
from enginebench_worker.errors import BenchError
from enginebench_worker.tensorrt_rtx_engine import provider
if len(sys.argv) > 3:
    provider.load_cuda_runtime = lambda package: None
try:
    provider.open_provider("load")
except BenchError as error:
    print("TOLD", error.record.message)
"""
HIDE_TOOLKITS = (
    'for folder in /usr/local/cuda-*; do [ -d "$folder" ] && mount -t tmpfs tmpfs "$folder"; done; exec "$@"'
)


def can_hide() -> bool:
    tools = all(map(shutil.which, ("unshare", "cc", "nm")))
    hidden = ["unshare", "-m", "sh", "-c", HIDE_TOOLKITS, "sh", "true"]
    return tools and subprocess.run(hidden, capture_output=True, check=False).returncode == 0


pytestmark = [
    pytest.mark.conversions,
    pytest.mark.skipif(
        not WITH_PLUGIN,
        reason="ENGINEBENCH_TEST_TENSORRT_PYTHON names no environment with the plugin",
    ),
    pytest.mark.skipif(
        not sys.platform.startswith("linux") or not can_hide(),
        reason="nothing can be hidden here",
    ),
]


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with stubs of the driver's two libraries and `site`, which holds the plugin's package."""
    folder = tmp_path_factory.mktemp("machine")
    [package] = Path(WITH_PLUGIN).parents[1].glob("lib/python3*/site-packages/onnxruntime_ep_nv_tensorrt_rtx")
    (folder / "site").mkdir()
    (folder / "site" / package.name).symlink_to(package)
    libraries = [
        str(package / name)
        for name in (
            "libonnxruntime_providers_nv_tensorrt_rtx.so",
            "libtensorrt_shim.so",
        )
    ]
    listed = subprocess.run(
        ["nm", "-D", "--undefined-only", *libraries],
        capture_output=True,
        text=True,
        check=True,
    )
    for library, pattern in (
        ("libcuda.so.1", r"\bU (cu[A-Z]\w+)"),
        ("libnvidia-ml.so.1", r"\bU (nvml\w+)"),
    ):
        source = folder / f"{library}.c"
        no_device = (f"int {name}(void) {{ return 100; }}" for name in sorted(set(re.findall(pattern, listed.stdout))))
        source.write_text("\n".join(no_device) + "\n")
        command = [
            "cc",
            "-shared",
            "-fPIC",
            "-o",
            str(folder / library),
            str(source),
            f"-Wl,-soname,{library}",
        ]
        subprocess.run(command, check=True)
    return folder


def told(machine: Path, *words: str) -> str:
    command = [
        "unshare",
        "-m",
        "sh",
        "-c",
        HIDE_TOOLKITS,
        "sh",
        sys.executable,
        "-c",
        REGISTER,
    ]
    environment = {**os.environ, "LD_LIBRARY_PATH": str(machine)}
    done = subprocess.run(
        [*command, str(WORKER), str(machine / "site"), *words],
        capture_output=True,
        text=True,
        env=environment,
        timeout=240,
        check=False,
    )
    return next(
        (line for line in done.stdout.splitlines() if line.startswith("TOLD")),
        done.stderr[-2000:],
    )


def test_fault_2_the_plugin_registers_without_a_cuda_toolkit_through_the_runtime_in_its_own_wheel(
    machine: Path,
) -> None:
    assert told(machine) == "TOLD TensorRT-RTX found no GPU that it can use."


def test_without_its_own_runtime_the_plugin_names_the_library_that_is_missing(
    machine: Path,
) -> None:
    assert told(machine, "without") == "TOLD The TensorRT-RTX plugin needs libcudart.so.13, which was not found."
