"""Runs the commands of README as a newcomer does, and compares what they print with what README shows."""

import re
import shlex
import shutil
import subprocess
import sys

import pytest
from blogvae_process import POSTS, REPOSITORY, blogvae

from vae.hardware import fast_bf16

README = (REPOSITORY / "README.md").read_text()
LINES = [line[4:] for line in README.splitlines() if line.startswith("    ")]
SHOWN = re.findall(r"^ {4}\$ (blogvae .*)\n((?: {4}(?!\$).*\n)+)", README, re.MULTILINE)
"""The commands that are shown with what they print."""

TYPED = [line for line in LINES if line.startswith("blogvae ")]
"""The commands that are shown alone."""


@pytest.fixture
def clone(tmp_path):
    """A folder like a clone of the repository, with two posts in `posts/`."""
    for name in ("data", "pipelines", "tokenizer", "vae"):
        (tmp_path / name).symlink_to(REPOSITORY / name)
    (tmp_path / "posts").mkdir()
    for post in sorted(POSTS.glob("cycling/*.txt"))[:2]:
        shutil.copy(post, tmp_path / "posts")
    return tmp_path


def test_every_line_that_readme_shows_is_run_here():
    printed = [line[4:] for _, output in SHOWN for line in output.splitlines()]
    known = {*printed, *TYPED, *(f"$ {command}" for command, _ in SHOWN)}
    others = [re.split(r" {2,}#", line)[0].rstrip() for line in LINES if line not in known]
    assert others == ["make demo", "make test", ". .venv/bin/activate"]


@pytest.mark.slow
@pytest.mark.skipif(not fast_bf16("cpu"), reason="README shows what comes out of a processor that is fast in bfloat16")
@pytest.mark.parametrize(("command", "output"), SHOWN)
def test_a_command_prints_what_readme_shows(command, output, clone):
    done = blogvae(*shlex.split(command)[1:], cwd=clone)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [line[4:] for line in output.splitlines()]


@pytest.mark.slow
def test_the_commands_for_ones_own_posts(clone):
    for command in TYPED:
        done = blogvae(*shlex.split(command)[1:], cwd=clone)
        assert done.returncode == 0, done.stderr
    assert (clone / "out/variations/exports/variations.csv").stat().st_size
    assert "base-en" in (clone / "out/report.html").read_text()


@pytest.mark.slow
def test_make_demo_with_two_posts(clone):
    """Runs what `make demo` runs once the environment is there."""
    make = ("make", "--dry-run", "--old-file=.venv/ready", "--directory", REPOSITORY, "demo")
    plan = subprocess.run(make, capture_output=True, text=True, check=True).stdout
    [command] = [line for line in plan.splitlines() if line.startswith(".venv/bin/python")]
    words = [sys.executable, *shlex.split(command)[1:], "--limit=2"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=clone)
    assert done.returncode == 0, done.stderr
    assert "2 posts" in done.stdout
    assert (clone / "out/demo/report.html").stat().st_size
