"""Who may import whom in the worker: the contracts are in electron/python/pyproject.toml, kept by import-linter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

PYTHON_FOLDER = Path(__file__).resolve().parents[3] / "electron" / "python"


def test_the_import_contracts_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    status = lint_imports(config_filename=str(PYTHON_FOLDER / "pyproject.toml"), no_cache=True)
    assert status == 0, capsys.readouterr().out


def test_the_worker_starts_and_lists_its_backends_without_any_package() -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import enginebench_worker.supervisor\n"
        "from enginebench_worker.backends import describe_all\n"
        "describe_all()\n"
        "known = {*sys.stdlib_module_names, 'enginebench_worker'}\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} - known))\n"
    )
    command = [sys.executable, "-I", "-S", "-c", program, str(PYTHON_FOLDER)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "['__main__']"
