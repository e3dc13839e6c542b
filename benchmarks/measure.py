"""Helps the scripts of this folder: times processes, runs `prepare` on a corpus, and writes the file of results."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
TOKENIZER = ROOT / "data" / "models" / "base-en" / "tokenizer" / "spm.model"
FOLDER, EXPORT = "govblogs", "devblogs.csv"
CORE = max(os.sched_getaffinity(0))
ONE_THREAD = {"OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
SECONDS_PER_LOOK = 0.01
LOOKS_PER_SAMPLE = 20
"""Memory is summed over /proc five times a second; more often, sampling would slow down what it measures."""


@dataclass(frozen=True, kw_only=True)
class Usage:
    """The time and memory of a process and of all processes it started.

    Memory is the greatest sampled sum of their resident sets; a page that two processes share counts twice. The largest
    process is the one whose resident set was ever the largest.
    """

    wall_seconds: float
    cpu_seconds: float
    peak_memory_mb: float
    largest_process_mb: float


def run_on_one_core(command: Sequence[str | Path]) -> Usage:
    """Times a command on one core with one thread, its imports included. Ends the script if the command fails."""
    return run_on_all_cores(["taskset", "--cpu-list", str(CORE), *command])


def run_on_all_cores(command: Sequence[str | Path]) -> Usage:
    """Times a command with one thread a process, its imports included. Ends the script if the command fails."""
    with tempfile.TemporaryFile("w+") as log:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | ONE_THREAD,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        peak, largest, looks = 0, 0, 0
        while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
            if looks % LOOKS_PER_SAMPLE == 0:
                resident = _resident_bytes(session=process.pid)
                peak, largest = max(peak, sum(resident)), max(largest, *resident, 0)
            looks += 1
            time.sleep(SECONDS_PER_LOOK)
        wall = time.perf_counter() - started
        _, status, used = ended
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            log.seek(0)
            sys.exit(f"{log.read()[-4000:]}\nfailed with {process.returncode}: {' '.join(map(str, command))}")
    return Usage(
        wall_seconds=round(wall, 2),
        cpu_seconds=round(used.ru_utime + used.ru_stime, 2),
        peak_memory_mb=round(max(peak, used.ru_maxrss * 1024) / 1e6, 1),
        largest_process_mb=round(max(largest, used.ru_maxrss * 1024) / 1e6, 1),
    )


def _resident_bytes(*, session: int) -> list[int]:
    """Returns the resident set of each process of the session."""
    pages = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except OSError:  # the process has ended meanwhile
            continue
        if int(after_name[3]) == session:
            pages.append(int(after_name[21]))
    return [count * os.sysconf("SC_PAGE_SIZE") for count in pages]


def in_turn(sides: dict[str, Callable[[], Usage]], *, runs: int) -> dict[str, list[Usage]]:
    """Runs the sides in turn, several times, so that a slow minute of the machine affects all of them."""
    usages: dict[str, list[Usage]] = {name: [] for name in sides}
    for run in range(runs):
        for name, side in sides.items():
            usages[name].append(side())
            print(f"run {run + 1}: {name} {usages[name][-1]}", file=sys.stderr)
    return usages


def compared(baseline: list[Usage], ours: list[Usage], *, corpus: dict[str, Any]) -> dict[str, Any]:
    """Returns all runs of both sides, their speeds, and the ratios of their medians; below 1, ours is faster."""
    figures: dict[str, Any] = {}
    for side, runs in (("baseline_", baseline), ("", ours)):
        figures[f"{side}seconds"] = [run.wall_seconds for run in runs]
        figures[f"{side}cpu_seconds"] = [run.cpu_seconds for run in runs]
        figures[f"{side}peak_memory_mb"] = [run.peak_memory_mb for run in runs]
    for kind in ("", "cpu_"):
        theirs, own = (median(figures[f"{side}{kind}seconds"]) for side in ("baseline_", ""))
        figures[f"baseline_mb_per_{kind}second"] = round(corpus["bytes"] / 1e6 / theirs, 3)
        figures[f"mb_per_{kind}second"] = round(corpus["bytes"] / 1e6 / own, 3)
        figures[f"{kind}ratio"] = round(own / theirs, 4)
    return figures


def prepare_command(*, corpora: Path, tokenizer: Path, output: Path, near_duplicates: str = "drop") -> list[str | Path]:
    """Returns the command line of this checkout's `blogvae prepare`, with one worker."""
    command: list[str | Path] = [sys.executable, "-m", "pipelines.cli", "prepare"]
    for path in inputs_of(corpora):
        command += ["--input", path]
    command += ["--output", output, "--tokenizer", tokenizer, "--near-duplicates", near_duplicates]
    return [*command, "--direct_num_workers", "1"]


def inputs_of(corpora: Path) -> list[Path]:
    """Returns what `prepare` reads of a corpus: a folder of posts and an export, or the exports of made_corpus.py."""
    if (corpora / FOLDER).is_dir():
        return [corpora / FOLDER, corpora / EXPORT]
    return sorted(corpora.glob("*.csv"))


def posts_as_published(corpora: Path) -> Iterator[tuple[str, str]]:
    """Yields the id and the uncleaned text of every post, front matter included."""
    csv.field_size_limit(2**31 - 1)
    for given in inputs_of(corpora):
        if given.is_dir():
            for path in sorted(given.glob("*.txt")):
                yield path.stem, path.read_text(encoding="utf-8", errors="replace")
            continue
        with given.open(encoding="utf-8", errors="replace", newline="") as rows:
            for row in csv.DictReader(rows):
                yield row["post_id"], row["content"]


def few_posts(corpora: Path, folder: Path, *, each: int = 10) -> Path:
    """Writes a corpus of the first files and rows, to time what starting and ending cost; returns its folder."""
    for given in inputs_of(corpora):
        few = folder / given.name
        if given.is_dir():
            few.mkdir(parents=True)
            for path in sorted(given.glob("*.txt"))[:each]:
                (few / path.name).write_bytes(path.read_bytes())
            continue
        folder.mkdir(parents=True, exist_ok=True)
        with given.open(encoding="utf-8", newline="") as rows, few.open("w", encoding="utf-8", newline="") as cut:
            csv.writer(cut).writerows(islice(csv.reader(rows), each + 1))
    return folder


def corpus_figures(corpora: Path) -> dict[str, Any]:
    """Counts the files, posts and bytes of the corpus."""
    inputs = inputs_of(corpora)
    files = [file for given in inputs for file in (given.glob("*.txt") if given.is_dir() else [given])]
    return {
        "names": [given.name for given in inputs],
        "files": len(files),
        "posts": sum(1 for _ in posts_as_published(corpora)),
        "bytes": sum(file.stat().st_size for file in files),
    }


def machine(*, cores_used: int) -> dict[str, Any]:
    """Describes the machine: its processor, its cores and those that a side used, and its memory."""
    information = Path("/proc/cpuinfo").read_text()
    model = next(line.partition(":")[2].strip() for line in information.splitlines() if line.startswith("model name"))
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {"processor": model, "cores": os.cpu_count(), "cores_used": cores_used, "memory_gb": round(memory / 1e9, 1)}


def versions(*distributions: str) -> dict[str, str]:
    """Returns the versions of Python and of the named libraries."""
    return {"python": platform.python_version(), **{name: version(name) for name in distributions}}


def report(result: dict[str, Any], *, record: bool, cores_used: int = 1) -> None:
    """Prints the result with date and machine, and writes it to results/ if `record`."""
    result = {
        **result,
        "date": dt.datetime.now(tz=dt.timezone.utc).date().isoformat(),
        "machine": machine(cores_used=cores_used),
    }
    text = json.dumps(result, indent=2, ensure_ascii=False) + "\n"
    print(text)
    if record:
        (ROOT / "benchmarks" / "results" / f"{result['name']}.json").write_text(text, encoding="utf-8")
