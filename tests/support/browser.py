"""Opens a page in Chromium, if this machine has it."""

import html
import json
import re
import shutil
import subprocess

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: the page was not opened")

LIGHT, DARK = (f"--blink-settings=preferredColorScheme={scheme}" for scheme in (1, 0))
WIDE, NARROW = (f"--window-size={width},900" for width in (1200, 500))

FITS = """
  const { scrollWidth } = document.documentElement;
  return [Math.max(0, scrollWidth - innerWidth), getComputedStyle(document.body).backgroundColor];
"""
"""A script that returns by how many pixels a page is too wide, and the colour of its paper."""

PAPER = {LIGHT: "rgb(252, 251, 248)", DARK: "rgb(23, 23, 21)"}


def dom_of(page, tmp_path, *flags, milliseconds=20_000):
    """The page as markup, after its scripts ran for so long in the browser's own time."""
    return subprocess.run(
        [
            *(CHROMIUM, *FLAGS, *flags, f"--user-data-dir={tmp_path / 'profile'}"),
            *(f"--virtual-time-budget={milliseconds}", "--dump-dom", page.as_uri()),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    ).stdout.decode()


def answer_of(page, tmp_path, script, *flags):
    """What a script's body returns in the page, whose own policy is put aside."""
    text = re.sub(r"<meta http-equiv[^>]*>", "", page.read_text(encoding="utf-8"))
    probe = f"<script>document.title = JSON.stringify((() => {{ {script} }})());</script>"
    probed = tmp_path / "probed.html"
    probed.write_text(text.replace("</body>", f"{probe}</body>"), encoding="utf-8")
    title = re.search(r"<title>(.*?)</title>", dom_of(probed, tmp_path, *flags, milliseconds=3000), re.DOTALL)[1]
    return json.loads(html.unescape(title))
