"""The Dockerfile of deploy/, as far as it can be checked without Docker."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
TEXT = (REPOSITORY / "deploy/Dockerfile").read_text()
LINES = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", TEXT, flags=re.MULTILINE)).splitlines()
INSTRUCTIONS = [tuple(line.split(maxsplit=1)) for line in LINES if line]
ARGUMENTS = dict(value.split("=") for name, value in INSTRUCTIONS if name == "ARG" and "=" in value)
STAGES = [re.fullmatch(r"(\S+) AS (\S+)", value).groups() for name, value in INSTRUCTIONS if name == "FROM"]
LOCK = dict(re.findall(r"^(\S+)==(\S+)", (REPOSITORY / "requirements.lock").read_text(), re.MULTILINE))


def test_beam_is_that_of_the_lock():
    assert ARGUMENTS["BEAM"] == LOCK["apache-beam"]


def test_there_is_a_stage_for_each_kind_of_torch_and_the_last_one_takes_it_by_argument():
    names = [name for _, name in STAGES]
    assert {"torch-cpu", "torch-cuda"} <= set(names)
    assert STAGES[-1] == ("torch-${TORCH}", "blogvae")
    assert f"torch-{ARGUMENTS['TORCH']}" in names


def test_a_stage_begins_with_an_earlier_one_or_with_an_image_of_a_fixed_version():
    for place, (source, _) in enumerate(STAGES):
        earlier = [name for _, name in STAGES[:place]]
        assert source in earlier or source == "torch-${TORCH}" or re.search(r":\S+$", source), source


def test_python_of_the_launcher_is_that_of_the_image():
    (launcher,) = (source for source, name in STAGES if name == "launcher")
    assert f"python{ARGUMENTS['PYTHON'].replace('.', '')}-template" in launcher


def copied():
    return [value.split()[:-1] for name, value in INSTRUCTIONS if name == "COPY"]


def test_every_file_that_is_copied_is_there_and_every_stage_that_is_copied_from():
    names = [name for _, name in STAGES]
    for first, *rest in copied():
        if first.startswith("--from="):
            assert first.removeprefix("--from=") in names
        else:
            assert [path for path in (first, *rest) if not (REPOSITORY / path).exists()] == []


def test_all_packages_the_models_that_ship_and_the_sample_are_copied():
    paths = {path for words in copied() for path in words}
    assert {"tokenizer", "vae", "pipelines", "data", "requirements.lock", "pyproject.toml", "setup.py"} <= paths


def test_the_lock_holds_what_every_pip_install_may_take():
    installs = [value for name, value in INSTRUCTIONS if name == "RUN" and "pip install" in value]
    assert installs
    assert [value for value in installs if "--constraint requirements.lock" not in value] == []


@pytest.mark.parametrize("command", ["prepare", "augment", "encode"])
def test_the_launcher_starts_the_module_of_the_command(command):
    (file,) = re.findall(r"FLEX_TEMPLATE_PYTHON_PY_FILE=/template/(\S+)", TEXT)
    module = REPOSITORY / file.replace("${TEMPLATE}", command)
    assert "sys.exit(main(COMMAND))" in module.read_text()
