from __future__ import annotations

from typing import Final

_MISSING: Final = frozenset(
    r"nan NaN NAN -nan -NaN None NONE NULL null Null (null) nil NaT <NA> NA N/A n/a"
    r" \N #N/A #NA 1.#QNAN undefined".split()
)
"""How pandas (`read_csv`'s `na_values`), NumPy, Python, R, Ruby, JavaScript, spreadsheets and databases write that
there is no value. `Nan` is left out, since it is a name."""


def known_text(cell: str) -> str:
    """The text of a cell, '' if the whole cell is a word for a missing value."""
    return "" if len(cell) < 16 and cell.strip() in _MISSING else cell
