"""Reads passages to vary from a file, or draws them from posts that no model was trained on."""

from __future__ import annotations

import csv
import random
import re
import sys
from dataclasses import dataclass
from pathlib import Path

EVERYDAY = Path(__file__).with_name("reading") / "passages.tsv"
FEWEST_WORDS, MOST_WORDS = 35, 50
HELD_OUT = "held out"

_FRONT_MATTER = re.compile(r"\A(---|\+\+\+)\n.*?\n\1\n", re.DOTALL)
_PLAIN = re.compile(r"[A-Z“\"](?:[^\W_]|[\s.,;:!?'’“”\"()%$–—-])+[.!?][”\"]?")
"""A paragraph of sentences without markup, links or code that is not a list item."""


@dataclass(frozen=True)
class Passage:
    """A paragraph, and the subject or set that it belongs to."""

    subject: str
    text: str


def read_passages(path: Path) -> list[Passage]:
    """Reads passages from a .tsv file with the columns subject and text, or from a text file, one a line."""
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix == ".tsv":
            rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            return [Passage(row["subject"], row["text"]) for row in rows]
        return [Passage(path.stem, line.strip()) for line in file if line.strip()]


def held_out_passages(topics: Path, *, count: int, seed: int) -> list[Passage]:
    """Draws `count` paragraphs of plain prose of FEWEST_WORDS to MOST_WORDS words, at most one from each post.

    `topics` is govblogs_topics.csv, whose column post_id names the posts: govblogs/POST_ID.txt beside it. Ends the
    script if too few posts have such a paragraph.
    """
    with topics.open(encoding="utf-8", newline="") as file:
        posts = sorted(row["post_id"] for row in csv.DictReader(file))
    random.Random(seed).shuffle(posts)
    drawn: dict[str, Passage] = {}  # by its first words, since posts repeat paragraphs
    for post in posts:
        fit = plain_paragraphs((topics.parent / "govblogs" / f"{post}.txt").read_text(encoding="utf-8"))
        if fit:
            text = random.Random(f"{seed} {post}").choice(fit)
            drawn.setdefault(text[:30], Passage(HELD_OUT, text))
        if len(drawn) == count:
            return list(drawn.values())
    sys.exit(f"{topics}: {len(drawn)} posts hold such a paragraph, {count} are wanted")


def plain_paragraphs(post: str) -> list[str]:
    """Returns the paragraphs of a Markdown post that are plain prose of FEWEST_WORDS to MOST_WORDS words."""
    body = _FRONT_MATTER.sub("", post.replace("\r\n", "\n"))
    paragraphs = (" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", body))
    return [text for text in paragraphs if FEWEST_WORDS <= len(text.split()) <= MOST_WORDS and _PLAIN.fullmatch(text)]
