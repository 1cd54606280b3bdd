"""What differs between the versions of TensorRT that are supported, declared once: nothing else asks for a version.

The names that both have are held against both official bindings by a test, so that no `hasattr` is needed."""

from __future__ import annotations

import re
from dataclasses import dataclass

OLDEST_SUPPORTED = (10, 14)
NEWEST_SUPPORTED_MAJOR = 11
SUPPORTED_WORDS = "10.14 or later, or 11"


@dataclass(frozen=True)
class Capabilities:
    major: int
    strong_typing_is_asked_for: bool
    """10 types a network strongly only where a flag says so; 11 always does and ignores the flag."""
    inspector_type_key: str
    """Where the engine inspector tells a tensor's type: within its format in 10, apart in 11."""


_BY_MAJOR = {
    10: Capabilities(10, strong_typing_is_asked_for=True, inspector_type_key="Format/Datatype"),
    11: Capabilities(11, strong_typing_is_asked_for=False, inspector_type_key="Datatype"),
}


def capabilities_of(version: str) -> Capabilities | None:
    """None where the version is not supported, or is no version."""
    found = re.match(r"(\d+)\.(\d+)", version)
    if found is None or (int(found[1]), int(found[2])) < OLDEST_SUPPORTED:
        return None
    return _BY_MAJOR.get(int(found[1]))
