import pytest

from vae.commands.command import main
from vae.commands.interpolate import COMMAND
from vae.text_vae import TextVAE

ENDS = "Then the cat painted the quiet dog.", "Boats mended."


def interpolate(capsys, *flags):
    code = main(COMMAND, list(flags))
    told = capsys.readouterr()
    return code, told.out.splitlines(), told.err


def test_a_line_for_each_step_behind_its_share_of_the_way(trained, capsys):
    code, lines, told = interpolate(capsys, *ENDS, "--model", str(trained), "--steps", "5")
    path = TextVAE.load(trained).interpolate(*ENDS, steps=5)
    assert (code, told) == (0, "")
    assert lines == [f"{share:>4}  {text}" for share, text in zip("0% 25% 50% 75% 100%".split(), path, strict=True)]


def test_there_are_seven_without_asking(trained, capsys):
    assert len(interpolate(capsys, *ENDS, "--model", str(trained))[1]) == 7


def test_texts_may_be_alike_or_of_anything(trained, capsys):
    for first, second in [("Boats mended.", "Boats mended."), ("😀", "列車"), ("\x00 tea", "`x = 1`")]:
        code, lines, told = interpolate(capsys, first, second, "--model", str(trained), "--steps", "3")
        assert (code, len(lines), told) == (0, 3, "")


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["", "Boats mended."], "a text is empty"),
        (["Boats mended.", " \n"], "a text is empty"),
        ([*ENDS, "--steps", "1"], "--steps 1"),
        (["Boats mended. " * 20, "Boats mended."], "do not fit a segment of 15: 'Boats mended."),
    ],
)
def test_what_has_no_path_is_2_and_named_in_one_line(trained, capsys, flags, named):
    code, lines, told = interpolate(capsys, *flags, "--model", str(trained))
    assert (code, lines) == (2, [])
    assert named in told
    assert told.count("\n") == 1


def test_a_folder_without_a_model_is_2_and_named(tmp_path, capsys):
    code, lines, told = interpolate(capsys, *ENDS, "--model", str(tmp_path))
    assert (code, lines) == (2, [])
    assert str(tmp_path / "config.json") in told
