import re

import pytest

from vae.command import main
from vae.vary import COMMAND

TEXT = "The brighter birds prints 34 kettle. Window prints."


def vary(capsys, *flags):
    code = main(COMMAND, list(flags))
    told = capsys.readouterr()
    return code, told.out.splitlines(), told.err


def test_a_line_for_each_variation_behind_its_share_of_change(trained, capsys):
    code, lines, _ = vary(capsys, TEXT, "--model", str(trained), "-n", "4", "--change", "0.5", "--seed", "3")
    assert (code, len(lines)) == (0, 4)
    assert all(re.fullmatch(r" *\d+%  \S.* 34 .*\.", line) for line in lines)
    assert vary(capsys, TEXT, "--model", str(trained), "-n", "4", "--change", "0.5", "--seed", "3")[1] == lines


def test_flags_may_come_from_the_config(trained, capsys, tmp_path):
    path = tmp_path / "run.yaml"
    path.write_text(f"vary: {{model: {trained}, n: 2, seed: 3}}")
    code, lines, _ = vary(capsys, TEXT, "--config", str(path))
    assert (code, len(lines)) == (0, 2)


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_text_is_2(trained, capsys, text):
    code, lines, told = vary(capsys, text, "--model", str(trained))
    assert (code, lines) == (2, [])
    assert "the text is empty" in told


def test_a_folder_without_a_model_is_2_and_named(tmp_path, capsys):
    code, lines, told = vary(capsys, TEXT, "--model", str(tmp_path))
    assert (code, lines) == (2, [])
    assert str(tmp_path / "config.json") in told
    assert told.count("\n") == 1
