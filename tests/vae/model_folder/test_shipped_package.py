"""A model that ships is found in a checkout and where blogvae is installed, with the licences of all parts."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[3]
PACKAGES = ["pipelines", "tokenizer", "vae"]
LICENCES = ("LICENSE", "NOTICE", "THIRD_PARTY.md")
LOOK = """
from vae.model_folder.shipped import SHIPPED_MODELS, shipped_folder
print(shipped_folder('tiny-en').relative_to(SHIPPED_MODELS.parents[1]))
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """Makes a folder with the project's code and a model of two files."""
    folder = tmp_path_factory.mktemp("package") / "checkout"
    compiled = shutil.ignore_patterns("__pycache__")
    for name in PACKAGES:
        shutil.copytree(REPOSITORY / name, folder / name, ignore=compiled)
    for name in ("setup.py", "pyproject.toml", "MANIFEST.in", "README.md", "CITATION.cff", *LICENCES):
        shutil.copy(REPOSITORY / name, folder)
    for name in ("tests/test_tree.py", "benchmarks/measure.py", "examples/train.py"):
        (folder / name).parent.mkdir()
        (folder / name).write_text("")
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


@pytest.fixture(scope="module")
def built(checkout, tmp_path_factory):
    """Makes an sdist and, of that, a wheel, as remote workers do with what they are given; returns their folder."""
    folder = tmp_path_factory.mktemp("built")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(checkout)]
    subprocess.run(build, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def wheel(built):
    (path,) = built.glob("*.whl")
    with zipfile.ZipFile(path) as file:
        file.extractall(built / "site")
    return built / "site"


def test_a_wheel_holds_the_whole_model(checkout, wheel):
    assert found_from(wheel) == "vae/shipped_models/tiny-en"
    made, installed = checkout / "data/models", wheel / "vae/shipped_models"
    for path in made.rglob("*"):
        assert path.is_dir() or (installed / path.relative_to(made)).read_bytes() == path.read_bytes()


def test_a_wheel_holds_three_packages_and_no_tests_or_benchmarks(wheel):
    assert sorted(path.name for path in wheel.iterdir() if path.suffix != ".dist-info") == PACKAGES
    modules = {path.relative_to(REPOSITORY) for name in PACKAGES for path in (REPOSITORY / name).rglob("*.py")}
    assert {path.relative_to(wheel) for path in wheel.rglob("*.py")} == modules


def test_wheel_and_sdist_hold_the_licences_and_the_sdist_no_tests(built, wheel):
    (metadata,) = wheel.glob("*.dist-info")
    assert sorted(path.name for path in (metadata / "licenses").iterdir()) == sorted(LICENCES)
    for name in ("LICENSE-Snowball", "en/LICENSE-WordNet", "README.md", "en/revisions-sources.tsv"):
        assert (wheel / "vae/language/data" / name).is_file()
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as file:
        names = {name.partition("/")[2] for name in file.getnames()}
    assert {*LICENCES, "CITATION.cff"} <= names
    assert not {name for name in names if name.startswith(("tests", "benchmarks", "examples"))}
