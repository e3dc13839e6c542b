"""Metadata lives in pyproject.toml; Dataflow workers are given `--setup_file ./setup.py`.

Packages stand here, for pyproject.toml cannot both find them and say that two folders of data are packages, too: the
models that ship, and the sample corpus with a folder for each category.
"""

from setuptools import find_namespace_packages, setup

FOLDERS_OF_DATA = {"pipelines.sample": "data", "vae.shipped_models": "data/models"}

setup(
    packages=[
        *find_namespace_packages(include=["pipelines*", "tokenizer*", "vae*"]),
        *FOLDERS_OF_DATA,
        *(f"pipelines.sample.{name}" for name in find_namespace_packages("data", include=["posts*"])),
    ],
    package_dir=FOLDERS_OF_DATA,
)
