"""Runs `blogvae encode` as `python -m pipelines.encode`, for machines without console commands."""

import runpy

runpy.run_module("pipelines.commands.encode", run_name="__main__")
