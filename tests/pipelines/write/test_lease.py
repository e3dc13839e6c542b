import json
import threading
import time

import pytest

from pipelines.errors import UserError
from pipelines.write import lease
from pipelines.write.lease import LEASE_SECONDS, held_lease

PATH = "memory://bucket/out/.lock"


def left_by_another(*, seconds):
    return json.dumps({"holder": "another", "until": time.time() + seconds}).encode()


def test_a_lease_is_held_in_the_block_and_gone_after_it(store):
    with held_lease(PATH):
        assert 0 < json.loads(store[PATH])["until"] - time.time() <= LEASE_SECONDS
    assert store == {}


def test_a_lease_is_gone_after_a_failure(store):
    with pytest.raises(ValueError, match="broken"), held_lease(PATH):
        raise ValueError("broken")
    assert store == {}


def test_a_second_run_is_refused(store):
    with (
        held_lease(PATH),
        pytest.raises(UserError, match="another run is writing to memory://bucket/out, or was killed"),
        held_lease(PATH),
    ):
        pass
    assert store == {}


def test_a_lease_that_a_killed_run_left_ends(store):
    store[PATH] = left_by_another(seconds=50)
    with pytest.raises(UserError, match=r"or (49|50) seconds after a kill"), held_lease(PATH):
        pass
    store[PATH] = left_by_another(seconds=-1)
    with held_lease(PATH):
        assert json.loads(store[PATH])["holder"] != "another"


def test_a_lease_is_renewed(store, monkeypatch):
    renewed = threading.Event()
    write_bytes = lease.write_bytes
    monkeypatch.setattr(lease, "_RENEWAL_SECONDS", 0.01)
    monkeypatch.setattr(lease, "write_bytes", lambda *args: (write_bytes(*args), renewed.set()))
    with held_lease(PATH):
        before = json.loads(store[PATH])["until"]
        assert renewed.wait(5)
        assert json.loads(store[PATH])["until"] > before


def test_a_run_that_lost_its_lease_fails_at_its_end_and_leaves_that_of_the_other(store):
    with pytest.raises(RuntimeError, match=r"another run took memory://bucket/out/\.lock"), held_lease(PATH):
        store[PATH] = taken = left_by_another(seconds=50)
    assert store == {PATH: taken}
