"""Measures what a job of 25,000 units in a remote store costs the process that starts it, and its last step.

    python benchmarks/many_units.py --record

The store is simulated (simulated_store.py): a request takes 40 ms, and tiny files claim to have 4 MB each, so 25,000
units of `prepare` are 100 GB, and 150,000 units of `augment` are 9.6 million posts. Each phase runs in a process of its
own, for a quarter and for all of the units; `ratio` is 4 where time is linear in units. Memory is that of the process
without the contents of the store.

    prepare plans       lists exports, finds their columns and content kinds, groups them, writes the plan
    prepare ends        the last step: checks conservation, writes statistics and the manifest
    augment plans       reads the row groups of all posts files, names the units, writes the plan
    augment ends        the last step: checks conservation, writes metrics, card and the manifest
"""

from __future__ import annotations

import argparse
import io
import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from made_corpus import make
from measure import report, run_on_all_cores, versions
from simulated_store import SimulatedStore

from pipelines.augment.candidate_tables import REJECTED_CANDIDATES_SCHEMA, UNITS_IN_PART, VARIATIONS_SCHEMA
from pipelines.augment.variations_folder import FinishVariations
from pipelines.dataset.finish_dataset import finish_dataset
from pipelines.dataset.step_results import STEPS, StepResults
from pipelines.posts.posts_units import plan_posts
from pipelines.read.plan import UNIT_BYTES, group_files
from pipelines.read.readable_inputs import readable_inputs
from pipelines.write.manifest import MANIFEST, WORK
from pipelines.write.planned import write_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

UNITS: Final = 25_000
OUTPUT: Final = "slow://bucket/output"
GROUPS: Final = 6
"""Row groups of 64 posts in a posts file: 4 MB of posts of about 10 kB."""

SHARD_BYTES: Final = 64 << 20


def store_exports(units: int, _: Path) -> Any:
    """Stores exports of one unit each, with two posts."""
    export = b"id,title,content\n1,Rain,The rain stopped at noon.\n2,Wind,The wind turned to the north.\n"
    put({f"slow://bucket/posts/{number:05d}.csv": export for number in range(units)}, claim=UNIT_BYTES)


def plan_prepare(_: Any) -> None:
    """Plans `prepare` on these exports."""
    files = readable_inputs(["slow://bucket/posts"], columns=None, output=OUTPUT)
    write_plan(group_files(files), output=OUTPUT)


def store_results(units: int, dataset: Path) -> Any:
    """Stores what the steps of `prepare` wrote of a real dataset, under other names for each unit; returns settings."""
    real = {step: json.loads((dataset / WORK / f"{step}.json").read_text()) for step in STEPS}
    templates = len(real["units"])
    names = [name for _, name, _ in real["staged"]]

    def renamed(row: Any, number: int) -> Any:
        text = json.dumps(row)
        *_, receipt = real["encoded"][number % templates]
        for name in (names[number % templates], receipt["encoded"].rpartition("/")[2].partition(".")[0]):
            text = text.replace(name, f"{number:016x}")
        return json.loads(text)

    results = {step: [renamed(real[step][n % templates], n) for n in range(units)] for step in STEPS[:3]}
    results["encoded"] = [renamed(real["encoded"][number % templates], number) for number in range(units)]
    segments = sum(receipt["segments"] for *_, receipt in results["encoded"])
    count = max(1, units * UNIT_BYTES // SHARD_BYTES)
    file = real["shards"][0][1][0]
    rows = [segments // count + (shard < segments % count) for shard in range(count)]
    results["shards"] = [
        [f"{shard}.json", [{**file, "path": f"shards/{shard}.parquet", "rows": of_shard}]]
        for shard, of_shard in enumerate(rows)
    ]
    tokenizer = Path(real["tokenizer"][0]).read_bytes()
    put({f"{OUTPUT}/spm.model": tokenizer, f"{OUTPUT}/{WORK}/boilerplate.json": b"{}"})
    results |= {"tokenizer": [f"{OUTPUT}/spm.model"], "labels": real["labels"]}
    put({StepResults(OUTPUT).path(step): json.dumps(rows).encode() for step, rows in results.items()})
    return json.loads((dataset / MANIFEST).read_text())["settings"]


def end_prepare(settings: Any) -> None:
    """Ends this run of `prepare`."""
    finish_dataset(STEPS, output=OUTPUT, settings=settings, clean=False)


def store_posts(units: int, _: Path) -> Any:
    """Stores a dataset with a posts file for each unit of `prepare`."""
    stream = io.BytesIO()
    pq.write_table(pa.table({"post_id": [str(row) for row in range(64 * GROUPS)]}), stream, row_group_size=64)
    paths = [f"posts/part-{number:016x}.parquet" for number in range(units)]
    put({f"slow://bucket/dataset/{path}": stream.getvalue() for path in paths})
    files = [{"path": path, "rows": 64 * GROUPS, "sha256": path} for path in paths]
    put({f"slow://bucket/dataset/{MANIFEST}": json.dumps({"files": files}).encode()})


def plan_augment(_: Any) -> None:
    """Plans `augment` on this dataset."""
    write_plan(list(plan_posts("slow://bucket/dataset", facts=[], limit=None)), output=OUTPUT)


def store_parts(units: int, _: Path) -> Any:
    """Stores the parts of `augment` over all these posts; returns the units' names and the receipts."""
    names = [f"{number:016x}" for number in range(units * GROUPS)]
    contents = {}
    for folder, schema in (("", VARIATIONS_SCHEMA), ("rejects/", REJECTED_CANDIDATES_SCHEMA)):
        stream = io.BytesIO()
        pq.write_table(schema.empty_table(), stream)
        contents[folder] = stream.getvalue()
    receipts = []
    for part, start in enumerate(range(0, len(names), UNITS_IN_PART)):
        of_part = names[start : start + UNITS_IN_PART]
        posts = 64 * len(of_part)
        counts = {"posts": posts, "candidates": 3 * posts, "rejected": posts, "short": 0, "failed": 0, "failure": ""}
        rows = {"": 2 * posts, "rejects/": posts}
        put({f"{OUTPUT}/{folder}part-{part}.parquet": content for folder, content in contents.items()})
        files = [
            {"path": f"{folder}part-{part}.parquet", "rows": rows[folder], "bytes": len(content), "sha256": "0" * 64}
            for folder, content in contents.items()
        ]
        receipt = {"units": of_part, "files": files, **counts, "rejected_by_rule": {"copy": posts}, "change_sum": 0.2}
        receipts.append((f"{OUTPUT}/{WORK}/judged/{part}.json", receipt))
    return names, receipts


def end_augment(run: Any) -> None:
    """Ends this run of `augment`."""
    names, receipts = run
    settings = {"inputs": {"dataset": "../dataset", "model": "../model"}, "change": 0.25, "strategy": "neighbour"}
    settings |= {"per_post": 2, "seed": 0, "model_sha256": "0" * 64, "filters": {}}
    FinishVariations(output=OUTPUT, units=names, settings=settings, posts=64 * len(names))(receipts)


PHASES: Final[Mapping[str, tuple[Callable[[int, Path], Any], Callable[[Any], None]]]] = {
    "prepare plans": (store_exports, plan_prepare),
    "prepare ends": (store_results, end_prepare),
    "augment plans": (store_posts, plan_augment),
    "augment ends": (store_parts, end_augment),
}


def put(objects: Mapping[str, bytes], *, claim: int | None = None) -> None:
    """Stores objects in no time, and lets the store claim that each has so many bytes."""
    SimulatedStore.objects.update(objects)
    if claim is not None:
        SimulatedStore.sizes.update(dict.fromkeys(objects, claim))


def measure_phase(phase: str, units: int, dataset: Path) -> dict[str, float]:
    """Fills the store in another process, so that this one has not held what it took, and measures the phase."""
    fill, act = PHASES[phase]
    with tempfile.NamedTemporaryFile() as file:
        if not (child := os.fork()):
            given = fill(units, dataset)
            Path(file.name).write_bytes(pickle.dumps((given, SimulatedStore.objects, SimulatedStore.sizes)))
            os._exit(0)
        os.waitpid(child, 0)
        before = resident("VmRSS")
        with Path(file.name).open("rb") as stream:
            given, objects, sizes = pickle.load(stream)
    SimulatedStore.objects.update(objects)
    SimulatedStore.sizes.update(sizes)
    stored = resident("VmRSS") - before
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak until now
    started = time.perf_counter()
    act(given)
    seconds = time.perf_counter() - started
    return {"seconds": round(seconds, 1), "memory_mb": round((resident("VmHWM") - stored) / 1e3, 1)}


def resident(field: str) -> int:
    """Returns the resident set of this process in kB: VmRSS now, VmHWM at its peak."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field))


def run_phase(phase: str, units: int, dataset: Path) -> dict[str, float]:
    """Runs one phase in a process of its own, and returns its seconds and its memory in MB."""
    command = [sys.executable, __file__, "--phase", phase, "--units", str(units), "--dataset", str(dataset)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    print(f"{phase}, {units} units: {figures}", file=sys.stderr)
    return figures


def main() -> None:
    """Runs all phases, or with --phase one of them in this process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=UNITS)
    parser.add_argument("--record", action="store_true", help="write the results to benchmarks/results")
    parser.add_argument("--phase", choices=PHASES, help=argparse.SUPPRESS)
    parser.add_argument("--dataset", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.phase:
        print(json.dumps(measure_phase(args.phase, args.units, args.dataset)))
        return
    runs: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as scratch:
        dataset = Path(scratch) / "dataset"
        corpus = make(Path(scratch) / "corpus", megabytes=25)
        run_on_all_cores([sys.executable, "-m", "pipelines.cli", "prepare", "--input", corpus, "--output", dataset])
        for phase in PHASES:
            quarter, whole = (run_phase(phase, units, dataset) for units in (args.units // 4, args.units))
            ratio = round(whole["seconds"] / quarter["seconds"], 2)
            runs[phase] = {"quarter": quarter, "whole": whole, "ratio": ratio}
    report(
        {
            "name": "many_units",
            "command": f"python benchmarks/many_units.py --units {args.units}",
            "versions": versions("apache-beam", "pyarrow"),
            "units": args.units,
            "runs": runs,
        },
        record=args.record,
    )


if __name__ == "__main__":
    main()
