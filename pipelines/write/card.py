"""Writes dataset cards in the format of the Hugging Face Hub: a head in YAML, which `datasets` reads, and Markdown."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CARD: Final = "README.md"
"""The name of a card in its folder."""

_SIZES: Final = ("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B", "1B<n<10B")


def card(header: Mapping[str, Any], *, title: str, about: str, sections: Mapping[str, str]) -> str:
    """Returns the text of a card; fields of the header that are empty are left out."""
    head = yaml.safe_dump({key: value for key, value in header.items() if value}, sort_keys=False)
    return f"---\n{head}---\n\n# {title}\n\n{about}\n" + "".join(
        f"\n## {heading}\n\n{content}\n" for heading, content in sections.items()
    )


def size_category(rows: int) -> str:
    """Returns the Hub's name for a number of rows."""
    return _SIZES[bisect_right([10**power for power in range(3, 10)], rows)]


def table(head: tuple[str, str], rows: Iterable[tuple[str, str]]) -> str:
    """Returns a table of two columns in Markdown."""
    lines = [head, ("---", "---"), *((name, value.replace("|", "\\|")) for name, value in rows)]
    return "\n".join(f"| {name} | {value} |" for name, value in lines)
