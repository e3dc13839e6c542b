"""Runs `blogvae report` as `python -m pipelines.report`, for machines without console commands."""

import runpy

runpy.run_module("pipelines.commands.report", run_name="__main__")
