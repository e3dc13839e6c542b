"""Tables as GFM pipe rows (github.github.com/gfm, section 4.10)."""

from __future__ import annotations

from pipelines.posts.post import LINK, PARAGRAPH, TABLE, Block


def blocks_of_table(rows: list[list[list[Block]]]) -> list[Block]:
    """One table block, or, of a table that pipe rows cannot hold or that serves layout alone, the cells' blocks."""
    rows = [row for row in rows if any(row)]
    width = max(map(len, rows), default=0)
    if width < 2 or not all(_is_one_line(cell) for row in rows for cell in row):
        return [block for row in rows for cell in row for block in cell]
    lines = [_line([cell[0].text.replace("|", r"\|") if cell else "" for cell in row], width) for row in rows]
    lines.insert(1, _line(["---"] * width, width))
    return [Block(kind=TABLE, text="\n".join(lines))]


def _is_one_line(cell: list[Block]) -> bool:
    return not cell or (len(cell) == 1 and cell[0].kind in {PARAGRAPH, LINK})


def _line(cells: list[str], width: int) -> str:
    return f"| {' | '.join([*cells, *[''] * (width - len(cells))])} |"
