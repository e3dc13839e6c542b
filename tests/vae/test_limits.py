import os

import pytest

from vae import limits
from vae.limits import THREADS, limit_threads, usable_cores, usable_memory


@pytest.fixture
def cgroup(tmp_path, monkeypatch):
    """Has this process, which has four cores, be in a cgroup; called with its line and the files of cgroups."""
    monkeypatch.setattr(limits, "CGROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(limits, "OWN_CGROUP", tmp_path / "own")
    monkeypatch.setattr(limits, "_cores_of_affinity", lambda: 4)

    def write(line="0::/", **files):
        (tmp_path / "own").write_text(f"{line}\n")
        for name, text in files.items():
            path = tmp_path / "cgroup" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{text}\n")

    return write


@pytest.mark.parametrize(
    ("line", "files", "cores"),
    [
        ("0::/", {}, 4),
        ("0::/", {"cpu.max": "max 100000"}, 4),
        ("0::/", {"cpu.max": "150000 100000"}, 1.5),
        ("0::/", {"cpu.max": "900000 100000"}, 4),
        ("0::/a/b", {"a/b/cpu.max": "max 100000", "a/cpu.max": "200000 100000"}, 2),
        ("2:cpu,cpuacct:/a", {"cpu/a/cpu.cfs_quota_us": "300000", "cpu/a/cpu.cfs_period_us": "100000"}, 3),
        ("2:cpu,cpuacct:/a", {"cpu/a/cpu.cfs_quota_us": "-1", "cpu/a/cpu.cfs_period_us": "100000"}, 4),
        ("7:memory:/a", {"cpu/a/cpu.cfs_quota_us": "300000", "cpu/a/cpu.cfs_period_us": "100000"}, 4),
    ],
)
def test_cores_are_those_that_affinity_and_every_cgroup_around_the_process_allow(cgroup, line, files, cores):
    cgroup(line, **files)
    assert usable_cores() == cores


@pytest.mark.parametrize(
    ("line", "files", "memory"),
    [
        ("0::/", {"memory.max": "1000000"}, 1_000_000),
        ("7:memory:/a", {"memory/a/memory.limit_in_bytes": "2000000"}, 2_000_000),
        ("7:memory:/", {"memory/memory.limit_in_bytes": "9223372036854771712"}, None),
        ("0::/", {"memory.max": "max"}, None),
    ],
)
def test_memory_is_that_of_the_cgroup_if_it_has_less_than_the_machine(cgroup, line, files, memory):
    cgroup(line, **files)
    assert usable_memory() == (memory or os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))


def test_threads_are_limited_where_a_quota_is_and_the_user_has_set_none(cgroup):
    unlimited, limited, small, of_user = {}, {}, {}, {THREADS: "3"}
    cgroup()
    limit_threads(unlimited)
    cgroup(**{"cpu.max": "250000 100000"})
    limit_threads(limited)
    limit_threads(of_user)
    cgroup(**{"cpu.max": "50000 100000"})
    limit_threads(small)
    assert [each.get(THREADS) for each in (unlimited, limited, of_user, small)] == [None, "2", "3", "1"]


def test_without_files_of_cgroups_the_machine_is_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "OWN_CGROUP", tmp_path / "none")
    assert usable_cores() == limits._cores_of_affinity()
