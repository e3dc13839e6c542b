"""Installs the wheel into an environment of its own, and runs `blogvae` there in a folder that has nothing of ours."""

import os
import shutil
import subprocess
import sys
import sysconfig
from importlib.metadata import version
from types import SimpleNamespace

import pytest
from blogvae_process import REPOSITORY

pytestmark = pytest.mark.slow

BUILT_FROM = ("setup.py", "pyproject.toml", "MANIFEST.in", "README.md", "LICENSE", "NOTICE", "THIRD_PARTY.md")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout, built from a copy."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("pipelines", "tokenizer", "vae", "data"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in BUILT_FROM:
        shutil.copy(REPOSITORY / name, folder)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", str(folder)]
    done = subprocess.run(build, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "is absent from the `packages` configuration" not in done.stderr
    [path] = (folder / "dist").glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Runs the installed `blogvae` in an empty folder, with the dependencies that the tests have."""
    root = tmp_path_factory.mktemp("installed")
    environment, folder = root / "environment", root / "folder"
    folder.mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin/python"
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", "--quiet", wheel]
    subprocess.run(install, check=True)
    [site] = environment.glob("lib/python*/site-packages")
    # A path in a .pth file does not make its own .pth files count, so the editable installation stays unknown.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    variables = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}

    def run(*argv):
        command = [environment / "bin/blogvae", *argv]
        return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)

    return SimpleNamespace(run=run, folder=folder, site=site)


def test_the_code_that_runs_is_the_installed_one(installed):
    places = "import pipelines, tokenizer, vae; print(*(m.__path__[0] for m in (pipelines, tokenizer, vae)))"
    python = installed.site.parents[2] / "bin/python"
    printed = subprocess.run([python, "-c", places], cwd=installed.folder, capture_output=True, text=True, check=True)
    assert printed.stdout.split() == [str(installed.site / name) for name in ("pipelines", "tokenizer", "vae")]


def test_the_version_and_the_help_of_the_demo_are_printed(installed):
    assert installed.run("--version").stdout == f"blogvae {version('blogvae')}\n"
    helped = installed.run("demo", "--help")
    assert (helped.returncode, helped.stderr) == (0, "")
    assert "--output" in helped.stdout


def test_the_doctor_finds_the_model_that_ships(installed):
    done = installed.run("doctor")
    assert "base-en     varies a sentence" in done.stdout, done.stdout + done.stderr


def test_the_demo_varies_a_post_of_the_sample_that_ships(installed):
    done = installed.run("demo", "--limit=1")
    assert done.returncode == 0, done.stderr
    assert "1 posts, " in done.stdout
    assert (installed.folder / "blogvae-demo/report.html").stat().st_size
    assert sorted(path.name for path in installed.folder.iterdir()) == ["blogvae-demo"]
