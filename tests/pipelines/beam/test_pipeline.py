import os
import re

import apache_beam as beam
import pytest
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import DirectOptions, GoogleCloudOptions, S3Options, StandardOptions
from apache_beam.testing.util import assert_that, equal_to

from pipelines.beam import pipeline
from pipelines.beam.pipeline import beam_options, beam_pipeline
from pipelines.errors import TemporaryFileError, UserError, as_file_error


def workers(flags, *, units):
    return beam_options(flags, units=units).view_as(DirectOptions).direct_num_workers


@pytest.fixture
def cores(monkeypatch):
    """Has this process use so many cores."""
    return lambda count: monkeypatch.setattr(pipeline, "usable_cores", lambda: count)


def test_there_are_as_many_workers_as_cores_but_no_more_than_units(cores):
    cores(8.0)
    assert [workers([], units=units) for units in (0, 1, 5, 100)] == [1, 1, 5, 8]
    cores(0.5)
    assert workers([], units=5) == 1


def test_there_are_no_more_workers_than_fit_into_the_memory(cores, monkeypatch):
    cores(8.0)
    monkeypatch.setattr(pipeline, "usable_memory", lambda: 4_000)
    options = [beam_options([], units=9, worker_bytes=each) for each in (1, 1_600, 9_000)]
    assert [each.view_as(DirectOptions).direct_num_workers for each in options] == [8, 2, 1]


def test_a_flag_sets_the_number_of_local_workers(cores):
    cores(8.0)
    assert workers(["--direct_num_workers=3"], units=100) == 3
    assert workers(["--direct_num_workers", "3"], units=100) == 3


def test_the_default_runner_is_the_local_one():
    assert beam_options([], units=1).view_as(StandardOptions).runner == "FnApiRunner"


def test_beams_own_flags_pass_through():
    options = beam_options(["--runner=SparkRunner", "--project=p", "--temp_location", "gs://x"], units=1)
    assert options.view_as(StandardOptions).runner == "SparkRunner"
    cloud = options.view_as(GoogleCloudOptions)
    assert (cloud.project, cloud.temp_location) == ("p", "gs://x")


@pytest.mark.parametrize("flags", [["--vocabsize=3"], ["--runner=FnApiRunner", "--vocabsize", "3"], ["--direct_num=2"]])
def test_an_unknown_flag_is_a_user_error(flags):
    with pytest.raises(UserError, match=r"unknown flag --(vocabsize|direct_num)"):
        beam_options(flags, units=1)


@pytest.mark.parametrize("runner", ["DirectRunner", "FnApiRunner"])
def test_a_runner_on_this_machine_knows_no_other_flags(runner):
    with pytest.raises(UserError, match="unknown flag --state_backend=rocksdb"):
        beam_options([f"--runner={runner}", "--state_backend=rocksdb"], units=1)


@pytest.mark.parametrize("runner", ["PortableRunner", "FlinkRunner", "SparkRunner"])
def test_a_flag_for_a_job_server_passes_through(runner):
    options = beam_options([f"--runner={runner}", "--state_backend=rocksdb", "--parallelism=4"], units=1)
    flags = options.get_all_options(retain_unknown_options=True)
    assert (flags["state_backend"], flags["parallelism"]) == ("rocksdb", 4)


@pytest.mark.parametrize(
    ("runner", "message"),
    [
        ("DaskRunner", "Unexpected pipeline runner: DaskRunner. Valid values are .*, FlinkRunner, "),
        ("none.such.Runner", "No module named 'none'"),
        ("apache_beam.runners.NoneRunner", "module 'apache_beam.runners' has no attribute 'NoneRunner'"),
    ],
)
def test_a_runner_that_beam_does_not_have_is_a_user_error(runner, message):
    with pytest.raises(UserError, match=f"^--runner {runner}: {message}"):
        beam_options([f"--runner={runner}"], units=1)


def test_what_a_runner_lacks_is_a_user_error():
    message = "^--runner PortableRunner: .*Option process_command is required for environment type PROCESS.$"
    with pytest.raises(UserError, match=message):
        beam_options(["--runner=PortableRunner", "--environment_type=PROCESS"], units=1)


def test_filesystems_get_the_flags():
    beam_options(["--s3_endpoint_url=http://here"], units=1)
    assert FileSystems._pipeline_options.view_as(S3Options).s3_endpoint_url == "http://here"


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        (
            (
                "Pipeline job-1 failed in state FAILED: java.lang.RuntimeException: Error received from SDK harness:\n"
                "Traceback (most recent call last):\n"
                "pipelines.errors.FileError: a.txt cannot be read: gone [while running 'Clean']\n\n\tat org.apache.beam"
            ),
            UserError,
            "a.txt cannot be read: gone",
        ),
        (
            (
                "Pipeline job-1 failed in state FAILED: Traceback (most recent call last):\n"
                "KeyError: 'text' [while running 'Clean']\n\tat org.apache.beam"
            ),
            RuntimeError,
            "KeyError: 'text' [while running 'Clean']",
        ),
        ("Pipeline job-1 failed in state FAILED: no worker", RuntimeError, "Pipeline job-1 failed in state FAILED"),
    ],
)
def test_what_a_worker_of_another_runner_raised_is_one_line(text, kind, message):
    with (
        pytest.raises(kind, match=f"^{re.escape(message)}") as raised,
        beam_pipeline(beam_options(["--runner=FlinkRunner"], units=1)),
    ):
        raise RuntimeError(text)
    assert "\n" not in str(raised.value)


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


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_that_may_be_over_soon_stays_one(workers):
    def fail(number):
        with as_file_error("s3://deep/a.txt", "written"):
            raise OSError("503 slow down")

    with (
        pytest.raises(TemporaryFileError, match=r"^s3://deep/a\.txt cannot be written: 503 slow down; check .* again$"),
        beam_pipeline(beam_options([f"--direct_num_workers={workers}"], units=1)) as pipeline,
    ):
        _ = pipeline | beam.Create([1]) | "Fail" >> beam.Map(fail)


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
