"""`python -m pipelines.report`: the command of the same name, for machines without a console command."""

import runpy

runpy.run_module("pipelines.commands.report", run_name="__main__")
