from __future__ import annotations

from typing import Final

_MISSING: Final = frozenset(
    {
        "nan",
        "NaN",
        "NAN",
        "-nan",
        "None",
        "NONE",
        "NULL",
        "null",
        "Null",
        "NaT",
        "<NA>",
        "\\N",
        "#N/A",
        "#NA",
        "undefined",
    }
)
"""How pandas, NumPy, Python, JavaScript, spreadsheets and databases write that there is no value. `Nan` is a name."""


def known(cell: str) -> str:
    """The cell's text, '' where the whole of it says that there is none."""
    return "" if len(cell) < 16 and cell.strip() in _MISSING else cell
