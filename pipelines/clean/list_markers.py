"""The markers of list items, as Markdown would read them back."""

from __future__ import annotations


class ListMarkers:
    """Follows lists as they open and close, and numbers their items.

    Level and number are those that Markdown reads out of the items where they stand: an item is deeper than the item
    directly above it by one level at most, counts on from the item above on its level, and from 1 in a nested list.
    """

    def __init__(self) -> None:
        self._next: list[int | None] = []  # the next number of each open list, None in a list of bullets
        self._above: list[int | None] = []  # the number of the last item on each level, None for a bullet

    def open_list(self, start: int | None) -> None:
        """A list begins, of bullets where `start` is None."""
        self._next.append(start)

    def close_list(self) -> None:
        """The innermost list ends."""
        if self._next:
            self._next.pop()

    def interrupt(self) -> None:
        """Something else than an item came: the next item is the first of a list to a reader."""
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
