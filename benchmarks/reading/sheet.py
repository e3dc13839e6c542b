"""Writes a blind sheet for readers: variations of several systems and their sources, in an order drawn by a seed.

    python benchmarks/vary_passages.py --change 0.15 --output OUT/ours.jsonl
    python benchmarks/vary_passages.py --change 0.15 --system "masked surest" --output OUT/masked.jsonl
    PYTHONPATH=.:benchmarks python benchmarks/reading/sheet.py OUT/ours.jsonl OUT/masked.jsonl --output OUT/sheet

writes three files of tab-separated columns. Readers first fill in `texts.tsv`, which has every text alone (fluent,
publishable), then `meanings.tsv`, which has every variation beside its source (same_meaning). `key.tsv` says which
system a row belongs to; the other files name no system. Readers see a system's first variation of each passage. A
variation that equals its source is not read twice: the answers on the source count for it. docs/reading-test.md says
how to go on.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from varied_passages import read_varied

from vae.variation.change import changed_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from varied_passages import Varied

SOURCES = "the sources"
TEXTS = ("row", "text", "fluent", "publishable")
MEANINGS = ("row", "source", "text", "same_meaning")
KEY = ("row", "passage", "subject", "system", "changed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("variations", nargs="+", type=Path, metavar="FILE.jsonl", help="written by vary_passages.py")
    parser.add_argument("--seed", type=int, default=0, help="draws the order of the rows")
    parser.add_argument("--output", required=True, type=Path, metavar="DIR")
    args = parser.parse_args()
    texts, meanings, key = sheet(read_varied(args.variations), seed=args.seed)
    args.output.mkdir(parents=True, exist_ok=True)
    for name, columns, rows in (("texts", TEXTS, texts), ("meanings", MEANINGS, meanings), ("key", KEY, key)):
        write_rows(args.output / f"{name}.tsv", columns, rows)
    print(f"{len(texts)} texts, {len(meanings)} of them beside their source, in {args.output}", file=sys.stderr)


def sheet(systems: dict[str, list[Varied]], *, seed: int) -> tuple[list[dict[str, str]], ...]:
    """Returns the rows of texts.tsv, meanings.tsv and key.tsv.

    Systems that made the same text share its row, and each has a line in the key.
    """
    rng = random.Random(seed)
    owners: dict[tuple[int, str], list[tuple[str, str, float]]] = {}
    first = next(iter(systems.values()))
    for place, row in enumerate(first):
        owners[place, row.source] = [(SOURCES, row.subject, 0.0)]
    for name, rows in systems.items():
        for place, row in enumerate(rows):
            text = row.variations[0] if row.variations else row.source
            owner = (name, row.subject, changed_words(row.source, text))
            owners.setdefault((place, text), []).append(owner)
    numbers = rng.sample(range(1000, 10000), len(owners))
    rows_of = {read: f"{number}" for read, number in zip(rng.sample(sorted(owners), len(owners)), numbers, strict=True)}
    texts = [{"row": row, "text": text} for (_, text), row in rows_of.items()]
    meanings = [
        {"row": row, "source": first[place].source, "text": text}
        for (place, text), row in rows_of.items()
        if text != first[place].source
    ]
    key = [
        {"row": row, "passage": str(read[0]), "subject": subject, "system": system, "changed": f"{changed:.4f}"}
        for read, row in sorted(rows_of.items(), key=lambda item: item[0])
        for system, subject, changed in owners[read]
    ]
    rng.shuffle(meanings)
    return texts, meanings, key


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[dict[str, str]]) -> None:
    """Writes rows as tab-separated columns; a column that a row lacks stays empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(
            file, columns, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, restval="", lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
