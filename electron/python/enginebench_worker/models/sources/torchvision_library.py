"""torchvision, whose compiled operators fit only the torch build that they were made for.

Transformers uses torchvision wherever it is installed, and then cannot even name a detector if those operators do not
load. Nothing here needs them from Transformers, so a torchvision that does not load is hidden from it."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path

from enginebench_worker.errors import BenchError

_NAME = "torchvision"


def hide_what_does_not_load() -> None:
    """Before `import transformers`, which looks for torchvision once, when it is imported. Does nothing after that, nor
    after torchvision was imported."""
    if _NAME in sys.modules or "transformers" in sys.modules:
        return
    spec = importlib.util.find_spec(_NAME)
    if spec is not None and spec.origin is not None and not _loads(Path(spec.origin).parent):
        sys.modules[_NAME] = None  # type: ignore[assignment]


def _loads(folder: Path) -> bool:
    import torch

    for library in folder.glob("_C*"):
        try:
            torch.ops.load_library(str(library))
        except (OSError, RuntimeError):
            return False
    return True


def require_torchvision(asked: str) -> None:
    """Before timm or torchvision is imported for a model."""
    if sys.modules.get(_NAME, ...) is None:
        del sys.modules[_NAME]
    try:
        importlib.import_module(_NAME)
    except ImportError as error:
        message = f"{asked} needs torchvision, which is not installed in this Python environment."
        remedy = "Repair the environment on the Setup screen, or with: enginebench setup python --repair"
        raise BenchError("python-unavailable", "load", message, remedy, error) from error
    except Exception as error:  # RuntimeError, if its operators do not fit torch
        message = f"{asked} needs torchvision, and the installed one was made for another build of PyTorch."
        remedy = "Install the torchvision that belongs to the installed PyTorch, from the same source."
        raise BenchError("python-unavailable", "load", message, remedy, error) from error
