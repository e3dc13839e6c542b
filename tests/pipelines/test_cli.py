import subprocess
import sys

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
