"""The command as a scheduler starts it, and the bytes it leaves."""

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


def blogvae(*argv, **options):
    """Runs `blogvae` off a terminal, to its end."""
    return subprocess.run(_command(argv), capture_output=True, text=True, check=False, **_options(), **options)


def blogvae_started(*argv):
    """Starts `blogvae` off a terminal; what it says is in the process's pipe."""
    return subprocess.Popen(_command(argv), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **_options())


def killed_blogvae(*argv, when):
    """Runs `blogvae` and kills it and its workers once a file that matches `when` (folder, pattern) is there."""
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
    """Runs `blogvae` in a process of its own that has imported all, to its end or for so many seconds; its exit code.

    So a kill hits the job at work, not Python that starts. Beam's workers, if any, are killed with it.
    """
    _FORKS.set_forkserver_preload(["pipelines.commands.prepare"])
    process = _FORKS.Process(target=_quietly, args=([str(each) for each in argv],))
    process.start()
    process.join(kill_after)
    if process.is_alive():
        os.killpg(process.pid, signal.SIGKILL)
    process.join()
    return process.exitcode


_FORKS = multiprocessing.get_context("forkserver")


def _quietly(argv):
    os.setsid()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    raise SystemExit(cli.main(argv))


def manifest_of(folder):
    return json.loads((folder / "MANIFEST.json").read_text())


def output_bytes(folder):
    """Every file that readers trust, by its path: the manifest's files and those beside them."""
    beside = ("MANIFEST.json", "stats.json", "stats.html", "metrics.json", "tokenizer/spm.model", "tokenizer/spm.vocab")
    listed = [file["path"] for file in manifest_of(folder)["files"]]
    assert not any(TEMPORARY in path for path in listed)
    return {
        path: (folder / path).read_bytes() for path in [*listed, *beside] if path in listed or (folder / path).exists()
    }


def rows_of(folder, prefix):
    """Rows of the manifest's Parquet files whose paths begin so."""
    paths = [file["path"] for file in manifest_of(folder)["files"] if file["path"].startswith(prefix)]
    return [row for path in paths for row in pq.ParquetFile(folder / path).read().to_pylist()]


def _command(argv):
    return [sys.executable, "-m", "pipelines.cli", *map(str, argv)]


def _options():
    return {"cwd": REPOSITORY, "env": {**os.environ, "OMP_NUM_THREADS": "1"}}
