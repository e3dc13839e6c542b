import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from pipelines.commands.demo import chain_text
from pipelines.commands.schema import config_schema
from pipelines.flags.schema import COMMAND
from vae.commands.command import main


@pytest.fixture(scope="module")
def validator():
    schema = config_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_what_is_printed_is_the_schema(capsys):
    assert main(COMMAND, []) == 0
    assert json.loads(capsys.readouterr().out) == config_schema()


@pytest.mark.parametrize(
    "config",
    [
        yaml.safe_load(chain_text(Path("out"), limit=2)),
        {"prepare": {"input": "posts", "output": "dataset", "max_len": 64, "mask_pii": True, "lsh": "9x13"}},
        {"prepare": {"input": ["a", "b"], "runner": "DataflowRunner"}},
        {"train": {"set": ["epochs=2", "seed=1"]}, "report": None},
    ],
)
def test_configs_that_the_commands_read_are_valid(validator, config):
    validator.validate(config)


@pytest.mark.parametrize(
    "config",
    [
        {"prepair": {}},
        {"prepare": {"near_duplicates": "merge"}},
        {"augment": {"per_post": "two"}},
        {"train": {"epochs": 2}},
        {"report": [1]},
    ],
)
def test_others_are_not(validator, config):
    assert not validator.is_valid(config)
