"""Runs `blogvae augment` as `python -m pipelines.augment`, for machines without console commands."""

import runpy

runpy.run_module("pipelines.commands.augment", run_name="__main__")
