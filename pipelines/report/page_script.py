"""Puts the script of the page together: plain JavaScript, which the page allows by its hash alone."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markupsafe import Markup

_PARTS: Final = ("data", "differences", "filters", "edits", "candidate", "examples", "list", "keys", "start")
"""The files of page/ in their order in the script; each may call functions of the others."""


@dataclass(frozen=True, kw_only=True)
class Script:
    """The text between the script tags, and its SHA-256 in base64 for a Content-Security-Policy."""

    text: Markup
    sha256: str


def page_script() -> Script:
    """The files of page/ as one script."""
    folder = Path(__file__).parent / "page"
    text = "\n".join(['"use strict";', *((folder / f"{part}.js").read_text(encoding="utf-8") for part in _PARTS)])
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return Script(text=Markup(text), sha256=digest)  # noqa: S704 - the text is ours, and the page has no other script
