"""Tests of worker processes that die or raise."""

import os
import signal
import threading
from pathlib import Path
from types import SimpleNamespace

import apache_beam as beam
import pytest
from apache_beam.runners.portability.fn_api_runner.worker_handlers import BeamFnControlServicer, ControlConnection

from pipelines.beam.pipeline import beam_options, beam_pipeline
from pipelines.beam.watched_workers import WatchedWorker

pytestmark = pytest.mark.slow


@pytest.fixture
def run(monkeypatch):
    """Returns a function that runs a step over six numbers in two processes, which can import this module."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]))

    def run_step(step):
        with beam_pipeline(beam_options(["--direct_num_workers=2"], units=2)) as pipeline:
            _ = pipeline | beam.Create(range(6)) | beam.Reshuffle() | "Step" >> beam.Map(step)

    return run_step


def kill_at_three(number):
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)


def divide(number):
    return 1 / number


def test_a_worker_that_dies_fails_the_job_in_one_line_and_the_next_job_runs(run, capfd):
    message = r"^a worker process was killed by signal 9; the same command goes on where this run stopped$"
    with pytest.raises(RuntimeError, match=message):
        run(kill_at_three)
    assert capfd.readouterr().err == ""
    run(str)


def test_the_error_of_a_failed_step_in_a_worker_is_one_line(run):
    with pytest.raises(RuntimeError, match=r"^ZeroDivisionError: division by zero \[while running 'Step'\]$"):
        run(divide)


def test_a_worker_that_connects_after_the_run_has_ended_is_told_to_stop():
    requests = []
    worker = object.__new__(WatchedWorker)
    worker.control_conn, worker._closed = ControlConnection(), threading.Event()
    worker._process = SimpleNamespace(wait=lambda: requests.append(worker.control_conn._push_queue.get_nowait()))
    worker.control_conn.close()
    worker.stop_worker()
    assert requests == [BeamFnControlServicer._DONE_MARKER]
