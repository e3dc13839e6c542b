"""Lays out the pages of the documentation for the site's builder, in the folder that is its one argument."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from docs.site.pages import linked_files
from docs.site.reference import PYTHON, commands_page, settings_page

REPOSITORY = Path(__file__).resolve().parents[2]


def lay_out(folder: Path) -> None:
    """Copies README and what it leads to, laid out as in the repository so that all links work; adds the reference."""
    shutil.rmtree(folder, ignore_errors=True)
    for file in linked_files(REPOSITORY / "README.md"):
        copy = folder / file.relative_to(REPOSITORY)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)
    reference = folder / "docs/reference"
    reference.mkdir()
    for name, page in {"commands": commands_page(), "settings": settings_page(), "python": PYTHON}.items():
        (reference / f"{name}.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    lay_out(Path(sys.argv[1]))
