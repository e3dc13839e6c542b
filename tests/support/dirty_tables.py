"""Random tables, both as Python's csv module writes them and in the untidy forms that exports have."""

import codecs
import csv
import io
from dataclasses import dataclass

from hypothesis import strategies as st


@dataclass(frozen=True)
class Table:
    clean: str
    dirty: bytes


def cells(alphabet):
    """Cells that begin and end with a letter, so that the last line of one cannot look like an open quote."""
    return st.text(st.sampled_from(alphabet), max_size=12).map(lambda text: f"x{text}x")


@st.composite
def dirty_tables(draw):
    """Tables in all the untidy forms at once; where line ends are mixed, only in forms that are then not ambiguous.

    Quotes stand where needed and at random, with spaces before them; there are delimiters at row ends, blank lines, any
    line ends and NULs; rows are in UTF-8 or cp1252, or the whole file is in UTF-16.
    """
    ends = draw(st.sampled_from(["\n", "\r\n", "\r", "mixed"]))
    delimiter = draw(st.sampled_from(",\t;|"))
    alphabet = "abé –“\",;\t|\\'" if ends == "mixed" else "abé –“\",;\t|\\'\r\n"
    rows = draw(st.lists(st.tuples(cells(alphabet), cells(alphabet)), min_size=1, max_size=8))
    clean = io.StringIO()
    csv.writer(clean).writerows([("title", "content"), *rows])

    header_trails, rows_trail = ends != "mixed" and draw(st.booleans()), draw(st.booleans())
    encoding = draw(st.sampled_from(["by row", "utf-8", "utf-8-sig", "utf-16"]))
    dirty = b""
    for number, row in enumerate([("title", "content"), *rows]):
        line = delimiter.join(draw(written(cell, delimiter)) for cell in row)
        line += delimiter if (rows_trail if number else header_trails) else ""
        line += draw(st.sampled_from(["\n", "\r\n", "\r"])) if ends == "mixed" else ends
        blank = draw(st.sampled_from(["", "", "" if ends == "mixed" else ends]))
        dirty += encoded(line, latin=encoding == "by row" and draw(st.booleans())) + blank.encode()
    if encoding == "utf-16":
        return Table(clean.getvalue(), dirty.decode().encode("utf-16"))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(dirty)))
        dirty = dirty[:at] + b"\0" + dirty[at:]
    return Table(clean.getvalue(), (codecs.BOM_UTF8 if encoding == "utf-8-sig" else b"") + dirty)


@st.composite
def written(draw, cell, delimiter):
    if any(character in cell for character in f'"{delimiter}\r\n') or draw(st.booleans()):
        spaces = draw(st.sampled_from(["", "", " ", "  "]))
        return f'{spaces}"' + cell.replace('"', '""') + '"'
    return cell


def encoded(line, *, latin):
    """The line in cp1252 if `latin`, unless it would then read as UTF-8, too; else in UTF-8."""
    data = line.encode("cp1252")
    return (
        data if latin and data.decode("utf-8", "ignore") == line.encode("ascii", "ignore").decode() else line.encode()
    )
