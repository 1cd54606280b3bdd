"""Whether the NVIDIA driver is recent enough for a library's CUDA: a newer major than the driver's runs nothing."""

from __future__ import annotations

from enginebench_worker.installed import driver_cuda_version

_DRIVER_OF_CUDA = {12: "525", 13: "580"}


def driver_refusal(cuda_major: int | None, label: str) -> tuple[str, str] | None:
    """None where the driver is recent enough, or nothing is known."""
    here = driver_cuda_version()
    if cuda_major is None or here is None or here[0] >= cuda_major:
        return None
    reason = f"The NVIDIA driver runs CUDA {here[0]}.{here[1]}, and {label} needs CUDA {cuda_major}."
    oldest = _DRIVER_OF_CUDA.get(cuda_major)
    return reason, f"Update the NVIDIA driver{f' to {oldest} or later' if oldest else ''}."
