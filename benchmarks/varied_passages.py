"""Variations of passages as files: what vary_passages.py writes, and what measures and readers are given."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Varied:
    """What one system made of one passage."""

    subject: str
    source: str
    system: str
    variations: list[str]


def write_varied(path: Path, rows: Iterable[Varied]) -> None:
    """One JSON object a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")


def read_varied(paths: Iterable[Path]) -> dict[str, list[Varied]]:
    """By system. Ends the script where a file is not of the same passages as the first."""
    found: dict[str, list[Varied]] = {}
    for path in paths:
        rows = [Varied(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
        for row in rows:
            found.setdefault(row.system, []).append(row)
    sources = [[row.source for row in rows] for rows in found.values()]
    if any(other != sources[0] for other in sources):
        sys.exit("the files are not of the same passages in the same order")
    return found


def edits(source: str, varied: str) -> int:
    """Runs of words that differ."""
    matcher = SequenceMatcher(None, source.split(), varied.split(), autojunk=False)
    return sum(tag != "equal" for tag, *_ in matcher.get_opcodes())
