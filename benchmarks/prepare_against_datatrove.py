"""Compares `prepare` with datatrove on the same posts, with one worker on one core.

    | stage           | prepare                             | datatrove                                           |
    |-----------------|-------------------------------------|-----------------------------------------------------|
    | read            | .txt with front matter, CSV         | JSONL, made of the same posts before the clock runs |
    | clean, language | yes                                 | no                                                  |
    | filter          | no                                  | Gopher quality, Gopher repetition                   |
    | near-duplicates | MinHash of 5-grams, 14 x 8, dropped | the same                                            |
    | tokenize        | SentencePiece, at sentence ends     | the same pieces by Hugging Face tokenizers          |
    | write           | posts and padded rows, Parquet zstd | posts, Parquet zstd; token ids, its own format      |

datatrove is timed twice: on the posts as published, most of which its Gopher filters drop for their markup, and on the
text that `prepare` cleaned, where it need not clean itself.

    python3 -m venv DATATROVE
    DATATROVE/bin/pip install --requirement benchmarks/requirements-datatrove.txt
    python benchmarks/prepare_against_datatrove.py --corpora CORPORA --tokenizer DATASET/tokenizer/spm.model \\
        --datatrove DATATROVE/bin/python
"""
# ruff: noqa: PLC0415 - the two sides have environments of their own, so what one of them lacks is imported where used

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import tempfile
import time
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
from measure import (
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

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from measure import Usage

UNEQUAL = [
    "datatrove reads JSONL made before the clock runs, since it has no reader of plain text; prepare reads the sources",
    "datatrove carries id and text; prepare titles, authors, dates, categories and blocks as well",
    "prepare cleans, names the language and cuts at sentence ends; datatrove does not",
    "datatrove runs the Gopher filters; prepare does not, so that more posts reach its later stages",
    "datatrove tokenizes and deduplicates what its filters kept; prepare every post",
    "datatrove's compression of intermediate files and its shuffling, both on by default, are off",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True, help="the folder of govblogs/ and devblogs.csv")
    parser.add_argument("--tokenizer", type=Path, required=True, help="SentencePiece model of 8,000 pieces")
    parser.add_argument("--datatrove", type=Path, required=True, help="Python of datatrove's environment")
    parser.add_argument("--runs", type=int, default=3, help="of each side")
    parser.add_argument("--record", action="store_true", help="write the result to benchmarks/results/")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        report(
            compare(
                corpora=args.corpora.resolve(),
                tokenizer=args.tokenizer.resolve(),
                python=args.datatrove.absolute(),
                work=Path(work),
                runs=args.runs,
            ),
            record=args.record,
        )


def compare(*, corpora: Path, tokenizer: Path, python: Path, work: Path, runs: int) -> dict[str, Any]:
    """Runs `prepare`, and datatrove on published and on cleaned text, in turn; returns the result."""
    pieces = work / "tokenizer.json"
    pieces.write_text(json.dumps(hugging_face_tokenizer(tokenizer)), encoding="utf-8")
    few = few_posts(corpora, work / "few posts")

    def prepare(corpora: Path, *, near_duplicates: str = "drop") -> Usage:
        shutil.rmtree(work / "dataset", ignore_errors=True)
        return run_on_one_core(
            prepare_command(
                corpora=corpora, tokenizer=tokenizer, output=work / "dataset", near_duplicates=near_duplicates
            )
        )

    def datatrove(text: str) -> Usage:
        shutil.rmtree(work / "datatrove" / text, ignore_errors=True)
        return run_on_one_core([python, __file__, DATATROVE_SIDE, work / text, pieces, work / "datatrove" / text])

    start = prepare(few)
    prepare(corpora, near_duplicates="keep")
    write_jsonl(cleaned_posts(work / "dataset"), work / "cleaned")
    write_jsonl(posts_as_published(corpora), work / "published")
    write_jsonl(posts_as_published(few), work / "few")
    baseline_start = datatrove("few")
    usages = in_turn(
        {
            "prepare": lambda: prepare(corpora),
            "published": lambda: datatrove("published"),
            "cleaned": lambda: datatrove("cleaned"),
        },
        runs=runs,
    )
    corpus = corpus_figures(corpora)
    published, cleaned = (read_json(work / "datatrove" / text / REPORT) for text in ("published", "cleaned"))
    return {
        "name": "prepare_against_datatrove",
        "command": "python benchmarks/prepare_against_datatrove.py --corpora CORPORA --tokenizer spm.model "
        f"--datatrove DATATROVE/bin/python --runs {runs}",
        "versions": versions("blogvae", "apache-beam", "pyarrow", "sentencepiece") | published["versions"],
        "corpus": corpus,
        "baseline": "datatrove on the posts as published",
        **compared(usages["published"], usages["prepare"], corpus=corpus),
        "start": asdict(start),
        "baseline_start": asdict(baseline_start),
        "counts": read_json(work / "dataset" / "MANIFEST.json")["counts"],
        "baseline_last_run": published["stages"],
        "baseline_pieces_by_sentencepiece": pieces_in(work / "datatrove" / "published", tokenizer),
        "cleaned": {
            "baseline": "datatrove on the text that prepare cleaned",
            **compared(usages["cleaned"], usages["prepare"], corpus=corpus),
            "baseline_last_run": cleaned["stages"],
        },
        "unequal": UNEQUAL,
    }


DATATROVE_SIDE, REPORT = "--datatrove-side", "report.json"


def datatrove_side(posts: Path, tokenizer: Path, output: Path) -> None:
    """Runs datatrove's stages one after the other, and writes the seconds and documents of each.

    Its word tokenizer for Gopher and MinHash is spaCy's blank English, which downloads nothing.
    """
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import (
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.filters import GopherQualityFilter, GopherRepetitionFilter
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.tokens import DocumentTokenizer
    from datatrove.pipeline.writers import JsonlWriter, ParquetWriter

    kept, signatures, matches, removals, final, tokens, logs = (
        str(output / name) for name in ("kept", "signatures", "matches", "removals", "posts", "tokens", "logs")
    )
    pipelines = {
        "filter": [
            JsonlReader(str(posts)),
            GopherQualityFilter(),
            GopherRepetitionFilter(),
            JsonlWriter(kept, compression=None),
        ],
        "signatures": [JsonlReader(kept), MinhashDedupSignature(signatures)],
        "matches": [MinhashDedupBuckets(signatures, matches)],
        "clusters": [MinhashDedupCluster(matches, removals)],
        "deduplicate, write, tokenize": [
            JsonlReader(kept),
            MinhashDedupFilter(removals),
            ParquetWriter(final, compression="zstd"),
            DocumentTokenizer(tokens, str(tokenizer), eos_token="</s>", shuffle_documents=False),
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


def hugging_face_tokenizer(model: Path) -> dict[str, Any]:
    """Turns a SentencePiece unigram model with identity normalisation into a tokenizer of Hugging Face `tokenizers`.

    Only normal pieces are chosen; the others get too low a score, except that bytes spell what no piece covers.
    """
    from sentencepiece import SentencePieceProcessor

    pieces = SentencePieceProcessor(model_file=str(model))
    normal = [
        not (pieces.is_control(piece) or pieces.is_unknown(piece) or pieces.is_byte(piece))
        for piece in range(len(pieces))
    ]
    spaces = [
        {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
        {"type": "Prepend", "prepend": "▁"},
        {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
    ]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {"type": "Sequence", "normalizers": spaces},
        "pre_tokenizer": None,
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "Unigram",
            "unk_id": pieces.unk_id(),
            "byte_fallback": True,
            "vocab": [
                [pieces.id_to_piece(piece), pieces.get_score(piece) if normal[piece] else -100.0]
                for piece in range(len(pieces))
            ],
        },
    }


def pieces_in(output: Path, model: Path) -> int:
    """Counts the pieces of datatrove's posts, end markers included, by SentencePiece, to compare with its `tokens`."""
    from sentencepiece import SentencePieceProcessor

    texts = pq.read_table(output / "posts", columns=["text"])["text"].to_pylist()
    encoded = SentencePieceProcessor(model_file=str(model)).encode(texts, add_eos=True, num_threads=1)
    return sum(map(len, encoded))


def cleaned_posts(dataset: Path) -> Iterator[tuple[str, str]]:
    """Yields the id and text of each post of a prepared dataset."""
    for file in read_json(dataset / "MANIFEST.json")["files"]:
        if file["path"].startswith("posts/"):
            table = pq.read_table(dataset / file["path"], columns=["post_id", "text"])
            yield from zip(*(column.to_pylist() for column in table.columns), strict=True)


def write_jsonl(posts: Iterable[tuple[str, str]], folder: Path) -> None:
    """Writes posts as one JSONL file, which datatrove reads."""
    folder.mkdir()
    with (folder / "posts.jsonl").open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps({"id": post, "text": text}, ensure_ascii=False) + "\n" for post, text in posts)


def read_json(path: Path) -> dict[str, Any]:
    """Reads a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    if sys.argv[1:2] == [DATATROVE_SIDE]:
        datatrove_side(*map(Path, sys.argv[2:]))
    else:
        main()
