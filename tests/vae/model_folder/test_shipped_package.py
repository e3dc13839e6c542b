"""A model that ships is found in a checkout and where blogvae is installed."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[3]
LOOK = """
from vae.model_folder.shipped import SHIPPED_MODELS, shipped_folder
print(shipped_folder('tiny-en').relative_to(SHIPPED_MODELS.parents[1]))
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """Makes a folder with the project's code and a model of two files."""
    folder = tmp_path_factory.mktemp("package") / "checkout"
    compiled = shutil.ignore_patterns("__pycache__")
    for name in ("pipelines", "tokenizer", "vae"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=compiled)
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, folder)
    model = folder / "data/models/tiny-en"
    (model / "tokenizer").mkdir(parents=True)
    for name in ("config.json", "tokenizer/spm.model"):
        (model / name).write_text(name)
    sums = subprocess.run(
        ["sha256sum", "config.json", "tokenizer/spm.model"], cwd=model, check=True, capture_output=True
    )
    (model / "SHA256SUMS").write_bytes(sums.stdout)
    return folder


def found_from(folder):
    """Returns the path of the model, relative to this folder, in a fresh interpreter that finds blogvae there."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, "-c", LOOK], cwd=folder.parent, env=environment, check=True, capture_output=True, text=True
    ).stdout.strip()


def test_in_a_checkout_the_model_lies_in_data(checkout):
    assert found_from(checkout) == "data/models/tiny-en"


def test_a_wheel_made_of_the_sdist_holds_the_whole_model(checkout, tmp_path):
    """Remote workers are given the sdist, and make a wheel of it."""
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(tmp_path), str(checkout)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        file.extractall(tmp_path / "site")
    assert found_from(tmp_path / "site") == "vae/shipped_models/tiny-en"
    made, installed = checkout / "data/models", tmp_path / "site/vae/shipped_models"
    for path in made.rglob("*"):
        assert path.is_dir() or (installed / path.relative_to(made)).read_bytes() == path.read_bytes()
