"""Compares `prepare` with datatrove on the made corpus, with one worker on one core.

    | stage           | prepare                             | datatrove                                          |
    |-----------------|-------------------------------------|----------------------------------------------------|
    | read            | CSV                                 | the same files, by its own reader                  |
    | clean, language | yes                                 | no                                                 |
    | near duplicates | MinHash of 5-grams, 14 x 8, dropped | the same                                           |
    | tokenize        | SentencePiece, at sentence ends     | the same pieces by Hugging Face `tokenizers`       |
    | write           | posts and padded rows, Parquet zstd | posts, Parquet zstd; ids of pieces, its own format |

datatrove is timed twice: with words split by `\\w+`, as those of `prepare` are, and once with spaCy's blank English,
which is its default. No filters of quality run on either side.

    python3 -m venv PEERS
    PEERS/bin/pip install --requirement benchmarks/requirements-datatrove.txt
    python benchmarks/prepare_against_datatrove.py --datatrove PEERS/bin/python
"""
# ruff: noqa: PLC0415 - the two sides have environments of their own, so what one of them lacks is imported where used

from __future__ import annotations

import json
import re
import resource
import sys
import time
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peer_comparison import Comparison

PEER_SIDE, REPORT = "--datatrove-side", "report.json"
WORDS = re.compile(r"\w+")

UNEQUAL = [
    "prepare cleans, names the language and cuts at sentence ends; datatrove does not",
    "prepare drops exact duplicates before its later stages; datatrove finds them by MinHash",
    "prepare carries titles, dates, categories and blocks as well as id and text",
    "datatrove's compression of intermediate files and its shuffling, both on by default, are off",
]


def main() -> None:
    from peer_comparison import compare_with

    compare_with("datatrove", Path(__file__), __doc__, facts=facts_of_datatrove)


def facts_of_datatrove(comparison: Comparison) -> dict[str, Any]:
    """Runs datatrove once more, with spaCy, and returns what the result tells of datatrove."""
    with_spacy = comparison.run_peer(comparison.corpora, "spacy")
    plain, spacy = map(comparison.report_of, ("plain", "spacy"))
    return {
        "baseline": r"datatrove with words split by \w+, without filters of quality",
        "baseline_stages": plain["stages"],
        "with_spacy": {**asdict(with_spacy), "stages": spacy["stages"]},
        "unequal": UNEQUAL,
    }


class PlainWords:
    r"""Splits words by `\w+`, in place of datatrove's tokenizer of words."""

    def word_tokenize(self, text: str) -> list[str]:
        """Returns the words of a text."""
        return WORDS.findall(text)


def datatrove_side(corpora: Path, pieces: Path, output: Path) -> None:
    """Runs datatrove's stages one after the other in this process, and writes the seconds and documents of each.

    The folder's name tells how words are split: `plain` or `spacy`.
    """
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import (
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.readers.csv import CsvReader
    from datatrove.pipeline.tokens import DocumentTokenizer
    from datatrove.pipeline.writers import ParquetWriter

    signatures, matches, removals, final, tokens, logs = (
        str(output / name) for name in ("signatures", "matches", "removals", "posts", "tokens", "logs")
    )
    signing = MinhashDedupSignature(signatures)
    if output.name == "plain":
        signing.word_tokenizer = PlainWords()

    def read() -> Any:
        return CsvReader(str(corpora), text_key="content", id_key="post_id", glob_pattern="*.csv")

    pipelines = {
        "signatures": [read(), signing],
        "matches": [MinhashDedupBuckets(signatures, matches)],
        "clusters": [MinhashDedupCluster(matches, removals)],
        "deduplicate, write, tokenize": [
            read(),
            MinhashDedupFilter(removals),
            ParquetWriter(final, compression="zstd"),
            DocumentTokenizer(tokens, str(pieces), eos_token="</s>", shuffle_documents=False),
        ],
    }
    stages = {}
    for name, pipeline in pipelines.items():
        tasks = MinhashConfig().num_buckets if name == "matches" else 1
        started, cpu = time.perf_counter(), cpu_seconds()
        ran = LocalPipelineExecutor(pipeline, tasks=tasks, workers=1, logging_dir=f"{logs}/{name}").run()
        stages[name] = {
            "seconds": round(time.perf_counter() - started, 2),
            "cpu_seconds": round(cpu_seconds() - cpu, 2),
            "steps": {
                type(step).__name__: {"seconds": round(stats.time_stats.total, 2)}
                | {key: value.total for key, value in stats.stats.items()}
                for step, stats in zip(pipeline, ran.stats, strict=True)
            },
        }
    used = {name: version(name) for name in ("datatrove", "spacy", "tokenizers", "xxhash")}
    (output / REPORT).write_text(json.dumps({"stages": stages, "versions": used}), encoding="utf-8")


def cpu_seconds() -> float:
    """Returns the processor seconds of this process and of its ended children."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


if __name__ == "__main__":
    if sys.argv[1:2] == [PEER_SIDE]:
        datatrove_side(*map(Path, sys.argv[2:]))
    else:
        main()
