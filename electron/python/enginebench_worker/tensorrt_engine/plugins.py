"""Plugins: TensorRT's own, and a library of the user's, which is code.

The app passes only its private copy of a library that the user trusted. The bytes are checked here once more, just
before TensorRT loads them into this process, where they stay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from enginebench_worker.errors import BenchError, Stage
from enginebench_worker.files import sha256_of
from enginebench_worker.tensorrt_engine.failures import last_words
from enginebench_worker.tensorrt_engine.library import Library
from enginebench_worker.wire.domain import PluginFile

if TYPE_CHECKING:
    import tensorrt as trt  # type: ignore[import-not-found]


def load_plugins(
    library: Library,
    logger: trt.ILogger,
    plugin: PluginFile | None,
    stage: Stage,
    said: Callable[[], Sequence[str]],
) -> None:
    """`said`: what TensorRT has logged at level error."""
    trt = library.module
    if library.kind == "tensorrt-engine":
        trt.init_libnvinfer_plugins(logger, "")
    if plugin is None:
        return
    _require_unchanged(plugin, stage)
    before = len(said())
    try:
        registry: trt.IPluginRegistry = trt.get_plugin_registry()
        handle = registry.load_library(plugin.file)
    except (RuntimeError, ValueError, TypeError) as error:
        raise _refused(plugin, stage, [str(error)]) from error
    if handle is None:
        raise _refused(plugin, stage, said()[before:])


def _require_unchanged(plugin: PluginFile, stage: Stage) -> None:
    try:
        sha256 = sha256_of(Path(plugin.file))
    except OSError as error:
        message = f"The plugin library {plugin.name} cannot be read: {error.strerror}."
        raise BenchError("missing-artifact", stage, message, "Name the library again.") from error
    if sha256 != plugin.sha256:
        message = f"The plugin library {plugin.name} was changed: its bytes differ from those that you trusted."
        remedy = "Find out what changed it; then name the library again."
        raise BenchError("missing-artifact", stage, message, remedy)


def _refused(plugin: PluginFile, stage: Stage, lines: Sequence[str]) -> BenchError:
    message = f"TensorRT cannot load the plugin library {plugin.name}{last_words(lines)}."
    remedy = (
        "Check that it was built for the installed version of TensorRT, that it exports its plugin creators, "
        "and that the libraries that it needs are installed."
    )
    return BenchError("bad-model-file", stage, message, remedy, "\n".join(lines) or None)
