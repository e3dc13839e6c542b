import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae.errors import UserError
from vae.model_folder.shipped import SHIPPED_MODELS
from vae.models.configs import TEXT_FAMILIES, RecurrentConfig, TransformerConfig
from vae.models.families import text_model
from vae.settings import DEFAULTS, load_preset, override, presets, settings_from


def refused(message):
    return pytest.raises(UserError, match=message)


@pytest.mark.parametrize("name", presets())
def test_a_preset_that_ships_loads(name):
    settings = load_preset(name)
    assert settings_from(settings.as_dict()) == settings


@pytest.mark.parametrize("name", [name for name in presets() if load_preset(name).model.family != "t5"])
def test_a_preset_that_needs_no_other_model_builds(name):
    # The models are as narrow as possible, since the test checks shapes alone.
    narrow = {"recurrent": ["encoder=2", "decoder=2"], "transformer": ["width=8", "heads=2"], "masked": ["width=8"]}
    config = load_preset(name).model
    model = text_model(override(load_preset(name), narrow[config.family]).model, vocab_size=20, max_len=64)
    slots = 1 + 64 // config.run if config.family == "masked" else config.slots
    assert (model.slots, model.dim) == (slots, config.dim)


def test_there_are_the_presets_tiny_small_and_base():
    assert {"tiny", "small", "base"} <= set(presets())


def test_fine_tuning_has_the_objective_of_the_model_that_ships_but_no_annealing():
    settings = json.loads((SHIPPED_MODELS / "base-en" / "config.json").read_text())["settings"]
    assert load_preset("fine-tune").objective == replace(settings_from(settings).objective, anneal=0.0)


@pytest.mark.parametrize(("name", "near"), [("smal", "small"), ("tinny", "tiny")])
def test_the_error_of_an_unknown_preset_names_the_nearest_one_and_all(name, near):
    with refused(rf"^no preset '{name}' \(did you mean '{near}'\?\); there are .*base.*small.*tiny"):
        load_preset(name)


@pytest.mark.parametrize("pair", ["embedding=64", "model.embedding=64"])
def test_a_key_is_overridden_with_or_without_its_section(pair):
    settings = override(DEFAULTS, [pair])
    assert settings.model == RecurrentConfig(embedding=64)
    assert (settings.objective, settings.training) == (DEFAULTS.objective, DEFAULTS.training)


@pytest.mark.parametrize(
    ("pair", "part", "value"),
    [
        ("cell=gru", "model", "gru"),
        ("beta=1e-1", "objective", 0.1),
        ("epochs=3", "training", 3),
        ("schedule=cyclical", "objective", "cyclical"),
        ("precision=bf16-mixed", "training", "bf16-mixed"),
        ("bidirectional=no", "model", False),
        ("learned_prior=True", "model", True),
        ("compile=no", "training", "no"),
        ("encoder=64", "model", (64,)),
        ("decoder=64,32,", "model", (64, 32)),
        ("labels=category,author", "training", ("category", "author")),
        ("labels=", "training", ()),
    ],
)
def test_a_value_gets_the_type_of_its_key(pair, part, value):
    parsed = getattr(getattr(override(DEFAULTS, [pair]), part), pair.partition("=")[0])
    assert (parsed, type(parsed)) == (value, type(value))


def test_the_lists_and_truth_values_of_yaml_are_accepted():
    data = {"model": {"encoder": [8, 4], "bidirectional": False}, "training": {"compile": False, "labels": ["author"]}}
    settings = settings_from(data)
    assert (settings.model.encoder, settings.model.bidirectional) == ((8, 4), False)
    assert (settings.training.compile, settings.training.labels) == ("no", ("author",))
    assert settings_from({"training": {"compile": True}}).training.compile == "yes"


def test_the_later_of_two_values_of_a_key_wins():
    assert override(DEFAULTS, ["epochs=3", "training.epochs=4"]).training.epochs == 4


@pytest.mark.parametrize("pair", ["family=transformer", "model.family=transformer"])
def test_another_family_starts_from_its_own_defaults(pair):
    settings = override(DEFAULTS, ["dim=8", pair, "width=128"])
    assert settings.model == TransformerConfig(width=128)
    with refused("no setting 'cell'"):
        override(settings, ["cell=gru"])


def test_a_family_is_read_before_its_keys():
    assert settings_from({"model": {"heads": 2, "family": "transformer"}}).model == TransformerConfig(heads=2)


def test_the_error_of_an_unknown_family_names_the_nearest_one():
    with refused(
        r"^no family 'transfomer' \(did you mean 'transformer'\?\): one of recurrent, transformer, t5, masked$"
    ):
        override(DEFAULTS, ["family=transfomer"])


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("embeding", "embedding"),
        ("model.embeding", "model.embedding"),
        ("word_drop", "word_dropout"),
        ("training.embedding", "model.embedding"),
    ],
)
def test_the_error_of_an_unknown_key_names_the_nearest_one_and_all(name, near):
    with refused(rf"^no setting '{name}' \(did you mean '{near}'\?\); there are .*cell.*steps"):
        override(DEFAULTS, [f"{name}=3"])


@pytest.mark.parametrize("pair", ["=3", "zzz=3", "other.zzz=3", "model=3", "training.family=t5"])
def test_the_error_of_a_key_like_no_other_names_all_keys(pair):
    with refused("no setting .*there are .*cell"):
        override(DEFAULTS, [pair])


@pytest.mark.parametrize("pair", ["embedding", ""])
def test_the_error_of_a_pair_without_a_value_shows_how_to_write_it(pair):
    with refused(f"^'{pair}' is no setting: write key=value$"):
        override(DEFAULTS, [pair])


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ("cell=rnn", "cell=rnn: one of lstm, gru"),
        ("cell=grru", "cell=grru (did you mean 'gru'?): one of lstm, gru"),
        ("schedule=", "schedule=: one of linear, cyclical"),
        ("labels=category,autor", "labels=autor (did you mean 'author'?): one of category, author"),
        ("epochs=2.5", "epochs=2.5: not a whole number"),
        ("beta=high", "beta=high: not a number"),
        ("encoder=8,x", "encoder=x: not a whole number"),
        ("bidirectional=perhaps", "bidirectional=perhaps: true or false"),
        ("slots=0", "slots=0: must be at least 1"),
        ("encoder=8,0", "encoder=8,0: must be at least 1"),
        ("decoder=", "decoder=: must be at least 1"),
        ("dropout=1.0", "dropout=1.0: must be at least 0.0 and at most 0.99"),
        ("beta=-0.1", "beta=-0.1: must be at least 0.0"),
        ("beta=nan", "beta=nan: must be at least 0.0"),
        ("beta=inf", "beta=inf: must be at least 0.0"),
    ],
)
def test_the_error_of_a_wrong_value_tells_which_values_are_right(pair, message):
    with pytest.raises(UserError) as caught:
        override(DEFAULTS, [pair])
    assert str(caught.value) == message


BOUNDS = [
    (field.name, field.metadata)
    for part in (*TEXT_FAMILIES.values(), type(DEFAULTS.objective), type(DEFAULTS.training))
    for field in fields(part)
    if field.metadata
]


@given(st.sampled_from(BOUNDS), st.integers(0, 10**6))
def test_a_value_is_accepted_if_and_only_if_it_is_in_its_range(bound, value):
    name, limits = bound
    families_with_setting = [family for family, config in TEXT_FAMILIES.items() if hasattr(config(), name)]
    family = next(iter(families_with_setting or TEXT_FAMILIES))
    settings = settings_from({"model": {"family": family}})
    if limits["low"] <= value <= limits["high"]:
        override(settings, [f"{name}={value}"])
    else:
        with refused(f"^{name}={value}: must be at least {limits['low']}"):
            override(settings, [f"{name}={value}"])
    with refused(f"^{name}=-1: must be at least {limits['low']}"):
        override(settings, [f"{name}=-1"])


@pytest.mark.parametrize(
    "pairs",
    [
        ["cell=gru", "learning_rate=1e-05", "beta=0.123", "encoder=8,4", "labels=author", "compile=no"],
        ["family=transformer", "read=queries", "learned_prior=yes"],
        ["family=t5", "source=folder/t5"],
    ],
)
def test_settings_are_restored_from_plain_data(pairs):
    settings = override(DEFAULTS, pairs)
    assert settings_from(settings.as_dict()) == settings


@pytest.mark.parametrize("data", [{"model": {"width": 3}}, {"data": {"cell": "gru"}}])
def test_plain_data_with_an_unknown_section_or_key_is_refused(data):
    with refused("no setting"):
        settings_from(data)
