import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def test_a_worker_that_cannot_start_shows_its_own_traceback():
    environment = {name: value for name, value in os.environ.items() if name != "CONTROL_API_SERVICE_DESCRIPTOR"}
    worker = subprocess.run(
        [sys.executable, "-m", "pipelines.beam.worker_process"],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[3],
        timeout=60,
    )
    assert worker.returncode == 1
    assert "Traceback" in worker.stderr
    assert "CONTROL_API_SERVICE_DESCRIPTOR" in worker.stderr


def test_a_worker_prints_no_log():
    worker = subprocess.run(
        [sys.executable, "-c", "import logging, pipelines.beam.worker_process; logging.critical('failed')"],
        check=True,
        capture_output=True,
        cwd=Path(__file__).parents[3],
        timeout=60,
    )
    assert (worker.stdout, worker.stderr) == (b"", b"")
