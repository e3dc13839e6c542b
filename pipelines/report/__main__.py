"""`python -m pipelines.report`: the command, by the name of the room of what it does."""

import sys

from pipelines.commands.report import COMMAND
from vae.commands.command import main

sys.exit(main(COMMAND))
