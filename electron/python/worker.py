"""Starts the worker under `python -I`, which ignores the working folder and PYTHONPATH: this file's own folder is put
first on the path, so that the package next to it is the one that runs."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from enginebench_worker.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
