"""The trtexec commands that do what a build or a case here does, for the installed major version. Pure.

The defaults of trtexec differ: 10 copies to and from the GPU, without a CUDA graph, and blocks while it waits; 11
leaves the copies out, records a graph, and spins. So each command says all of it. trtexec enqueues one query ahead,
and its inputs are random: its throughput is higher than the inverse of a latency here."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from enginebench_worker.tensorrt_engine.configuration import hardware_level
from enginebench_worker.wire.domain import BuildRequest

_MIB_PER_GIB = 1024
_HARDWARE_LEVELS = {"ampere-plus": "ampere+", "same-compute-capability": "sameComputeCapability"}


Shaped = Sequence[tuple[str, Sequence[int]]]
"""The name and shape of each input of no fixed size: trtexec refuses shapes where every size is fixed."""


def build_command(major: int, request: BuildRequest, shapes: Sequence[Shaped]) -> str:
    """`shapes`: the smallest, the tuned and the largest ones of the profile."""
    asked = request.options
    words = ["trtexec", f"--onnx={request.onnx_file}", "--saveEngine=engine.plan", "--skipInference"]
    if major < 11:
        words.append("--stronglyTyped")
    if request.precision != "tf32":
        words.append("--noTF32")
    for flag, shaped in zip(("minShapes", "optShapes", "maxShapes"), shapes, strict=True):
        words += [f"--{flag}={_in_words(shaped)}"] if shaped else []
    words.append(f"--memPoolSize=workspace:{asked.workspace_gib * _MIB_PER_GIB:g}M")
    if asked.optimization_level is not None:
        words.append(f"--builderOptimizationLevel={asked.optimization_level}")
    if not asked.timing_cache:
        words.append("--noBuilderCache")
    elif asked.timing_cache_file is not None:
        words.append(f"--timingCacheFile={asked.timing_cache_file}")
    if asked.plugin is not None:
        words.append(f"--staticPlugins={asked.plugin.name}")
    if asked.version_compatible:
        words.append("--versionCompatible")
    level = hardware_level(asked)
    if level is not None:
        words.append(f"--hardwareCompatibilityLevel={_HARDWARE_LEVELS[level]}")
    return shlex.join([*words, "--profilingVerbosity=detailed"])


def run_command(
    major: int,
    file: str,
    shapes: Shaped,
    uses_graph: bool,
    profile: int = 0,
    plugin: str | None = None,
    version_compatible: bool = False,
) -> str:
    """`profile`: number of the optimization profile; `plugin`: name of the library that the engine needs."""
    words = ["trtexec", f"--loadEngine={file}"]
    words += [f"--shapes={_in_words(shapes)}"] if shapes else []
    words += [f"--useProfile={profile}"] if profile else []
    words += [] if plugin is None else [f"--staticPlugins={plugin}"]
    words += ["--versionCompatible"] if version_compatible else []
    if major < 11:
        words += ["--exposeDMA", *(["--useCudaGraph"] if uses_graph else [])]
    else:
        words += ["--includeDataTransfers", "--noSpinWait", *([] if uses_graph else ["--noCudaGraph"])]
    return shlex.join(words)


def _in_words(shapes: Shaped) -> str:
    return ",".join(f"{name}:{'x'.join(map(str, shape))}" for name, shape in shapes)
