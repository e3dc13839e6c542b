"""Runs the tutorial as it stands, and compares what it prints with what the page shows."""

import contextlib
import io
import re
import shlex

import pytest
from blogvae_process import REPOSITORY, blogvae

STEPS = re.findall(
    r"```(python|sh)\n(.*?)```(?:\n\n```text\n(.*?)```)?", (REPOSITORY / "docs/tutorial.md").read_text(), re.DOTALL
)


def numbers(text):
    return [int(number) for number in re.findall(r"\d+", text)]


@pytest.mark.slow
def test_every_step_runs_and_prints_what_the_page_shows(tmp_path, monkeypatch):
    """Another kind of processor rounds otherwise and may make other variations, so numbers may differ a little."""
    (tmp_path / "data").symlink_to(REPOSITORY / "data")
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "tutorial"}
    for language, step, shown in STEPS:
        printed = io.StringIO()
        if language == "sh":
            for command in step.splitlines():
                done = blogvae(*shlex.split(command)[1:], cwd=tmp_path)
                assert done.returncode == 0, done.stderr
        else:
            with contextlib.redirect_stdout(printed):
                exec(compile(step, "docs/tutorial.md", "exec"), names)
        assert re.sub(r"\d+", "0", printed.getvalue()) == re.sub(r"\d+", "0", shown), step
        assert numbers(printed.getvalue()) == pytest.approx(numbers(shown), abs=2, rel=0.05), step
