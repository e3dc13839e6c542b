import json
from pathlib import Path

import apache_beam as beam
import pytest

from pipelines.beam.pipeline import beam_options, beam_pipeline
from pipelines.write.job_lease import job_lease
from pipelines.write.last_step import LastStep, forget_report, read_report
from pipelines.write.manifest import conserve, write_manifest

FLAGS = ["--direct_num_workers=1"]


def finish(results, *, output):
    """The end of a job that has three results."""
    conserve("results", 3, written=len(results))
    (Path(output) / "calls").open("a").write("x")
    write_manifest(output, format_="f/1", files=[], results=sorted(results))
    return {"removed": 2}


class FailsOnce:
    """An end whose first call fails after it has written the manifest."""

    def __init__(self, output):
        self.output = output

    def __call__(self, results):
        before = (Path(self.output) / "MANIFEST.json").exists()
        report = finish(results, output=self.output)
        if not before:
            raise ConnectionError("the network is gone")
        return report


def run(output, *results, holder="", flags=FLAGS, end=None):
    with beam_pipeline(beam_options(flags, units=1)) as pipeline:
        last = LastStep(end or (lambda found: finish(found, output=output)), output=output, holder=holder)
        _ = pipeline | beam.Create(results) | last


@pytest.fixture
def output(tmp_path):
    return str(tmp_path)


def test_the_end_gets_all_results_and_its_report_is_left_for_the_driver(output, tmp_path):
    run(output, 3, 1, 2)
    assert json.loads((tmp_path / "MANIFEST.json").read_text())["results"] == [1, 2, 3]
    assert read_report(output) == {"removed": 2}


def test_rows_that_vanished_fail_the_job_in_one_line_and_no_manifest_is_written(output, tmp_path):
    with pytest.raises(RuntimeError, match=r"^3 results, but 2 written") as failure:
        run(output, 3, 1)
    assert "\n" not in str(failure.value)
    assert not (tmp_path / "MANIFEST.json").exists()


def test_a_job_without_results_is_ended_too_so_that_what_vanished_shows(output):
    with pytest.raises(RuntimeError, match=r"^3 results, but 0 written"):
        run(output)


def test_a_runner_that_repeats_the_last_step_gets_the_same_files(output, tmp_path):
    run(output, 3, 1, 2)
    before = (tmp_path / "MANIFEST.json").read_bytes()
    with job_lease(output, goes_on=True) as holder:
        run(output, 2, 3, 1, holder=holder, flags=[*FLAGS, "--direct_runner_bundle_repeat=1"])
    assert (tmp_path / "calls").read_text() == "xxx"
    assert (tmp_path / "MANIFEST.json").read_bytes() == before
    assert not (tmp_path / ".job").exists()


def test_a_fault_in_the_last_step_is_tried_again_by_a_runner_that_does(output, tmp_path):
    with job_lease(output, goes_on=True) as holder:
        run(output, 3, 1, 2, holder=holder, flags=["--runner=BundleBasedDirectRunner"], end=FailsOnce(output))
    assert (tmp_path / "calls").read_text() == "xx"
    assert read_report(output) == {"removed": 2}
    assert not (tmp_path / ".job").exists()


def test_a_job_whose_folder_was_given_to_another_writes_no_manifest(output, tmp_path):
    with job_lease(output, goes_on=True):
        pass
    with pytest.raises(RuntimeError, match="another job was started"):
        run(output, 1, 2, 3, holder="an earlier one")
    assert not (tmp_path / "MANIFEST.json").exists()


def test_a_runner_that_says_done_without_the_last_step_is_not_trusted(output):
    run(output, 3, 1, 2)
    forget_report(output)
    with pytest.raises(RuntimeError, match=r"its last step left no .*finished\.json"):
        read_report(output)
    forget_report(output)
