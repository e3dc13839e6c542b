import pytest
import yaml

from vae.commands.command import main
from vae.commands.show_settings import COMMAND, settings_text
from vae.settings import load_preset, presets, settings_from


@pytest.mark.parametrize("preset", presets())
def test_the_text_is_a_preset_with_the_same_settings(preset):
    settings = load_preset(preset)
    assert settings_from(yaml.safe_load(settings_text(settings))) == settings


def test_bounds_and_meanings_stand_beside_the_values(capsys):
    assert main(COMMAND, []) == 0
    printed = capsys.readouterr().out
    assert "  dropout: 0.05  # at least 0.0, at most 0.99\n" in printed
    assert "#     learning_rate: the largest, reached after `warmup_steps`.\n" in printed


def test_another_preset_is_refused_with_the_nearest(capsys):
    assert main(COMMAND, ["smal"]) == 2
    assert "no preset 'smal'" in capsys.readouterr().err
