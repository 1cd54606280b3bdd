"""NVIDIA's driver library, asked directly: which GPUs it sees, which CUDA it runs, the first GPU's identity, and what
the GPUs cannot do, told in their own names before any library is loaded.

The worker of a case or a build sees one card. One that describes backends sees all: a library fits if it fits any.

Needs no CUDA package and imports nothing heavy. Only `open_primary_context` creates a context."""

from __future__ import annotations

import ctypes
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from enginebench_worker.wire.domain import BackendCard, Precision
from enginebench_worker.wire.gpu_rows import CUDA_RELEASES, GPU_FEATURES, GPU_LIBRARIES, CudaRelease

Refusal = tuple[str, str]
"""Reason and remedy."""


def driver_refusal(cuda_major: int | None, label: str) -> Refusal | None:
    """None if the driver is recent enough or unknown."""
    here = driver_cuda_version()
    if cuda_major is None or here is None or here[0] >= cuda_major:
        return None
    reason = f"The NVIDIA driver supports CUDA {here[0]}.{here[1]}, but {label} needs CUDA {cuda_major}."
    release = CUDA_RELEASES.get(cuda_major)
    return reason, f"Update the NVIDIA driver{f' to {release.oldest_driver} or later' if release else ''}."


def cuda_refusal(cuda_major: int | None, label: str) -> Refusal | None:
    """Why this driver, or every card, cannot run what is built with that CUDA; None if one can, or if unknown."""
    too_old, release = driver_refusal(cuda_major, label), _release(cuda_major)
    if too_old is not None or release is None:
        return too_old
    reason = _refusal_of_all(_needs_cuda(cuda_major, label))
    return None if reason is None else (reason, "Use the CPU, another GPU, or a build for an older CUDA.")


def cuda_cards(cuda_major: int | None, label: str) -> tuple[BackendCard, ...] | None:
    """Each card, with why it cannot run what is built with that CUDA."""
    return _told_of_cards(_needs_cuda(cuda_major, label))


def library_refusal(library: str) -> Refusal | None:
    """Why no card can run a library of `GPU_LIBRARIES`; None if one can, or if there is no card."""
    reason = _refusal_of_all(_needs_library(library))
    return None if reason is None else (reason, GPU_LIBRARIES[library].instead)


def library_cards(library: str) -> tuple[BackendCard, ...] | None:
    """Each card, with why it cannot run a library of `GPU_LIBRARIES`."""
    return _told_of_cards(_needs_library(library))


def card_for(library: str) -> Card | None:
    """The first card that can run a library of `GPU_LIBRARIES`."""
    return next((card for card in cards() if _needs_library(library)(card) is None), None)


Judge = Callable[["Card"], "str | None"]
"""Why a card cannot; None if it can."""


def _needs_library(library: str) -> Judge:
    row = GPU_LIBRARIES[library]
    return lambda card: None if row.gpus.holds(card.capability) else f"{card}; {row.label} needs {row.gpus.words}."


def _needs_cuda(cuda_major: int | None, label: str) -> Judge:
    release = _release(cuda_major)
    words = "" if release is None else f"{label} is built with CUDA {cuda_major}, which needs {release.gpus.words}."
    return lambda card: None if release is None or release.gpus.holds(card.capability) else f"{card}; {words}"


def _release(cuda_major: int | None) -> CudaRelease | None:
    return None if cuda_major is None else CUDA_RELEASES.get(cuda_major)


def _refusal_of_all(judge: Judge) -> str | None:
    """What the first card lacks, if every card lacks it."""
    refusals = [judge(card) for card in cards()]
    return next(iter(refusals), None) if all(refusals) else None


def _told_of_cards(judge: Judge) -> tuple[BackendCard, ...] | None:
    return tuple(BackendCard(card.name, card.uuid, judge(card)) for card in cards()) or None


def feature_refusal(feature: str) -> str | None:
    """Why the card that this process uses lacks a feature of `GPU_FEATURES`; None if it has it, or without a card."""
    card = first_card()
    return None if card is None else _lacks(card, feature)


def _lacks(card: Card, feature: str) -> str | None:
    row = GPU_FEATURES.get(feature)
    if row is None or row.gpus.holds(card.capability):
        return None
    if card.capability in row.gpus.without:
        return f"{card.name} is part of a Jetson or DRIVE board, where NVIDIA does not support {row.label}."
    return f"{card}; {row.label} needs {row.gpus.words}."


def precisions_here(offered: Sequence[Precision], on_cpu: Sequence[Precision] = ()) -> tuple[Precision, ...]:
    """Of those offered, what some card computes in, and what the processor computes in. All without a card."""
    seen = cards()
    return tuple(
        precision
        for precision in offered
        if precision in on_cpu or not seen or any(_lacks(card, precision) is None for card in seen)
    )


def driver_library() -> ctypes.CDLL | None:
    """NVIDIA's driver library; None if it is not installed."""
    for name in ("libcuda.so.1", "nvcuda.dll"):
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None


NEEDS_NVIDIA_GPU = (
    "No NVIDIA GPU and driver were found.",
    "It needs an NVIDIA GPU. Until then, use torch-eager or onnxruntime.",
)
"""Reason and remedy of a backend if `cuda_device_count` is 0."""
WITHOUT_GPU = "It needs an NVIDIA GPU and its driver; use the CPU here."
"""What a backend that also runs on the CPU says of `cuda`."""


@cache
def cuda_device_count() -> int:
    """Asks NVIDIA's driver library; 0 if it is not installed. Creates no context."""
    driver, count = driver_library(), ctypes.c_int(0)
    if driver is None or driver.cuInit(0) != 0 or driver.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return 0
    return count.value


@cache
def driver_cuda_version() -> tuple[int, int] | None:
    """The newest CUDA version the NVIDIA driver supports; None without a driver."""
    driver, version = driver_library(), ctypes.c_int(0)
    if driver is None or driver.cuDriverGetVersion(ctypes.byref(version)) != 0 or version.value == 0:
        return None
    return version.value // 1000, version.value % 1000 // 10


_CAPABILITY_MAJOR, _CAPABILITY_MINOR = 75, 76


@dataclass(frozen=True)
class Card:
    name: str
    capability: tuple[int, int]
    uuid: str | None
    """As CUDA_VISIBLE_DEVICES and NVML take it; None if the driver does not report it."""

    def __str__(self) -> str:
        return f"{self.name} has compute capability {'.'.join(map(str, self.capability))}"


def first_card() -> Card | None:
    """CUDA's device 0, the one that this process uses: CUDA_VISIBLE_DEVICES names it. None if there is none."""
    return next(iter(cards()), None)


@cache
def cards() -> tuple[Card, ...]:
    """All that this process sees, in CUDA's order."""
    driver = driver_library()
    found = [] if driver is None else [_card(driver, index) for index in range(cuda_device_count())]
    return tuple(card for card in found if card is not None)


def _card(driver: ctypes.CDLL, index: int) -> Card | None:
    device, name = ctypes.c_int(), ctypes.create_string_buffer(256)
    major, minor = ctypes.c_int(), ctypes.c_int()
    answers = (
        driver.cuDeviceGet(ctypes.byref(device), index),
        driver.cuDeviceGetName(name, 256, device),
        driver.cuDeviceGetAttribute(ctypes.byref(major), _CAPABILITY_MAJOR, device),
        driver.cuDeviceGetAttribute(ctypes.byref(minor), _CAPABILITY_MINOR, device),
    )
    if answers != (0, 0, 0, 0):
        return None
    return Card(name.value.decode("utf-8", "replace"), (major.value, minor.value), _uuid_of(driver, device))


def _uuid_of(driver: ctypes.CDLL, device: ctypes.c_int) -> str | None:
    """The second version of the question answers for a MIG instance, the first for the GPU that it is part of."""
    whole, own = (ctypes.create_string_buffer(16) for _ in range(2))
    try:
        told = (driver.cuDeviceGetUuid(whole, device), driver.cuDeviceGetUuid_v2(own, device))
    except AttributeError:  # a driver from before CUDA 11.4
        return None
    if told != (0, 0):
        return None
    return f"{'GPU' if whole.raw == own.raw else 'MIG'}-{uuid.UUID(bytes=own.raw)}"


def open_primary_context() -> bool:
    """False if there is no GPU or the driver cannot open it."""
    driver = driver_library()
    if driver is None or cuda_device_count() == 0:
        return False
    device, context = ctypes.c_int(), ctypes.c_void_p()
    opened: tuple[int, int] = (
        driver.cuDeviceGet(ctypes.byref(device), 0),
        driver.cuDevicePrimaryCtxRetain(ctypes.byref(context), device),
    )
    return opened == (0, 0)


_DRIVER_VERSION = Path("/proc/driver/nvidia/version")


def gpu_identity(index: int = 0) -> str | None:
    """`NVIDIA H200, compute capability 9.0, driver 580.65.06`; None if no GPU answers."""
    driver = driver_library()
    if driver is None or driver.cuInit(0) != 0:
        return None
    device, name = ctypes.c_int(), ctypes.create_string_buffer(256)
    if driver.cuDeviceGet(ctypes.byref(device), index) != 0 or driver.cuDeviceGetName(name, 256, device) != 0:
        return None
    numbers = []
    for attribute in (_CAPABILITY_MAJOR, _CAPABILITY_MINOR):
        number = ctypes.c_int()
        driver.cuDeviceGetAttribute(ctypes.byref(number), attribute, device)
        numbers.append(str(number.value))
    words = [name.value.decode("utf-8", "replace"), f"compute capability {'.'.join(numbers)}"]
    version = driver_version()
    return ", ".join([*words, f"driver {version}"] if version else words)


def driver_version() -> str | None:
    try:
        text = _DRIVER_VERSION.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = re.search(r"Kernel Module(?: for \S+)?\s+(\d+(?:\.\d+)+)", text)
    return found[1] if found else None
