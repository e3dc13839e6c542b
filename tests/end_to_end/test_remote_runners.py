"""The jobs run on other runners with workers in another process, working folder and home, and give the same bytes."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import grpc
import pytest
from apache_beam.portability.api import beam_job_api_pb2, beam_job_api_pb2_grpc
from blogvae_process import REPOSITORY, blogvae, output_bytes

pytestmark = pytest.mark.slow

PREPARE = ("prepare", "--input=data/posts/travel", "--input=data/blog_export.csv", "--vocab-size=600")
"""Flags of prepare whose paths are relative to the repository, in which no worker works."""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Starts a Python module that listens at a port, in a folder and with a home of its own, and returns the port."""
    started = []

    def start(module, flag):
        folder, port = tmp_path_factory.mktemp("server"), _free_port()
        places = {"HOME": str(folder), "PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"}
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        process = subprocess.Popen(
            [sys.executable, "-m", module, f"{flag}={port}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={**os.environ, **places, "PATH": path},
            start_new_session=True,
        )
        started.append(process)
        start.groups[port] = process.pid
        while not _listens(port):
            try:
                code = process.wait(timeout=0.05)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(f"{module} ended with {code}")
        return port

    start.groups = {}
    yield start
    for process in started:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _free_port():
    with socket.create_server(("localhost", 0)) as bound:
        return bound.getsockname()[1]


def _listens(port):
    try:
        socket.create_connection(("localhost", port)).close()
    except ConnectionRefusedError:
        return False
    return True


@pytest.fixture(scope="module")
def pool(server):
    """The flags with which a runner gets its workers from a pool."""
    port = server("apache_beam.runners.worker.worker_pool_main", "--service_port")
    return "--environment_type=EXTERNAL", f"--environment_config=localhost:{port}"


def python_job_server(server):
    port = server("apache_beam.runners.portability.local_job_service_main", "--port")
    return "--runner=PortableRunner", f"--job_endpoint=localhost:{port}"


def flink(_server):
    return "--runner=FlinkRunner", f"--flink_job_server_jar={given('FLINK_JOB_SERVER_JAR')}"


def prism(_server):
    return "--runner=PrismRunner", f"--prism_location={given('PRISM_BINARY')}"


def given(name):
    return os.environ.get(name) or pytest.skip(f"set {name} to run this test")


@pytest.fixture(scope="module", params=[python_job_server, flink, prism])
def runner(request, server, pool):
    """The flags of a runner whose workers are those of the pool."""
    return *request.param(server), *pool


def relative(path):
    return os.path.relpath(path, REPOSITORY)


def test_prepare_with_relative_paths_gives_the_same_bytes(runner, tmp_path):
    there, here = tmp_path / "there", tmp_path / "here"
    done = blogvae(*PREPARE, f"--output={relative(there)}", *runner)
    assert done.returncode == 0, done.stderr
    done = blogvae(*PREPARE, f"--output={relative(here)}", "--direct_num_workers=1")
    assert done.returncode == 0, done.stderr
    assert output_bytes(there) == output_bytes(here)


def test_a_mistake_that_a_worker_finds_is_one_line(runner, tmp_path):
    posts = tmp_path / "posts"
    posts.mkdir()
    (posts / "a.txt").write_text(" ".join(map(chr, range(0x4E00, 0x5300))))
    done = blogvae("prepare", f"--input={posts}", f"--output={tmp_path / 'out'}", "--vocab-size=512", *runner)
    assert done.returncode == 2, done.stderr
    assert re.fullmatch(
        r"blogvae: --vocab-size 512: a vocabulary of 512 has no room for the characters of the texts: at least \d+",
        done.stderr.splitlines()[-1],
    )


def test_a_job_ends_whole_without_its_driver(server, tmp_path):
    """The pool of workers stands still until the driver has ended."""
    jobs, pool = (
        server("apache_beam.runners.portability.local_job_service_main", "--port"),
        server("apache_beam.runners.worker.worker_pool_main", "--service_port"),
    )
    runner = "--runner=PortableRunner", f"--job_endpoint=localhost:{jobs}", "--environment_type=EXTERNAL"
    alone, here = tmp_path / "alone", tmp_path / "here"
    os.killpg(server.groups[pool], signal.SIGSTOP)
    try:
        done = blogvae(
            *PREPARE, f"--output={alone}", *runner, f"--environment_config=localhost:{pool}", "--no_wait_until_finish"
        )
    finally:
        os.killpg(server.groups[pool], signal.SIGCONT)
    assert done.returncode == 0, done.stderr
    assert "the job goes on without this program" in done.stderr
    assert not (alone / "stats.json").exists()
    assert (alone / ".job").exists()
    with grpc.insecure_channel(f"localhost:{jobs}") as channel:
        service = beam_job_api_pb2_grpc.JobServiceStub(channel)
        (job,) = service.GetJobs(beam_job_api_pb2.GetJobsRequest()).job_info
        *_, last = service.GetStateStream(beam_job_api_pb2.GetJobStateRequest(job_id=job.job_id))
    assert last.state == beam_job_api_pb2.JobState.DONE
    assert not (alone / ".job").exists()
    done = blogvae(*PREPARE, f"--output={here}", "--direct_num_workers=1")
    assert done.returncode == 0, done.stderr
    assert output_bytes(alone) == output_bytes(here)
