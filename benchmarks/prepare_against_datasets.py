"""Compares `prepare` with Hugging Face `datasets` on the made corpus, with one worker on one core.

| stage           | prepare                             | datasets                                      |
|-----------------|-------------------------------------|-----------------------------------------------|
| read            | CSV                                 | the same files, by its own reader             |
| clean, language | yes                                 | no                                            |
| duplicates      | exact and near (MinHash), dropped   | exact, dropped by a filter that keeps hashes  |
| tokenize        | SentencePiece, at sentence ends     | the same pieces by Hugging Face `tokenizers`  |
| write           | posts and padded rows, Parquet zstd | texts and ids of pieces, Parquet snappy       |

python3 -m venv PEERS
PEERS/bin/pip install --requirement benchmarks/requirements-datatrove.txt
python benchmarks/prepare_against_datasets.py --datasets PEERS/bin/python
"""
# ruff: noqa: PLC0415 - the two sides have environments of their own, so what one of them lacks is imported where used

from __future__ import annotations

import hashlib
import json
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peer_comparison import Comparison

PEER_SIDE, REPORT = "--datasets-side", "report.json"

UNEQUAL = [
    "prepare cleans, names the language, finds near duplicates and cuts at sentence ends; datasets does not",
    "prepare writes titles, dates, categories, blocks, statistics and padded rows as well",
    "datasets keeps its own Arrow cache of the rows between its steps, as it does by default",
]


def main() -> None:
    from peer_comparison import compare_with

    compare_with("datasets", Path(__file__), __doc__, facts=facts_of_datasets)


def facts_of_datasets(comparison: Comparison) -> dict[str, Any]:
    """Returns what the result tells of datasets."""
    return {
        "baseline": "Hugging Face datasets: exact duplicates, tokenizers, Parquet; no cleaning",
        "baseline_counts": comparison.report_of("plain")["counts"],
        "unequal": UNEQUAL,
    }


def datasets_side(corpora: Path, pieces: Path, output: Path) -> None:
    """Runs the steps of datasets in this process, without the network, and writes what came out."""
    os.environ |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
    import pyarrow.compute as pc
    from datasets import load_dataset
    from tokenizers import Tokenizer

    tokenizer, seen = Tokenizer.from_file(str(pieces)), set()

    def is_new(texts: list[str]) -> list[bool]:
        kept = []
        for text in texts:
            digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
            kept.append(digest not in seen)
            seen.add(digest)
        return kept

    files = [str(path) for path in sorted(corpora.glob("*.csv"))]
    posts = load_dataset("csv", data_files=files, split="train", cache_dir=str(output / "cache"))
    kept = posts.filter(is_new, batched=True, input_columns="content")
    encoded = kept.map(
        lambda texts: {"input_ids": [encoding.ids for encoding in tokenizer.encode_batch_fast(texts)]},
        batched=True,
        input_columns="content",
    )
    encoded.to_parquet(str(output / "posts.parquet"))
    lengths = pc.list_value_length(encoded.data.column("input_ids"))
    counts = {"rows": len(posts), "posts": len(kept), "pieces": pc.sum(lengths).as_py()}
    used = {name: version(name) for name in ("datasets", "tokenizers")}
    (output / REPORT).write_text(json.dumps({"counts": counts, "versions": used}), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == [PEER_SIDE]:
        datasets_side(*map(Path, sys.argv[2:]))
    else:
        main()
