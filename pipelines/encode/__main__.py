"""`python -m pipelines.encode`: the command of the same name, for machines without a console command."""

import runpy

runpy.run_module("pipelines.commands.encode", run_name="__main__")
