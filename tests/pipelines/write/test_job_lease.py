import json
import time

import pytest

from pipelines.errors import UserError
from pipelines.write.job_lease import JOB_LEASE_HOURS, check_job_lease, end_job_lease, job_lease


@pytest.fixture(params=["disk", "store"])
def folder(request, tmp_path, store):
    return str(tmp_path) if request.param == "disk" else "memory://bucket/out"


def begun(folder):
    """Starts a job that goes on, and returns the name under which it holds the folder."""
    with job_lease(folder, goes_on=True) as holder:
        return holder


def refused(folder):
    with pytest.raises(UserError, match=f"a job that was started earlier writes to {folder}: wait for it") as refusal:
        begun(folder)
    return str(refusal.value)


def test_a_job_keeps_other_runs_out_until_its_last_step_ends_the_lease(folder):
    holder = begun(folder)
    assert f"delete {folder}/.job, which keeps other runs out for 24.0 more hours" in refused(folder)
    with pytest.raises(UserError), job_lease(folder, goes_on=False):
        pass
    check_job_lease(folder, holder)
    end_job_lease(folder, holder)
    with job_lease(folder, goes_on=False) as none:
        assert none == ""


def test_a_job_that_could_not_be_started_leaves_no_lease(folder):
    with pytest.raises(ValueError, match="no such job server"), job_lease(folder, goes_on=True):
        raise ValueError("no such job server")
    assert begun(folder)


def test_the_lease_of_a_job_that_never_ended_ends_by_itself(store):
    begun("memory://bucket/out")
    lease = json.loads(store["memory://bucket/out/.job"])
    assert lease["until"] == pytest.approx(time.time() + 3600 * JOB_LEASE_HOURS, abs=60)
    store["memory://bucket/out/.job"] = json.dumps({**lease, "until": time.time() - 1}).encode()
    assert begun("memory://bucket/out") != lease["holder"]


def test_a_job_whose_folder_was_given_to_another_is_told_and_leaves_the_lease_of_the_other(store):
    first = begun("memory://bucket/out")
    store.clear()
    check_job_lease("memory://bucket/out", first)
    second = begun("memory://bucket/out")
    with pytest.raises(RuntimeError, match="another job was started on memory://bucket/out"):
        check_job_lease("memory://bucket/out", first)
    end_job_lease("memory://bucket/out", first)
    assert json.loads(store["memory://bucket/out/.job"])["holder"] == second


def test_a_job_whose_driver_waits_has_no_lease_to_check_or_to_end(store):
    begun("memory://bucket/out")
    check_job_lease("memory://bucket/out", "")
    end_job_lease("memory://bucket/out", "")
    assert list(store) == ["memory://bucket/out/.job"]
