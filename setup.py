"""Metadata lives in pyproject.toml; Dataflow workers are given `--setup_file ./setup.py`.

Packages stand here, for pyproject.toml cannot both find them and say that data/models, the models that ship, is one.
"""

from setuptools import find_namespace_packages, setup

setup(
    packages=[*find_namespace_packages(include=["pipelines*", "tokenizer*", "vae*"]), "vae.shipped_models"],
    package_dir={"vae.shipped_models": "data/models"},
)
