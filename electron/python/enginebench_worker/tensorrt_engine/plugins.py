"""Plugins: TensorRT's own, and a library of the user's, which is code, with the operators that they have.

The app passes only its private copy of a library that the user trusted. The bytes are checked here once more, just
before TensorRT loads them into this process, where they stay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from enginebench_worker.errors import BenchError, Stage
from enginebench_worker.files import sha256_of
from enginebench_worker.tensorrt_engine.failures import last_words
from enginebench_worker.tensorrt_engine.library import Library, open_library
from enginebench_worker.tensorrt_engine.library_log import LibraryLog
from enginebench_worker.wire.domain import PluginFile
from enginebench_worker.wire.plugin_operators import RegisteredOperator

if TYPE_CHECKING:
    import tensorrt as trt  # type: ignore[import-not-found]

PluginKey = tuple[str, str, str]
"""Name, version and namespace: what the parser looks a plugin up by."""
_LOGGERS: list[object] = []
"""That the registry was given: it keeps no reference of its own."""


def list_plugin_operators(plugin: PluginFile) -> tuple[RegisteredOperator, ...]:
    """Every operator that TensorRT's registry has once the library is loaded."""
    library = open_library("load")
    log = LibraryLog(library.module)
    own = set(load_plugins(library, log.logger, plugin, "load", lambda: log.errors))
    return tuple(RegisteredOperator(*key, key in own) for key in _registered(library))


def load_plugins(
    library: Library,
    logger: trt.ILogger,
    plugin: PluginFile | None,
    stage: Stage,
    said: Callable[[], Sequence[str]],
) -> tuple[PluginKey, ...]:
    """`said`: what TensorRT has logged at level error. Returns what the library added to the registry, which lasts as
    long as the process, and with it the logger."""
    trt = library.module
    _LOGGERS.append(logger)
    if library.kind == "tensorrt-engine":
        trt.init_libnvinfer_plugins(logger, "")
    if plugin is None:
        return ()
    _require_unchanged(plugin, stage)
    standard = set(_registered(library))
    before = len(said())
    try:
        registry: trt.IPluginRegistry = trt.get_plugin_registry()
        handle = registry.load_library(plugin.file)
    except (RuntimeError, ValueError, TypeError) as error:
        raise _refused(plugin, stage, [str(error)]) from error
    if handle is None:
        raise _refused(plugin, stage, said()[before:])
    return tuple(key for key in _registered(library) if key not in standard)


def _registered(library: Library) -> tuple[PluginKey, ...]:
    trt = library.module
    registry: trt.IPluginRegistry = trt.get_plugin_registry()
    return tuple(sorted({_key_of(creator) for creator in registry.all_creators}))


def _key_of(creator: trt.IPluginCreatorV3One) -> PluginKey:
    """Creators of every generation have these."""
    return creator.name, creator.plugin_version, creator.plugin_namespace


def added_in_words(plugin: PluginFile, added: Sequence[PluginKey]) -> str:
    named = ", ".join(f"{name} (version {version})" for name, version, _ in added)
    return f"The plugin library {plugin.name} has {named or 'no operator that was not registered before'}."


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
