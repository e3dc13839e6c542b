"""The metadata of the Flex Templates: each parameter must be a flag of the command, and one that takes a value."""

import json
import re
from pathlib import Path

import pytest

from pipelines.cli import command_named
from vae.commands.command import parser_of

TEMPLATES = Path(__file__).parents[2] / "deploy/templates"
NAMES = ("prepare", "augment", "encode")


def parameters(name):
    return json.loads((TEMPLATES / f"{name}.json").read_text())["parameters"]


@pytest.fixture
def flags(request):
    """The flags of the command, by their names without the dashes."""
    parser = parser_of(command_named(request.param))
    return {option[2:]: action for action in parser._actions for option in action.option_strings}


def test_every_template_is_of_a_command_that_runs_on_beam():
    assert sorted(path.stem for path in TEMPLATES.iterdir()) == sorted(NAMES)
    assert all(command_named(name).passes_flags for name in NAMES)


@pytest.mark.parametrize(("name", "flags"), [(name, name) for name in NAMES], indirect=["flags"])
def test_a_parameter_is_a_flag_that_takes_a_value(name, flags):
    for parameter in parameters(name):
        action = flags[parameter["name"]]
        assert action.nargs is None, parameter["name"]  # a template gives every parameter as --name=value
        assert parameter["label"]
        assert parameter["helpText"]


@pytest.mark.parametrize(("name", "flags"), [(name, name) for name in NAMES], indirect=["flags"])
def test_what_a_command_needs_a_template_needs(name, flags):
    needed = {flag for flag, action in flags.items() if action.required}
    mandatory = {parameter["name"] for parameter in parameters(name) if not parameter["isOptional"]}
    assert needed <= mandatory
    # Without --model a command takes base-en; with --input it would be two jobs, and a template starts one.
    assert mandatory - needed <= {"model", "dataset"}


@pytest.mark.parametrize(("name", "flags"), [(name, name) for name in NAMES], indirect=["flags"])
def test_the_choices_and_the_default_of_a_flag_pass_the_pattern_of_its_parameter(name, flags):
    for parameter in parameters(name):
        for pattern in parameter.get("regexes", []):
            action = flags[parameter["name"]]
            assert re.fullmatch(pattern, "gs://bucket/a") or not pattern.startswith("^gs")
            if action.choices and parameter["name"] != "device":
                assert all(re.fullmatch(pattern, choice) for choice in action.choices), parameter["name"]
            if isinstance(action.default, int | float):
                assert re.fullmatch(pattern, str(action.default)), parameter["name"]
