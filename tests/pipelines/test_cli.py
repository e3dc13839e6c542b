import re
import shlex
import subprocess
import sys
from importlib.metadata import version

import jsonschema
import pytest
import yaml

from pipelines.cli import COMMANDS, command_named, main
from pipelines.commands.schema import config_schema
from vae.commands.command import parse, parser_of


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_the_name_it_is_listed_by(name):
    assert command_named(name).name == name


def test_the_help_lists_every_command(capsys):
    with pytest.raises(SystemExit) as raised:
        main(["--help"])
    assert raised.value.code == 0
    text = capsys.readouterr().out
    assert all(f"  {name:<12}{summary}" in text for name, (_, summary) in COMMANDS.items())


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["vari"], "blogvae: there is no command 'vari'; did you mean vary?\n"),
        (["cook"], "blogvae: there is no command 'cook'; `blogvae --help` lists the commands\n"),
        ([], "blogvae: error: the following arguments are required: COMMAND\n"),
        (["--verbose"], "blogvae: error: the following arguments are required: COMMAND\n"),
    ],
)
def test_without_an_existing_command_the_exit_code_is_2(arguments, line, capsys):
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    assert raised.value.code == 2
    assert capsys.readouterr().err.endswith(line)


def test_the_version_is_that_of_the_installed_package(capsys):
    with pytest.raises(SystemExit) as raised:
        main(["--version"])
    assert raised.value.code == 0
    assert capsys.readouterr().out == f"blogvae {version('blogvae')}\n"


def test_no_command_imports_anything_slow_to_print_its_help():
    """`--help` is answered at once: neither Beam, Arrow nor torch is imported for it."""
    script = f"""
import sys
from pipelines.cli import command_named
for name in {list(COMMANDS)!r}:
    command_named(name)
print(sorted({{"apache_beam", "pyarrow", "pandas", "torch", "lightning"}} & set(sys.modules)))
"""
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert printed == "[]\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_of_a_command_are_flags_it_knows(name):
    command = command_named(name)
    for example in command.examples:
        program, command_name, *flags = shlex.split(re.split(r" [<>] ", example)[0])
        assert (program, command_name) == ("blogvae", name)
        assert parser_of(command).parse_args(flags)


@pytest.fixture(scope="module")
def schema():
    return config_schema()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_config_that_a_command_prints_holds_what_its_examples_give(name, schema, tmp_path, capsys):
    command, file = command_named(name), tmp_path / "config.yaml"
    for example in command.examples if command.config_text is None else ():
        flags = shlex.split(re.split(r" [<>] ", example)[0])[2:]
        assert main([name, *flags, "--print-config"]) == 0
        file.write_text(capsys.readouterr().out)
        jsonschema.validate(yaml.safe_load(file.read_text()), schema)
        parser = parser_of(command)
        given = vars(parse(command, parser, flags))
        words = [given[action.dest] for action in parser._actions if not action.option_strings]
        again = vars(parse(command, parser, ["--config", str(file), *words]))
        given.pop("given", None), again.pop("given", None)
        assert {**again, "config": None} == given
