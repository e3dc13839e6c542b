"""The examples as a reader runs them, and their modules."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="session")
def run_example():
    """Runs a script of examples/ with flags, in one thread, and returns the finished process."""

    def run(script, *flags):
        command = [sys.executable, str(EXAMPLES / script), *map(str, flags)]
        environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(EXAMPLES.parent)}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    return run


@pytest.fixture
def example_module(monkeypatch):
    """Imports a module of examples/ by name."""

    def module(name):
        monkeypatch.syspath_prepend(EXAMPLES)
        return importlib.import_module(name)

    return module
