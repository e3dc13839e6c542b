"""Reads and writes files of varied passages, which vary_passages.py makes and measures and readers judge."""

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
    """A passage and the variations that one system made of it."""

    subject: str
    source: str
    system: str
    variations: list[str]


def write_varied(path: Path, rows: Iterable[Varied]) -> None:
    """Writes varied passages as JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")


def read_varied(paths: Iterable[Path]) -> dict[str, list[Varied]]:
    """Reads varied passages by system. Ends the script if the files are not of the same passages."""
    systems: dict[str, list[Varied]] = {}
    for path in paths:
        rows = [Varied(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
        for row in rows:
            systems.setdefault(row.system, []).append(row)
    sources = [[row.source for row in rows] for rows in systems.values()]
    if any(other != sources[0] for other in sources):
        sys.exit("the files are not of the same passages in the same order")
    return systems


def edits(source: str, varied: str) -> int:
    """Counts the runs of words in which two texts differ."""
    matcher = SequenceMatcher(None, source.split(), varied.split(), autojunk=False)
    return sum(tag != "equal" for tag, *_ in matcher.get_opcodes())
