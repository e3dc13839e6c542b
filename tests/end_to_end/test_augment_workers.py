"""augment gives the same with any number of workers, and with workers that die or run out of memory."""

import os
import resource
import signal
from pathlib import Path

import pytest
from blogvae_process import blogvae, blogvae_started, manifest_of, output_bytes


@pytest.fixture
def beside(chain, request):
    """Another root with the same dataset and model."""
    other = chain.beside(request.node.name.replace("[", "_").strip("]"))
    other.dataset.symlink_to(chain.dataset)
    return other


@pytest.mark.parametrize("workers", [1, 4])
def test_any_number_of_processes_writes_the_same_bytes(chain, beside, workers):
    processes = ("--direct_running_mode=multi_processing", f"--direct_num_workers={workers}")
    beside.run("augment", beside.augment_flags(), *processes)
    assert output_bytes(beside.variations) == output_bytes(chain.variations)
    assert f"{manifest_of(chain.variations)['counts']['candidates']:,} candidates" in beside.said["augment"]


def test_a_worker_killed_fails_the_job_in_one_line_and_the_rerun_finishes(chain, beside):
    flags = (*beside.augment_flags(), "--direct_num_workers=2")
    with blogvae_started(*flags) as process:
        while not any((beside.variations / ".work/candidates").glob("*.parquet")):
            assert process.poll() is None
        workers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(workers[0]), signal.SIGKILL)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    *log, line = said.splitlines()
    assert "a worker process was killed by signal 9; the same command goes on where this run stopped" in line
    assert not [other for other in log if "Error" in other or "Traceback" in other]
    assert not (beside.variations / "MANIFEST.json").exists()
    beside.run("augment", flags)
    assert output_bytes(beside.variations) == output_bytes(chain.variations)


def test_a_full_disk_is_one_line_and_the_rerun_finishes(chain, beside):
    full = blogvae(
        *(*beside.augment_flags(), "--direct_num_workers=2"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )
    assert full.returncode == 2
    assert "File too large" in full.stderr.splitlines()[-1]
    assert "Traceback" not in full.stderr
    assert not (beside.variations / "MANIFEST.json").exists()
    beside.run("augment", beside.augment_flags(), "--direct_num_workers=1")
    assert output_bytes(beside.variations) == output_bytes(chain.variations)
