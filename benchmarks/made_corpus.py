"""Makes a corpus of any size for the benchmarks of `prepare`, from the words of the sample corpus alone.

    python benchmarks/made_corpus.py OUTPUT --mb 25

OUTPUT gets one CSV export for each kind of text, a quarter of the bytes each: plain paragraphs, indented paragraphs (as
people paste them from a word processor), HTML, and short comments. A post is sentences of the sample drawn at random,
with one word in ten drawn from all words of the sample, so that posts differ as real ones do. One post in twenty is an
exact copy of an earlier one, and one in twenty is a copy with one sentence changed: deduplication has work to do. The
same arguments give the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import html
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "posts"
COPIES = 0.05
DRAWN_WORDS = 0.1
KEPT = 500
"""Earlier posts that may be copied."""

Paragraphs = list[list[str]]


def sample_sentences() -> list[list[str]]:
    """Returns the sentences of the sample posts, each as its words."""
    texts = [path.read_text(encoding="utf-8", errors="ignore") for path in sorted(SAMPLE.rglob("*.*"))]
    found = [sentence.split() for text in texts for sentence in re.split(r"(?<=[.!?])\s+", text)]
    return [words for words in found if 4 <= len(words) <= 40 and words[0][0].isupper()]


def plain(paragraphs: Paragraphs) -> str:
    return "\n\n".join(" ".join(sentences) for sentences in paragraphs)


def indented(paragraphs: Paragraphs) -> str:
    return "\n".join(f"          {' '.join(sentences)}     " for sentences in paragraphs)


def as_html(paragraphs: Paragraphs) -> str:
    blocks = []
    for number, sentences in enumerate(paragraphs):
        words = [html.escape(sentence) for sentence in sentences]
        words[0] = f'<b>{words[0]}</b> <a href="https://example.org/{number}">more</a>'
        blocks.append(
            f"<p>{'<br />'.join(words)}</p>" if number % 4 else f"<ul><li>{'</li><li>'.join(words)}</li></ul>"
        )
    return "".join(blocks)


def comment(paragraphs: Paragraphs) -> str:
    return " ".join(paragraphs[0][:2])


KINDS: dict[str, Callable[[Paragraphs], str]] = {
    "plain": plain,
    "indented": indented,
    "html": as_html,
    "comments": comment,
}


def posts(sentences: list[list[str]], draw: random.Random) -> Iterator[Paragraphs]:
    """Yields posts without end; some are copies of one of the last KEPT."""
    words = sorted({word for sentence in sentences for word in sentence[1:-1]})
    earlier: list[Paragraphs] = []

    def sentence() -> str:
        drawn = draw.choice(sentences)
        changed = [draw.choice(words) if draw.random() < DRAWN_WORDS else word for word in drawn[1:-1]]
        return " ".join([drawn[0], *changed, drawn[-1]])

    while True:
        kind = draw.random() if earlier else 1.0
        if kind < 2 * COPIES:
            post = [list(paragraph) for paragraph in draw.choice(earlier)]
            if kind >= COPIES:
                post[-1][-1] = sentence()
        else:
            post = [[sentence() for _ in range(draw.randint(2, 7))] for _ in range(draw.randint(2, 12))]
            earlier = [*earlier[-KEPT:], post]
        yield post


def make(output: Path, *, megabytes: float, seed: int = 0) -> Path:
    """Writes a CSV export for each kind of text into `output`, `megabytes` of content in all."""
    output.mkdir(parents=True, exist_ok=True)
    sentences = sample_sentences()
    for kind, written in KINDS.items():
        draw = random.Random(f"{seed} {kind}")
        with (output / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["post_id", "title", "date", "category", "content"])
            left = megabytes * 1e6 / len(KINDS)
            for number, post in enumerate(posts(sentences, draw)):
                content = written(post)
                day = f"20{number % 25:02d}-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
                rows.writerow([f"{kind}-{number}", post[0][0][:40], day, f"topic {number % 9}", content])
                left -= len(content)
                if left <= 0:
                    break
    return output


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path, help="a folder, made where it is not there")
    parser.add_argument("--mb", type=float, default=25, help="megabytes of content, all kinds together")
    args = parser.parse_args()
    make(args.output, megabytes=args.mb)


if __name__ == "__main__":
    main()
