"""Measures what Beam costs: `prepare` against a plain loop over the same steps, with one worker on one core.

    python benchmarks/prepare_overhead.py --mb 25

The corpus is that of made_corpus.py, and the tokenizer is base-en's. The loop does not look for duplicates, so the work
that `prepare` spends on them counts as Beam's cost.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from made_corpus import make
from measure import (
    TOKENIZER,
    compared,
    corpus_figures,
    in_turn,
    inputs_of,
    prepare_command,
    report,
    run_on_one_core,
    versions,
)

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from pipelines.dataset.clean_units import clean_unit
from pipelines.dataset.drop_boilerplate import drop_lines, find_lines, lines_path
from pipelines.dataset.encode_units import encode_unit
from pipelines.dataset.merge_shards import plan_shards, write_shard
from pipelines.dataset.number_labels import common_names, count_names, number_names
from pipelines.dataset.prepare_settings import prepare_settings
from pipelines.dataset.train_tokenizer import stage_tokenizer
from pipelines.dedup.decisions import Decisions
from pipelines.flags.prepare import add_arguments
from pipelines.read.files.inputs import list_inputs
from pipelines.read.plan import cut_group, group_files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from measure import Usage

    from pipelines.dataset.number_labels import Labels

RUNS = 3


def plain_loop(*, corpora: Path, output: str) -> None:
    """Reads, cleans, tokenizes and writes as prepare does, one unit after the other."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    inputs = [f"--input={path}" for path in inputs_of(corpora)]
    settings = prepare_settings(parser.parse_args([*inputs, f"--output={output}", f"--tokenizer={TOKENIZER}"]))
    facts = settings.cleaning_facts()
    units = [
        unit
        for group in group_files(list_inputs(settings.inputs).files)
        for unit in cut_group(group, columns=None, settings=facts)
    ]
    cleaned = [clean_unit(unit, output=output, settings=settings.cleaning) for unit in units]
    lines_of_units = [(unit.posts_by_site, unit.lines) for unit in cleaned]
    lines = find_lines(lines_of_units, path=lines_path(output), drop=True)
    staged = [drop_lines(unit, lines=lines, output=output, settings=settings.cleaning)[:2] for unit in cleaned]
    if settings.given is None:
        sys.exit("the loop trains no tokenizer: give --tokenizer")
    shared: dict[str, Any] = {
        "settings": settings.encoding,
        "tokenizer_path": stage_tokenizer(settings.given, output=output),
        "labels": labels_of([name for _, name in staged], output=output),
    }
    receipts = [encode_unit((unit, (Decisions(), {})), output=output, **shared) for unit in staged]
    for shard in plan_shards(receipts, shard_bytes=settings.shard_mb << 20):
        write_shard(shard, output=output)


def labels_of(units: Iterable[str], *, output: str) -> Labels:
    """Counts and numbers the categories and authors of the staged units."""
    counts = defaultdict(list)
    for unit in units:
        for part, posts_by_name in count_names(unit, output=output):
            counts[part].append(posts_by_name)
    return number_names(row for part in counts.items() for row in common_names(part))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mb", type=float, default=25, help="megabytes of content of the corpus that is made")
    parser.add_argument("--record", action="store_true", help="write the result to benchmarks/results/")
    parser.add_argument("--plain-loop", nargs=2, metavar=("CORPORA", "DIR"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.plain_loop:
        corpora, output = args.plain_loop
        plain_loop(corpora=Path(corpora), output=output)
        return
    with tempfile.TemporaryDirectory() as folder:
        result = compare(make(Path(folder) / "corpus", megabytes=args.mb))
        command = f"python benchmarks/prepare_overhead.py --mb {args.mb:g}"
        report({"name": "prepare_overhead", "command": command, **result}, record=args.record)


def compare(corpora: Path) -> dict[str, Any]:
    """Runs the loop and `prepare` in turn, and returns the result."""

    def loop() -> Usage:
        with tempfile.TemporaryDirectory() as folder:
            return run_on_one_core([sys.executable, __file__, "--plain-loop", corpora, folder])

    def prepare() -> Usage:
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / "dataset"
            return run_on_one_core(
                prepare_command(corpora=corpora, tokenizer=TOKENIZER, output=output, near_duplicates="report")
            )

    usages = in_turn({"loop": loop, "prepare": prepare}, runs=RUNS)
    corpus = corpus_figures(corpora)
    return {
        "versions": versions("apache-beam", "pyarrow", "sentencepiece", "blogvae"),
        "corpus": corpus,
        **compared(usages["loop"], usages["prepare"], corpus=corpus),
    }


if __name__ == "__main__":
    main()
