import argparse

import pytest


@pytest.fixture
def parsed():
    """Parses flags as a command does: `parsed(COMMAND, ["--flag"])`."""

    def parse(command, flags):
        parser = argparse.ArgumentParser(allow_abbrev=False)
        command.add_arguments(parser)
        return parser.parse_args(flags)

    return parse
