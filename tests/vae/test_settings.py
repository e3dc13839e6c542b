import pytest

from vae.errors import UserError
from vae.settings import (
    ModelSettings,
    ObjectiveSettings,
    Settings,
    TrainingSettings,
    load_preset,
    override,
    presets,
    settings_from,
)

DEFAULT = Settings(model=ModelSettings(), objective=ObjectiveSettings(), training=TrainingSettings())


def test_the_presets_that_ship_load():
    assert {"tiny", "small", "base"} <= set(presets())
    hidden = [load_preset(name).model.hidden for name in ("tiny", "small", "base")]
    assert hidden == sorted(hidden)
    assert all(isinstance(load_preset(name), Settings) for name in presets())


def test_an_unknown_preset_is_told_with_those_there_are():
    with pytest.raises(UserError, match=r"no preset 'huge'; there are .*base.*small.*tiny"):
        load_preset("huge")


@pytest.mark.parametrize("pair", ["hidden=64", "model.hidden=64"])
def test_a_key_is_overridden_with_or_without_its_section(pair):
    settings = override(DEFAULT, [pair])
    assert settings.model == ModelSettings(hidden=64)
    assert (settings.objective, settings.training) == (DEFAULT.objective, DEFAULT.training)


def test_values_take_the_type_of_their_key():
    settings = override(DEFAULT, ["cell=gru", "beta=1e-1", "epochs=3", "schedule=cyclical", "precision=bf16-mixed"])
    assert (settings.model.cell, settings.objective.beta, settings.training.epochs) == ("gru", 0.1, 3)
    assert (settings.objective.schedule, settings.training.precision) == ("cyclical", "bf16-mixed")


def test_of_two_values_the_later_wins():
    assert override(DEFAULT, ["epochs=3", "training.epochs=4"]).training.epochs == 4


@pytest.mark.parametrize("pair", ["width=3", "hidden", "training.hidden=3", "other.hidden=3", "=3", ""])
def test_an_unknown_key_is_told_with_those_there_are(pair):
    with pytest.raises(UserError, match=r"write key=value with a key among model\.cell, .*training\.seed") as caught:
        override(DEFAULT, [pair])
    assert repr(pair) in str(caught.value)


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ("cell=rnn", "cell=rnn: one of lstm, gru"),
        ("schedule=", "schedule=: one of linear, cyclical"),
        ("epochs=2.5", "epochs=2.5: not a whole number"),
        ("beta=high", "beta=high: not a number"),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_what_does(pair, message):
    with pytest.raises(UserError) as caught:
        override(DEFAULT, [pair])
    assert str(caught.value) == message


def test_settings_come_back_from_plain_data():
    settings = override(load_preset("tiny"), ["cell=gru", "learning_rate=1e-05", "beta=0.123"])
    assert settings_from(settings.as_dict()) == settings


@pytest.mark.parametrize("data", [{"model": {"width": 3}}, {"data": {"hidden": 3}}])
def test_plain_data_with_an_unknown_section_or_key_is_refused(data):
    with pytest.raises(UserError, match="no setting"):
        settings_from(data)
