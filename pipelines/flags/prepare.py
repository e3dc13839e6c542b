"""The flags of `blogvae prepare`, without anything that takes long to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.posts.post import CONTENT_KINDS
from tokenizer.protect import PROTECTED_KINDS
from vae.commands.command import Command, job

if TYPE_CHECKING:
    import argparse

NEAR_MODES = ("keep", "report", "drop")
"""What --near-duplicates may be: keep them, list them in duplicates/, or reject all but the representative."""

MODEL_TYPES = ("unigram", "bpe")
"""What --model-type may be: the kinds of SentencePiece model that `tokenizer.training` trains."""

MAX_LEN = 128
"""Pieces in a segment unless --max-len or a model sets them: those of base-en."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of prepare."""
    parser.add_argument("--input", action="append", required=True, metavar="PATH", help="a file, folder or glob")
    parser.add_argument("--output", required=True, metavar="DIR", help="the dataset folder to write")
    parser.add_argument("--columns", metavar="FIELD=COLUMN,...", help="which CSV column is what: content=body,title=2")
    parser.add_argument(
        "--content-kind", choices=CONTENT_KINDS, help="what all contents are written in; if not given each file tells"
    )
    parser.add_argument("--language", metavar="CODE,...", help="reject posts surely in other languages than these")
    parser.add_argument("--until", metavar="DATE", help="reject posts dated after this day, YYYY-MM-DD")
    parser.add_argument("--limit", type=int, help="read the first so many posts only, for a trial")
    parser.add_argument("--mask-pii", action="store_true", help="mask e-mail, phone, IP, card and IBAN in the text")
    parser.add_argument(
        "--boilerplate", default="drop", choices=("drop", "keep"), help="lines that a site repeats from post to post"
    )
    parser.add_argument(
        "--near-duplicates",
        default="report",
        choices=NEAR_MODES,
        help="keep them, list them in duplicates/ as well, or reject all but one",
    )
    parser.add_argument(
        "--lsh", default="14x8", metavar="BANDS x ROWS", help="MinHash bands and rows of near-duplicates"
    )
    parser.add_argument(
        "--max-len",
        type=int,
        help=f"pieces in a segment, end marker included; without it as many as the model of --tokenizer, or {MAX_LEN}",
    )
    parser.add_argument("--unit", default="segment", choices=("segment", "post"), help="what one row holds")
    parser.add_argument("--vocab-size", type=int, default=8000, help="pieces of the tokenizer to train")
    parser.add_argument("--model-type", default="unigram", choices=MODEL_TYPES, help="the tokenizer to train")
    parser.add_argument(
        "--protect", default=",".join(PROTECTED_KINDS), metavar="KIND,...", help="spans kept whole, or none"
    )
    parser.add_argument(
        "--tokenizer",
        metavar="FILE.model",
        help="use this SentencePiece model, or that of a model: its folder, or the name of one that ships; train none",
    )
    parser.add_argument(
        "--retokenize", action="store_true", help="where an earlier run's posts grew, new tokenizer and condition ids"
    )
    parser.add_argument("--shard-mb", type=int, default=64, help="megabytes of a shard before compression, at most")
    parser.add_argument("--seed", type=int, default=0, help="of the split and of the tokenizer's sample")
    parser.add_argument("--overwrite", action="store_true", help="replace another run's output")
    parser.add_argument(
        "--clean", action="store_true", help="remove files of earlier runs that the manifest does not list"
    )
    parser.add_argument("--dry-run", action="store_true", help="log what would be read and how long; write nothing")


COMMAND = Command(
    name="prepare",
    help="read, clean and tokenize posts into a dataset; Beam's own flags pass through",
    add_arguments=add_arguments,
    run=job("pipelines.commands.prepare"),
    passes_flags=True,
    examples=(
        "blogvae prepare --input posts/ --output dataset",
        "blogvae prepare --input export.csv --columns content=body,title=name --language en --output dataset",
    ),
)
