import pytest
from variations_folder import small_variations_folder

from vae.commands.command import main


@pytest.fixture
def variations_folder(tmp_path):
    return small_variations_folder(tmp_path)


@pytest.fixture
def refused(capsys):
    """Runs a command that must be refused as the user's mistake, and returns the line that it prints."""

    def run(command, *flags):
        assert main(command, [str(flag) for flag in flags]) == 2
        return capsys.readouterr().err

    return run
