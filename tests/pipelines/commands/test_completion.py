import shutil
import subprocess

import pytest

from pipelines.cli import COMMANDS
from pipelines.commands.completion import parser_of_all
from pipelines.flags.completion import COMMAND
from vae.commands.command import main


def test_the_script_knows_every_command_and_its_flags(capsys):
    assert main(COMMAND, ["bash"]) == 0
    script = capsys.readouterr().out
    assert all(f"_shtab_blogvae_{name}_" in script for name in COMMANDS)
    assert "--near-duplicates" in script


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash on this machine")
def test_bash_reads_the_script(capsys):
    main(COMMAND, ["bash"])
    read = subprocess.run(["bash", "-n"], input=capsys.readouterr().out, text=True, capture_output=True, check=False)
    assert (read.returncode, read.stderr) == (0, "")


def test_the_flags_of_one_command_are_not_those_of_another():
    parser = parser_of_all()
    with pytest.raises(SystemExit):
        parser.parse_args(["report", "--lsh=14x8"])
