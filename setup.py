"""Metadata lives in pyproject.toml; Dataflow workers are given `--setup_file ./setup.py`."""

from setuptools import setup

setup()
