"""A stand-in for NVIDIA's driver library, called as through ctypes: any cards, in CUDA's order.

It answers as cuda.h says: 0 for success, 100 without a device, 101 for a device number that does not exist."""

from __future__ import annotations

import ctypes
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from enginebench_worker import nvidia_driver

NO_DEVICE, INVALID_DEVICE = 100, 101


@dataclass(frozen=True)
class FakeCard:
    name: str
    capability: tuple[int, int]
    uuid: str = "GPU-00000000-0000-4000-8000-000000000001"
    part_of: str | None = None
    """UUID of the whole GPU if this is a MIG instance."""


GTX_1080 = FakeCard("NVIDIA GeForce GTX 1080", (6, 1))
V100 = FakeCard("Tesla V100-SXM2-16GB", (7, 0))
RTX_2080_TI = FakeCard("NVIDIA GeForce RTX 2080 Ti", (7, 5))
A100 = FakeCard("NVIDIA A100-SXM4-40GB", (8, 0))
RTX_4090 = FakeCard("NVIDIA GeForce RTX 4090", (8, 9))
RTX_5090 = FakeCard("NVIDIA GeForce RTX 5090", (12, 0))
EVERY_CARD = (GTX_1080, V100, RTX_2080_TI, A100, RTX_4090, RTX_5090)


class FakeDriver:
    def __init__(self, cards: tuple[FakeCard, ...], cuda_version: int = 13000) -> None:
        self._cards, self._cuda_version = cards, cuda_version

    def cuInit(self, flags: int) -> int:  # noqa: N802 - the library's own names from here on
        assert flags == 0
        return 0 if self._cards else NO_DEVICE

    def cuDriverGetVersion(self, version: Any) -> int:  # noqa: N802
        version._obj.value = self._cuda_version
        return 0

    def cuDeviceGetCount(self, count: Any) -> int:  # noqa: N802
        count._obj.value = len(self._cards)
        return 0

    def cuDeviceGet(self, device: Any, index: int) -> int:  # noqa: N802
        if index >= len(self._cards):
            return INVALID_DEVICE
        device._obj.value = index
        return 0

    def cuDeviceGetName(self, name: Any, size: int, device: ctypes.c_int) -> int:  # noqa: N802
        name.value = self._cards[device.value].name.encode()[: size - 1]
        return 0

    def cuDeviceGetAttribute(self, value: Any, attribute: int, device: ctypes.c_int) -> int:  # noqa: N802
        value._obj.value = self._cards[device.value].capability[{75: 0, 76: 1}[attribute]]
        return 0

    def cuDeviceGetUuid(self, answer: Any, device: ctypes.c_int) -> int:  # noqa: N802
        card = self._cards[device.value]
        return _write_uuid(answer, card.part_of or card.uuid)

    def cuDeviceGetUuid_v2(self, answer: Any, device: ctypes.c_int) -> int:  # noqa: N802
        return _write_uuid(answer, self._cards[device.value].uuid)


def _write_uuid(answer: Any, text: str) -> int:
    answer.raw = uuid.UUID(text.partition("-")[2]).bytes
    return 0


def install(monkeypatch: pytest.MonkeyPatch, *cards: FakeCard, cuda_version: int = 13000) -> None:
    driver = FakeDriver(cards, cuda_version)
    monkeypatch.setattr(nvidia_driver, "driver_library", lambda: driver)
    for name in ("cuda_device_count", "driver_cuda_version", "cards"):
        kept = getattr(nvidia_driver, name)
        monkeypatch.setattr(nvidia_driver, name, getattr(kept, "__wrapped__", kept))
