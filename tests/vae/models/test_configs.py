from dataclasses import FrozenInstanceError, dataclass, fields, replace

import pytest

from vae.models.configs import (
    TEXT_FAMILIES,
    DenseConfig,
    ImageConfig,
    MaskedConfig,
    RecurrentConfig,
    T5Config,
    TransformerConfig,
    bounded,
)

CONFIGS = (RecurrentConfig, TransformerConfig, T5Config, MaskedConfig, DenseConfig, ImageConfig)


def test_a_bounded_field_has_its_default_and_its_bounds():
    @dataclass
    class Settings:
        heads: int = bounded(4, low=1)
        share: float = bounded(0.5, low=0.0, high=0.99)

    assert Settings() == Settings(heads=4, share=0.5)
    heads, share = fields(Settings)
    assert dict(heads.metadata) == {"low": 1, "high": float("inf")}
    assert dict(share.metadata) == {"low": 0.0, "high": 0.99}


@pytest.mark.parametrize("config", CONFIGS)
def test_every_default_lies_within_its_bounds(config):
    settings = config()
    for field in fields(config):
        if field.metadata:
            value = getattr(settings, field.name)
            for number in value if isinstance(value, tuple) else (value,):
                assert field.metadata["low"] <= number <= field.metadata["high"], field.name


def test_text_families_are_found_by_the_names_that_stand_in_model_folders():
    assert {
        "recurrent": RecurrentConfig,
        "transformer": TransformerConfig,
        "t5": T5Config,
        "masked": MaskedConfig,
    } == TEXT_FAMILIES
    assert {config.family for config in (DenseConfig, ImageConfig)}.isdisjoint(TEXT_FAMILIES)


@pytest.mark.parametrize("config", CONFIGS)
def test_settings_cannot_be_changed_in_place(config):
    settings = config()
    with pytest.raises(FrozenInstanceError):
        settings.dim = 3
    assert replace(settings, dim=3).dim == 3
