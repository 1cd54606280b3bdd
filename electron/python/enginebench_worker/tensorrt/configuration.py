"""What the builder is told beside the network, each setting read back after it is set.

The library does not raise on a value that it does not take: it logs, keeps the former one and goes on. So what was
asked for and is not there afterwards is refused. There is no setting for precision but TF32: the network has it."""

from __future__ import annotations

from typing import Any

from enginebench_worker.errors import BenchError
from enginebench_worker.tensorrt.library import Library
from enginebench_worker.wire.domain import BuildRequest

Options = dict[str, "str | float | bool | None"]

GIB = 1 << 30


def configure(library: Library, config: Any, request: BuildRequest) -> Options:
    """@returns every setting as the library has it."""
    trt, asked = library.module, request.options
    flags = trt.BuilderFlag
    _set_flag(config, flags.TF32, request.precision == "tf32", f"TF32 in {library.label}")
    _set_flag(config, flags.DISABLE_TIMING_CACHE, not asked.timing_cache, "The timing cache")
    _set_flag(config, flags.VERSION_COMPATIBLE, asked.version_compatible, "Version compatibility")
    config.profiling_verbosity = trt.ProfilingVerbosity.DETAILED
    workspace = trt.MemoryPoolType.WORKSPACE
    wanted_bytes = int(asked.workspace_gib * GIB)
    config.set_memory_pool_limit(workspace, wanted_bytes)
    workspace_bytes = int(config.get_memory_pool_limit(workspace))
    _must_be(workspace_bytes == wanted_bytes, f"A workspace of {asked.workspace_gib:g} GiB", library)
    if asked.optimization_level is not None:
        config.builder_optimization_level = asked.optimization_level
        kept = int(config.builder_optimization_level) == asked.optimization_level
        _must_be(kept, f"Optimization level {asked.optimization_level}", library)
    if asked.hardware_compatible:
        levels = trt.HardwareCompatibilityLevel
        config.hardware_compatibility_level = levels.AMPERE_PLUS
        _must_be(config.hardware_compatibility_level == levels.AMPERE_PLUS, "Hardware compatibility", library)
    return {
        "stronglyTyped": True,
        "tf32": bool(config.get_flag(flags.TF32)),
        "workspaceBytes": workspace_bytes,
        "optimizationLevel": int(config.builder_optimization_level),
        "timingCache": not config.get_flag(flags.DISABLE_TIMING_CACHE),
        "versionCompatible": bool(config.get_flag(flags.VERSION_COMPATIBLE)),
        "hardwareCompatible": asked.hardware_compatible,
        "profilingVerbosity": str(config.profiling_verbosity.name).lower(),
    }


def _set_flag(config: Any, flag: Any, wanted: bool, what: str) -> None:
    if wanted:
        config.set_flag(flag)
    else:
        config.clear_flag(flag)
    if bool(config.get_flag(flag)) != wanted:
        message = f"{what} cannot be switched {'on' if wanted else 'off'}."
        raise BenchError("bad-usage", "build", message, f"Switch it {'off' if wanted else 'on'}.")


def _must_be(taken: bool, what: str, library: Library) -> None:
    if not taken:
        message = f"{what} is not available in {library.label}."
        raise BenchError("bad-usage", "build", message, "Switch it off, or choose another value.")
