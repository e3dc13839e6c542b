"""The script of the page: plain JavaScript, allowed by its hash alone."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markupsafe import Markup

_PARTS: Final = ("data", "differences", "filters", "edits", "candidate", "list", "keys", "start")
"""Files of page/, in this order; each may call the others'."""


@dataclass(frozen=True, kw_only=True)
class Script:
    """What stands between the tags, and its SHA-256 as a Content-Security-Policy names it."""

    text: Markup
    sha256: str


def page_script() -> Script:
    """The files of page/ as one script."""
    folder = Path(__file__).parent / "page"
    text = "\n".join(['"use strict";', *((folder / f"{part}.js").read_text(encoding="utf-8") for part in _PARTS)])
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return Script(text=Markup(text), sha256=digest)  # noqa: S704 - ours, and the page has no other script
