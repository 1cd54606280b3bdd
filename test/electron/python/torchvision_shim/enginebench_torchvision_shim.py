"""For tests only, never shipped. Declares the operators that torchvision expects of its compiled library, where that
library was built for another torch and cannot load: `import torchvision` then works, and its compiled operators do not.
Nothing that is measured calls them.

Goes into a test environment's site-packages together with the .pth file beside it. Where torchvision loads by itself,
this changes nothing: the declarations are made only after its own have failed to come."""

import importlib.abc
import sys

OPERATORS = {
    "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}


class _DeclareBeforeTorchvision(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == "torchvision":
            sys.meta_path.remove(self)
            _declare_missing_operators()
        return None


def _compiled_library_loads(torch) -> bool:
    import importlib.util
    from pathlib import Path

    found = importlib.util.find_spec("torchvision")
    if found is None or found.origin is None:
        return True
    for library in Path(found.origin).parent.glob("_C*"):
        try:
            torch.ops.load_library(str(library))
        except (OSError, RuntimeError):
            return False
    return hasattr(torch.ops.torchvision, "nms")


def _declare_missing_operators() -> None:
    import torch

    if not _compiled_library_loads(torch):
        for name, schema in OPERATORS.items():
            torch.library.define(f"torchvision::{name}", schema)


sys.meta_path.insert(0, _DeclareBeforeTorchvision())
