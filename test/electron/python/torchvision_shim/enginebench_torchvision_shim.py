"""For tests only, never shipped. Declares the operators that torchvision expects of its compiled library, where that
library was built for another torch and cannot load: `import torchvision` then works, and its compiled operators do not.
Nothing that is measured calls them.

Goes into a test environment's site-packages together with the .pth file beside it. Where torchvision's library loads,
this declares nothing. Looking torchvision up without importing it stays as cheap as it was."""

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder
from pathlib import Path

OPERATORS = {
    "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}


class _TorchvisionFinder(MetaPathFinder):
    def find_spec(self, fullname, path=None, target=None):
        if fullname != "torchvision":
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None and spec.origin is not None:
            run_package, folder = spec.loader.exec_module, Path(spec.origin).parent

            def run_with_operators(module):
                _declare_missing_operators(folder)
                run_package(module)

            spec.loader.exec_module = run_with_operators
        return spec


def _declare_missing_operators(folder):
    import torch

    for library in folder.glob("_C*"):
        try:
            torch.ops.load_library(str(library))
        except (OSError, RuntimeError):
            continue
    if not hasattr(torch.ops.torchvision, "nms"):
        for name, schema in OPERATORS.items():
            torch.library.define(f"torchvision::{name}", schema)


sys.meta_path.insert(0, _TorchvisionFinder())
