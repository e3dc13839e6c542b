"""Compares `prepare` with a bare loop that reads, encodes the raw text, pads to 64 and writes Parquet, on one core.

The loop cleans nothing, drops nothing, cuts a post every 64 pieces and keeps no posts. Any job with this tokenizer does
at least as much, so `prepare` cannot be faster. The corpus is made for the run by made_corpus.py, or given.

    python benchmarks/bare_loop.py --mb 100
    python benchmarks/bare_loop.py --corpora CORPORA
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from made_corpus import make
from measure import (
    TOKENIZER,
    Usage,
    compared,
    corpus_figures,
    few_posts,
    in_turn,
    posts_as_published,
    prepare_command,
    report,
    run_on_one_core,
    versions,
)
from sentencepiece import SentencePieceProcessor

WINDOW = 64
BATCH = 256
LOOP_SIDE = "--loop-side"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    corpus = parser.add_mutually_exclusive_group()
    corpus.add_argument("--mb", type=float, default=100, help="megabytes of content of the corpus that is made")
    corpus.add_argument("--corpora", type=Path, help="the folder of govblogs/ and devblogs.csv, to read these instead")
    parser.add_argument("--tokenizer", type=Path, default=TOKENIZER, help="SentencePiece model, base-en's by default")
    parser.add_argument("--runs", type=int, default=3, help="of each side")
    parser.add_argument("--record", action="store_true", help="write the result to benchmarks/results/")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        corpora = args.corpora or make(Path(work) / "corpus", megabytes=args.mb)
        result = compare(corpora=corpora.resolve(), tokenizer=args.tokenizer.resolve(), work=Path(work), runs=args.runs)
        read = "--corpora CORPORA" if args.corpora else f"--mb {args.mb:g}"
        command = f"python benchmarks/bare_loop.py {read} --runs {args.runs}"
        report({"name": "bare_loop", "command": command, **result}, record=args.record)


def compare(*, corpora: Path, tokenizer: Path, work: Path, runs: int) -> dict[str, Any]:
    """Runs the loop and `prepare` in turn, and returns the result."""

    def loop(corpora: Path) -> Usage:
        return run_on_one_core([sys.executable, __file__, LOOP_SIDE, corpora, tokenizer, work / "rows.parquet"])

    def prepare(corpora: Path) -> Usage:
        shutil.rmtree(work / "dataset", ignore_errors=True)
        return run_on_one_core(prepare_command(corpora=corpora, tokenizer=tokenizer, output=work / "dataset"))

    few = few_posts(corpora, work / "few posts")
    baseline_start, start = loop(few), prepare(few)
    usages = in_turn({"loop": lambda: loop(corpora), "prepare": lambda: prepare(corpora)}, runs=runs)
    corpus = corpus_figures(corpora)
    return {
        "versions": versions("blogvae", "apache-beam", "pyarrow", "sentencepiece", "numpy"),
        "corpus": corpus,
        "baseline": "read, encode, pad, write: nothing cleaned, nothing dropped",
        **compared(usages["loop"], usages["prepare"], corpus=corpus),
        "start": asdict(start),
        "baseline_start": asdict(baseline_start),
        "counts": json.loads((work / "dataset" / "MANIFEST.json").read_text(encoding="utf-8"))["counts"],
        "baseline_counts": {"rows": pq.read_metadata(work / "rows.parquet").num_rows},
    }


def loop_side(corpora: Path, tokenizer: Path, output: Path) -> None:
    """Runs the bare loop in this process."""
    pieces = SentencePieceProcessor(model_file=str(tokenizer))
    texts = (text for _, text in posts_as_published(corpora))
    schema = pa.schema({"input_ids": pa.list_(pa.uint16(), WINDOW), "length": pa.uint16()})
    with pq.ParquetWriter(output, schema, compression="zstd", use_dictionary=False) as writer:
        while batch := list(islice(texts, BATCH)):
            writer.write_table(windows(pieces.encode(batch, num_threads=1), schema))


def windows(posts: list[list[int]], schema: pa.Schema) -> pa.Table:
    """Cuts posts every WINDOW pieces, and returns the parts as rows padded with 0."""
    rows = [-(-len(post) // WINDOW) for post in posts]
    padded = np.zeros((sum(rows), WINDOW), dtype=np.uint16)
    lengths = np.full(sum(rows), WINDOW, dtype=np.uint16)
    first = 0
    for post, count in zip(posts, rows, strict=True):
        padded[first : first + count].reshape(-1)[: len(post)] = post
        if count:
            lengths[first + count - 1] = len(post) - (count - 1) * WINDOW
        first += count
    ids = pa.FixedSizeListArray.from_arrays(pa.array(padded.reshape(-1)), WINDOW)
    return pa.table([ids, pa.array(lengths)], schema=schema)


if __name__ == "__main__":
    if sys.argv[1:2] == [LOOP_SIDE]:
        loop_side(*map(Path, sys.argv[2:]))
    else:
        main()
