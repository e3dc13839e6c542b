"""Writes the markers of list items so that Markdown reads the same lists back."""

from __future__ import annotations


class ListMarkers:
    """Follows lists as they open and close, and numbers their items.

    An item is at most one level deeper than the item directly above it. Its number follows that of the item above on
    its level; a nested list begins at 1. So Markdown reads the same levels and numbers back.
    """

    def __init__(self) -> None:
        self._next: list[int | None] = []  # the next number of each open list, None in a list of bullets
        self._above: list[int | None] = []  # the number of the last item on each level, None for a bullet

    def open_list(self, start: int | None) -> None:
        """Begins a list; `start` is its first number, None for bullets."""
        self._next.append(start)

    def close_list(self) -> None:
        """Ends the innermost list."""
        if self._next:
            self._next.pop()

    def interrupt(self) -> None:
        """Notes a block that is no item, after which Markdown reads the next item as the first of a list."""
        self._above.clear()

    def marker(self) -> str:
        """The marker of the next item, with its indent of two spaces a level and the space after it."""
        level = min(max(len(self._next) - 1, 0), len(self._above))
        number = self._next[-1] if self._next else None
        if number is not None:
            above = self._above[level] if level < len(self._above) else None
            number = above + 1 if above is not None else 1 if level else number
            self._next[-1] = number + 1
        self._above[level:] = [number]
        return "  " * level + ("- " if number is None else f"{number}. ")
