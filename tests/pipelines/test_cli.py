import pytest

from pipelines.cli import COMMANDS, command_named, main


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_the_name_it_is_listed_by(name):
    assert command_named(name).name == name


def test_the_help_lists_every_command(capsys):
    with pytest.raises(SystemExit) as raised:
        main(["--help"])
    assert raised.value.code == 0
    text = capsys.readouterr().out
    assert all(f"  {name:<12}{summary}" in text for name, (_, summary) in COMMANDS.items())


@pytest.mark.parametrize("arguments", [[], ["vari"], ["--verbose"]])
def test_without_an_existing_command_the_exit_code_is_2(arguments, capsys):
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    assert raised.value.code == 2
    assert "usage: blogvae" in capsys.readouterr().err
