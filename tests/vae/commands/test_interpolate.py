import pytest

from vae.commands.command import main
from vae.commands.interpolate import COMMAND
from vae.text_vae import TextVAE

ENDS = "Then the cat painted the quiet dog.", "Boats mended."


def interpolate(capsys, *flags):
    code = main(COMMAND, list(flags))
    printed = capsys.readouterr()
    return code, printed.out.splitlines(), printed.err


def test_each_step_is_a_line_after_its_share_of_the_way(trained, capsys):
    code, lines, errors = interpolate(capsys, *ENDS, "--model", str(trained), "--steps", "5")
    path = TextVAE.load(trained).interpolate(*ENDS, steps=5)
    assert (code, errors) == (0, "")
    assert lines == [f"{share:>4}  {text}" for share, text in zip("0% 25% 50% 75% 100%".split(), path, strict=True)]


def test_seven_texts_are_printed_by_default(trained, capsys):
    assert len(interpolate(capsys, *ENDS, "--model", str(trained))[1]) == 7


def test_texts_may_be_equal_or_hold_anything(trained, capsys):
    for first, second in [("Boats mended.", "Boats mended."), ("😀", "列車"), ("\x00 tea", "`x = 1`")]:
        code, lines, errors = interpolate(capsys, first, second, "--model", str(trained), "--steps", "3")
        assert (code, len(lines), errors) == (0, 3, "")


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["", "Boats mended."], "a text is empty"),
        (["Boats mended.", " \n"], "a text is empty"),
        ([*ENDS, "--steps", "1"], "--steps 1"),
        (["Boats mended. " * 20, "Boats mended."], "do not fit a segment of 15: 'Boats mended."),
    ],
)
def test_texts_without_a_path_are_refused_in_one_line(trained, capsys, flags, named):
    code, lines, errors = interpolate(capsys, *flags, "--model", str(trained))
    assert (code, lines) == (2, [])
    assert named in errors
    assert errors.count("\n") == 1


def test_a_folder_without_a_model_is_refused_by_name(tmp_path, capsys):
    code, lines, errors = interpolate(capsys, *ENDS, "--model", str(tmp_path))
    assert (code, lines) == (2, [])
    assert str(tmp_path / "config.json") in errors
