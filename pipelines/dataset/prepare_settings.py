"""The flags of prepare, and the settings that are read from them."""

from __future__ import annotations

import os
import re
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from pipelines.dataset.clean_units import CleanSettings
from pipelines.dataset.encode_units import EncodeSettings
from pipelines.dataset.given_tokenizer import given_tokenizer
from pipelines.dataset.train_tokenizer import TokenizerSettings, sample_rate
from pipelines.dedup.find_duplicates import NEAR_MODES
from pipelines.dedup.minhash import BANDS_VERSION
from pipelines.errors import UserError
from pipelines.posts.post import CONTENT_KINDS
from pipelines.read.csv.columns import parse_columns
from pipelines.write.code_version import code_version
from tokenizer.protect import PROTECTED_KINDS
from tokenizer.training import MODEL_TYPES, SMALLEST_VOCABULARY

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from tokenizer.tokenizer import Tokenizer

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_LSH: Final = re.compile(r"([1-9]\d?)x([1-9]\d?)")
_NONE: Final = "none"

_LEAST: Final = {
    "vocab_size": (SMALLEST_VOCABULARY, f"a tokenizer needs at least {SMALLEST_VOCABULARY} pieces"),
    "shard_mb": (1, "a shard needs at least one megabyte"),
    "limit": (1, "read at least one post"),
}
"""For each flag, its smallest value, and the message for a smaller one."""

_MAX_LEN: Final = 128
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
        help=f"pieces in a segment, end marker included; without it as many as the model of --tokenizer, or {_MAX_LEN}",
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


@dataclass(frozen=True, kw_only=True)
class PrepareSettings:
    """The flags of prepare, checked and parsed; `given` is the tokenizer of --tokenizer."""

    inputs: tuple[str, ...]
    columns: Mapping[str, str] | None
    languages: tuple[str, ...]
    mask_pii: bool
    boilerplate: str
    near_duplicates: str
    bands: int
    rows: int
    max_len: int
    unit: str
    vocab_size: int
    model_type: str
    protects: tuple[str, ...]
    given: Tokenizer | None
    shard_mb: int
    seed: int
    content_kind: str = ""
    until: str = ""
    limit: int | None = None

    def recorded(self) -> dict[str, Any]:
        """Returns the settings as the manifest records them, for comparison with a later run into the same folder."""
        facts = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "given"}
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in facts.items()}
        return {**plain, "tokenizer": self.given and self.given.sha256}

    @property
    def cleaning(self) -> CleanSettings:
        """The settings that staged units depend on."""
        return CleanSettings(
            columns=self.columns,
            content_kind=self.content_kind,
            languages=self.languages,
            mask_pii=self.mask_pii,
            bands=self.bands,
            rows=self.rows,
            until=self.until,
        )

    def cleaning_facts(self) -> dict[str, Any]:
        """Returns all that a staged unit's fingerprint depends on, besides the unit's contents.

        The names of all later files follow from the names of the staged units.
        """
        return {"code": code_version(), "bands_version": BANDS_VERSION, **asdict(self.cleaning)}

    @property
    def encoding(self) -> EncodeSettings:
        """The settings that encoded units depend on."""
        return EncodeSettings(
            max_len=self.max_len, unit=self.unit, seed=self.seed, near_duplicates=self.near_duplicates
        )

    def tokenizing(self, input_bytes: int) -> TokenizerSettings:
        """Returns the settings to train a tokenizer with, on a sample of inputs of this many bytes."""
        return TokenizerSettings(
            vocab_size=self.vocab_size,
            model_type=self.model_type,
            protects=self.protects,
            seed=self.seed,
            sample_rate=sample_rate(input_bytes),
        )


def prepare_settings(args: argparse.Namespace) -> PrepareSettings:
    """Checks and parses the flags.

    Raises:
        UserError: a flag has a value that cannot be used, or excludes another flag.
    """
    given = given_tokenizer(args.tokenizer) if args.tokenizer else None
    max_len = _MAX_LEN if given is None or given.max_len is None else given.max_len
    max_len = max_len if args.max_len is None else args.max_len
    if not 8 <= max_len < 1 << 16:
        raise UserError(f"--max-len {max_len}: a segment has between 8 and 65,535 pieces")
    for name, (least, message) in _LEAST.items():
        if (value := getattr(args, name)) is not None and value < least:
            raise UserError(f"--{name.replace('_', '-')} {value}: {message}")
    if args.retokenize and args.tokenizer:
        raise UserError("--retokenize and --tokenizer exclude each other: the tokenizer is trained, or it is given")
    lsh = _LSH.fullmatch(args.lsh)
    if not lsh:
        raise UserError(f"--lsh {args.lsh}: write bands and rows as 14x8, each from 1 to 99")
    protects = () if args.protect == _NONE else tuple(args.protect.split(","))
    for kind in protects:
        if kind not in PROTECTED_KINDS:
            raise UserError(f"--protect {args.protect}: {kind!r} is none of {', '.join(PROTECTED_KINDS)}, or none")
    languages = tuple(sorted(set(args.language.split(",")))) if args.language else ()
    for code in languages:
        if not _LANGUAGE.fullmatch(code):
            raise UserError(f"--language {args.language}: {code!r} is no ISO 639 code such as en or de")
    return PrepareSettings(
        inputs=tuple(path if "://" in path or not path else os.path.normpath(path) for path in args.input),
        columns=parse_columns(args.columns) if args.columns else None,
        content_kind=args.content_kind or "",
        until=_day(args.until) if args.until else "",
        limit=args.limit,
        languages=languages,
        mask_pii=args.mask_pii,
        boilerplate=args.boilerplate,
        near_duplicates=args.near_duplicates,
        bands=int(lsh[1]),
        rows=int(lsh[2]),
        max_len=max_len,
        unit=args.unit,
        vocab_size=args.vocab_size,
        model_type=args.model_type,
        protects=tuple(kind for kind in PROTECTED_KINDS if kind in protects),
        given=given.read(protects=protects) if given else None,
        shard_mb=args.shard_mb,
        seed=args.seed,
    )


def _day(flag: str) -> str:
    try:
        return date.fromisoformat(flag).isoformat()
    except ValueError as error:
        raise UserError(f"--until {flag}: write a day as YYYY-MM-DD") from error
