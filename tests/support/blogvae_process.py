"""Runs `blogvae` as a process of its own, as a scheduler does, and reads what it wrote."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq

from pipelines import cli

REPOSITORY = Path(__file__).parents[2]
POSTS, EXPORT = REPOSITORY / "data/posts", REPOSITORY / "data/blog_export.csv"
TEMPORARY = ".temporary-"


def blogvae(*argv, cwd=REPOSITORY, **options):
    """Runs `blogvae` without a terminal, to its end."""
    command, options = _command(argv), {**_options(), "cwd": cwd, **options}
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def blogvae_started(*argv):
    """Starts `blogvae` without a terminal; its log is in the process's pipe."""
    return subprocess.Popen(_command(argv), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **_options())


def killed_blogvae(*argv, when):
    """Runs `blogvae`, and kills it and its workers once a file that matches `when` (folder, pattern) exists."""
    folder, pattern = when
    with subprocess.Popen(
        _command(argv), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, **_options()
    ) as process:
        while not any(Path(folder).glob(pattern)):
            try:
                code = process.wait(timeout=0.01)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(f"ended with {code} before there was any {pattern}")
        os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


def forked_blogvae(*argv, kill_after=None):
    """Runs `blogvae` in a fork of a process that has imported everything; returns its exit code.

    After `kill_after` seconds it is killed with its workers. So a kill hits the job at work, not the start of Python.
    """
    _FORKS.set_forkserver_preload(["pipelines.commands.prepare"])
    process = _FORKS.Process(target=_quietly, args=([str(argument) for argument in argv],))
    process.start()
    process.join(kill_after)
    if process.is_alive():
        os.killpg(process.pid, signal.SIGKILL)
    process.join()
    return process.exitcode


_FORKS = multiprocessing.get_context("forkserver")


def _quietly(argv):
    os.setsid()
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    raise SystemExit(cli.main(argv))


def manifest_of(folder):
    return json.loads((folder / "MANIFEST.json").read_text())


def output_bytes(folder):
    """The bytes of every file that readers use, by its path: the manifest's files and those beside them."""
    beside = ("MANIFEST.json", "README.md", "stats.json", "stats.html", "metrics.json")
    beside = (*beside, "tokenizer/spm.model", "tokenizer/spm.vocab")
    listed = [file["path"] for file in manifest_of(folder)["files"]]
    assert not any(TEMPORARY in path for path in listed)
    return {
        path: (folder / path).read_bytes() for path in [*listed, *beside] if path in listed or (folder / path).exists()
    }


def rows_of(folder, prefix):
    """The rows of the manifest's Parquet files whose paths begin with this prefix."""
    paths = [file["path"] for file in manifest_of(folder)["files"] if file["path"].startswith(prefix)]
    return [row for path in paths for row in pq.ParquetFile(folder / path).read().to_pylist()]


def _command(argv):
    return [sys.executable, "-m", "pipelines.cli", *map(str, argv)]


def _options():
    return {"cwd": REPOSITORY, "env": {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY)}}
