"""Measures the share of the words of real posts that cleaning recovers in order, and how much markup it leaves.

    python benchmarks/words_recovered.py CORPORA --every 10

CORPORA holds govblogs/ and devblogs.csv. The words to recover are those that Python-Markdown and lxml read: plain
patterns cut off front matter and template marks; code, scripts and forms are left out on both sides. Words are runs of
letters and digits; a word is recovered if it is in the longest common sequence that difflib finds. Markup is tags,
template marks, entities and Markdown's marks in what cleaning gives as prose.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

import lxml.html
import markdown
from measure import EXPORT, FOLDER

from pipelines.clean.clean import clean
from pipelines.posts.post import CODE, LINK, MARKDOWN, TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

_FRONT_MATTER = re.compile(r"\A\s*(---|\+\+\+)[ \t]*\n.*?\n\1[ \t]*\n", re.DOTALL)
_CODE = re.compile(r"^[ \t>]*(```+|~~~+).*?^[ \t>]*\1[ \t]*$|(`+)(?!`).+?(?<!`)\2(?!`)", re.DOTALL | re.MULTILINE)
_TEMPLATE = re.compile(
    r"\{%-?\s*(highlight|raw|comment)\b.*?\{%-?\s*end\1\s*-?%\}|\{\{.*?\}\}|\{%.*?%\}|\{:?[.#:][^{}\n]*\}", re.DOTALL
)
_UNREAD = "script style pre code iframe svg form noscript template textarea button select title".split()
_TARGET = re.compile(r"\]\([^()\s]*\)|https?://\S+")
_WORD = re.compile(r"[^\W_]+")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|\{\{|\}\}|\{%|%\}|&(?:[a-z]+|#\d+);|\*\*|\[/?[a-z_]+[ =][^\]]*\]|^#{1,6} ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--every", type=int, default=10, metavar="N", help="read every N-th post; 10 by default")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="show the missed words of the N worst posts")
    args = parser.parse_args()
    csv.field_size_limit(1 << 30)
    counts: Counter[str] = Counter()
    missed: list[tuple[int, str, list[str]]] = []
    for number, (name, content) in enumerate(posts(args.corpora)):
        if number % args.every == 0:
            lost = compare(content, counts)
            missed.append((len(lost), name, lost))
    print(f"posts {counts['posts']:,}  words {counts['words']:,}", file=sys.stderr)
    print(f"recovered in order {counts['recovered'] / counts['words']:.4f}")
    print(f"markup left        {counts['markup'] / counts['ours']:.5f} of the words")
    for count, name, lost in sorted(missed, reverse=True)[: args.worst]:
        print(f"{name}: {count} words: {' '.join(lost[:40])}")


def posts(corpora: Path) -> Iterator[tuple[str, str]]:
    """Yields the name and the Markdown of each post."""
    for path in sorted((corpora / FOLDER).glob("*.txt")):
        text = path.read_text(encoding="utf-8", errors="replace").lstrip("\ufeff")
        yield path.name, _FRONT_MATTER.sub("", text, count=1)
    with (corpora / EXPORT).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["post_id"], row["content"]


def compare(content: str, counts: Counter[str]) -> list[str]:
    """Adds the counts of a post, and returns the words that cleaning lost."""
    expected = words_of(other_reading(content))
    prose = [block.text for block in clean(content, MARKDOWN) if block.kind not in {CODE, TABLE, LINK}]
    text = _TARGET.sub(" ", "\n".join(_CODE.sub(" ", each) for each in prose))
    whole = "\n".join(block.text for block in clean(content, MARKDOWN) if block.kind != CODE)
    ours = words_of(_TARGET.sub(" ", _CODE.sub(" ", whole)))
    matched = SequenceMatcher(None, expected, ours, autojunk=False).get_matching_blocks()
    kept = {at for match in matched for at in range(match.a, match.a + match.size)}
    counts["posts"] += 1
    counts["words"] += len(expected)
    counts["recovered"] += len(kept)
    counts["ours"] += len(words_of(text))
    counts["markup"] += sum(len(_MARKUP.findall(line.removeprefix("#").lstrip("# "))) for line in text.split("\n"))
    return [word for at, word in enumerate(expected) if at not in kept]


def other_reading(content: str) -> str:
    """Returns the text that another reader of Markdown shows."""
    html = markdown.markdown(_TEMPLATE.sub(" ", _CODE.sub(" ", content)), extensions=["tables", "footnotes"])
    tree = lxml.html.fromstring(f"<div>{html}</div>")
    for node in tree.xpath("|".join(f"//{name}" for name in _UNREAD)) + tree.xpath("//comment()"):
        node.drop_tree()
    return _TARGET.sub(" ", " ".join(tree.itertext()))


def words_of(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


if __name__ == "__main__":
    main()
