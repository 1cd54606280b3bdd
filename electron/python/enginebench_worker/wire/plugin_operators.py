"""What a library of plugins computes, and what of a model only a plugin computes.

Generated from shared/worker-protocol by scripts/generate-python-wire.mjs: do not edit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RegisteredOperator:
    name: str
    version: str
    namespace: str
    of_library: bool


@dataclass(frozen=True)
class PluginOperator:
    operator: str
    nodes: int
    of_library: bool | None
