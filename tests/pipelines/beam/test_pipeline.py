import os

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import DirectOptions, GoogleCloudOptions, StandardOptions
from apache_beam.testing.util import assert_that, equal_to

from pipelines.beam.pipeline import beam_options, beam_pipeline
from pipelines.errors import UserError, as_file_error


def workers(flags, *, units):
    return beam_options(flags, units=units).view_as(DirectOptions).direct_num_workers


def test_there_are_as_many_workers_as_cores_but_no_more_than_units(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert [workers([], units=units) for units in (0, 1, 5, 100)] == [1, 1, 5, 8]
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert workers([], units=5) == 1


def test_a_flag_sets_the_number_of_local_workers(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert workers(["--direct_num_workers=3"], units=100) == 3
    assert workers(["--direct_num_workers", "3"], units=100) == 3


def test_the_default_runner_is_the_local_one():
    assert beam_options([], units=1).view_as(StandardOptions).runner == "FnApiRunner"


def test_beams_own_flags_pass_through():
    options = beam_options(["--runner=DataflowRunner", "--project=p", "--temp_location", "gs://x"], units=1)
    assert options.view_as(StandardOptions).runner == "DataflowRunner"
    cloud = options.view_as(GoogleCloudOptions)
    assert (cloud.project, cloud.temp_location) == ("p", "gs://x")


@pytest.mark.parametrize("flags", [["--vocabsize=3"], ["--runner=FnApiRunner", "--vocabsize", "3"], ["--direct_num=2"]])
def test_an_unknown_flag_is_a_user_error(flags):
    with pytest.raises(UserError, match=r"unknown flag --(vocabsize|direct_num)"):
        beam_options(flags, units=1)


def test_a_value_that_beam_refuses_is_a_user_error(capsys):
    with pytest.raises(UserError, match="--direct_num_workers=many"):
        beam_options(["--direct_num_workers=many"], units=1)


def test_one_worker_runs_in_this_process():
    with beam_pipeline(beam_options(["--direct_num_workers=1"], units=1)) as pipeline:
        process = pipeline | beam.Create([None]) | beam.Map(lambda _: os.getpid())
        assert_that(process, equal_to([os.getpid()]))


def test_the_error_of_a_failed_step_is_one_line(caplog):
    def fail(number):
        raise OSError(28, "No space left on device")

    with (
        pytest.raises(RuntimeError, match=r"^OSError: \[Errno 28\] No space left on device \[while running 'Fail'\]$"),
        beam_pipeline(beam_options(["--direct_num_workers=1"], units=1)) as pipeline,
    ):
        _ = pipeline | beam.Create([1]) | "Fail" >> beam.Map(fail)
    assert caplog.records == []


def test_a_file_error_of_a_step_keeps_its_message():
    def fail(number):
        with as_file_error("deep/a.txt", "written"):
            raise OSError(28, "No space left on device")

    message = (
        r"^deep/a.txt cannot be written: No space left on device; make room there, and give the same command again$"
    )
    with (
        pytest.raises(UserError, match=message),
        beam_pipeline(beam_options(["--direct_num_workers=1"], units=1)) as pipeline,
    ):
        _ = pipeline | beam.Create([1]) | "Fail" >> beam.Map(fail)
