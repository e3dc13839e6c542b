"""`python -m pipelines.augment`: the command of the same name, for machines without a console command."""

import runpy

runpy.run_module("pipelines.commands.augment", run_name="__main__")
