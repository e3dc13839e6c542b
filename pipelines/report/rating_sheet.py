"""Writes a form for blind rating by people, as one self-contained page or as plain text, and its key."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from pipelines.report.rating_pairs import rating_pairs, seeded_digits
from pipelines.report.ratings import ANSWERS
from pipelines.report.template import environment
from pipelines.write.atomic import write_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY_COLUMNS = ("row", "post_id", "variations", "source_side", "change")

HOW_TO_RATE = f"""\
Read both texts of a pair and judge each as it stands, not against the other. Write a line for every pair into a CSV
file that begins with this one:

row,{",".join(ANSWERS)}

row: as it stands above the pair. fluent, is it fluent English: 1 (not English) to 5 (flawless). publish, could it be
published as it is: yes or no. same_meaning, do both say the same: 1 (nothing in common) to 5 (exactly the same). Names
and facts need not be true. Leave empty what you cannot say.
"""
"""The instructions of the page, for a sheet in plain text."""


def write_rating_sheet(*, variations: Sequence[str], output: str, posts: int, seed: int) -> tuple[int, str]:
    """Writes the sheet to `output`, and beside it the key that says which text of a row is the post's.

    The sheet is a page, or plain text if `output` ends in `.txt`; both have the same rows and the same key. Rows, and
    the two texts of a row, stand in random order. The same arguments give the same bytes.

    Returns:
        The number of rows, and the path of the key.

    Raises:
        UserError: a folder cannot be read, no post fits, or the files cannot be written.
    """
    rows: list[dict[str, str]] = []
    key: list[dict[str, object]] = []
    for pair in rating_pairs(variations, posts=posts, seed=seed):
        digits = seeded_digits(seed, pair.post_id, pair.variations, pair.source)
        name, source_side = digits[:12], "ab"[int(digits[-1], 16) % 2]
        texts = (pair.source, pair.variation) if source_side == "a" else (pair.variation, pair.source)
        rows.append(dict(zip(("row", "a", "b"), (name, *texts), strict=True)))
        key.append(
            {
                "row": name,
                "post_id": pair.post_id,
                "variations": pair.variations,
                "source_side": source_side,
                "change": f"{pair.change:.4f}",
            }
        )
    rows.sort(key=lambda row: row["row"])
    key.sort(key=lambda row: str(row["row"]))
    sheet = _text(rows) if output.endswith(".txt") else _page(rows, name=seeded_digits(seed, str(rows))[:12])
    path = f"{output.removesuffix('.html').removesuffix('.txt')}.key.csv"
    write_bytes(path, _csv(key).encode())
    write_bytes(output, sheet.encode())
    return len(rows), path


def _page(rows: Sequence[dict[str, str]], *, name: str) -> str:
    return environment().get_template("rating.html").render(rows=rows, sheet=name)


def _text(rows: Sequence[dict[str, str]]) -> str:
    pairs = (
        f"\n\nPair {place} of {len(rows)}, row {row['row']}\n\nText A\n{row['a']}\n\nText B\n{row['b']}\n"
        for place, row in enumerate(rows, 1)
    )
    return HOW_TO_RATE + "".join(pairs)


def _csv(rows: Sequence[dict[str, object]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, KEY_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
