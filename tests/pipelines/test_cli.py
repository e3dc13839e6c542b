import pytest

from pipelines.cli import COMMANDS, command_named, main


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_found_by_its_name(name):
    assert command_named(name).name == name


def test_the_help_lists_every_command(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert all(f"  {name:<12}{summary}" in text for name, (_, summary) in COMMANDS.items())


@pytest.mark.parametrize("arguments", [[], ["vari"], ["--verbose"]])
def test_without_a_command_that_there_is_the_exit_code_is_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: blogvae" in capsys.readouterr().err
