"""Worker processes that die."""

import os
import signal
from pathlib import Path

import apache_beam as beam
import pytest

from pipelines.beam.pipeline import beam_options, beam_pipeline

pytestmark = pytest.mark.slow


@pytest.fixture
def run(monkeypatch):
    """Runs a step over six numbers in two processes, which know this module."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]))

    def run_step(step):
        with beam_pipeline(beam_options(["--direct_num_workers=2"], units=2)) as pipeline:
            _ = pipeline | beam.Create(range(6)) | beam.Reshuffle() | "Step" >> beam.Map(step)

    return run_step


def killed(number):
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)


def divided(number):
    return 1 / number


def test_a_worker_that_dies_fails_the_job_in_one_line_and_the_next_job_runs(run, capfd):
    told = r"^a worker process was killed by signal 9; the same command goes on where this run stopped$"
    with pytest.raises(RuntimeError, match=told):
        run(killed)
    assert capfd.readouterr().err == ""
    run(str)


def test_what_a_step_raises_is_told_as_by_one_process(run):
    with pytest.raises(RuntimeError, match=r"^ZeroDivisionError: division by zero \[while running 'Step'\]$"):
        run(divided)
