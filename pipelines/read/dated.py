from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipelines.read.dates import read_day
from pipelines.read.missing import known
from pipelines.read.publication import says_no, says_yes

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNREAD_CHARACTERS: Final = 40


def dated(texts: Iterable[str], *, otherwise: str = "") -> dict[str, str]:
    """The fields of a `RawPost` that say its day: of the first of the texts that names one, else `otherwise`.

    Where none does though one is there that should, it is kept as `date_unread`. `published: true` should not.
    """
    unread = ""
    for text in map(known, texts):
        day = read_day(text)
        if day.day:
            return {"date": day.day, "date_other": day.other, "date_mark": day.mark, "date_order": day.order}
        if text.strip() and not says_yes(text) and not says_no(text):
            unread = unread or " ".join(text.split())[:_UNREAD_CHARACTERS]
    return {"date": otherwise, "date_unread": "" if otherwise else unread}
