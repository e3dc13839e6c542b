from dataclasses import fields

import pytest

from vae.evaluation.figure_descriptions import FIGURE_DESCRIPTIONS, HIDDEN_MEANING, MAP_MEANING, RADIUS_MEANINGS
from vae.evaluation.interpolation import Interpolation
from vae.evaluation.likelihood import Bounds
from vae.evaluation.radius_curve import RadiusPoint
from vae.evaluation.reconstruction import Reconstruction


def names(kind):
    return {field.name for field in fields(kind)}


def test_every_figure_that_is_measured_has_a_meaning():
    assert names(Bounds) - {"texts", "pieces"} <= set(FIGURE_DESCRIPTIONS)
    assert names(Reconstruction) <= set(FIGURE_DESCRIPTIONS)
    assert {f"interpolation_{name}" for name in names(Interpolation)} <= set(FIGURE_DESCRIPTIONS)
    assert {"radius", *RADIUS_MEANINGS} == names(RadiusPoint)


@pytest.mark.parametrize(
    "meaning", [*FIGURE_DESCRIPTIONS.values(), *RADIUS_MEANINGS.values(), HIDDEN_MEANING, MAP_MEANING]
)
def test_a_meaning_fits_a_cell_of_a_table_and_a_sentence(meaning):
    assert not set("|\n") & set(meaning)
    assert meaning == meaning.strip(" .")
