import numpy as np
import pytest

from vae.language.language import language
from vae.variation.fronting import LAYERS, PutFirst
from vae.variation.move import SWAP, TO_END, TO_FRONT, Move
from vae.variation.move_features import MOVE_COLUMNS, move_features
from vae.variation.seam_scores import Seams
from vae.variation.words import Words

ENGLISH = language("en")


def features(text, kind, places, *, put_first=0.0, pronouns=None, seams=(-1.0, -3.0, -2.0, -2.5)):
    """The features by name of one move in a text, with random states."""
    own = tuple(text.split())
    start, left, right, end = places
    states = np.random.default_rng(0).normal(size=(len(own), 2, len(LAYERS), 6)).astype(np.float32)
    (row,) = move_features(
        Words(own, (None,) * len(own)),
        [Move(kind, start, left, right, end, own[start:end], ())],
        [Seams(*seams)],
        states,
        put_first=PutFirst(put_first, np.zeros(12, np.float32), pronouns or {}),
        language=ENGLISH,
    )
    return dict(zip(MOVE_COLUMNS[kind], row, strict=True))


@pytest.mark.parametrize(("kind", "places"), [(TO_END, (0, 3, 3, 8)), (TO_FRONT, (3, 5, 5, 8)), (SWAP, (5, 6, 7, 8))])
def test_the_decoder_counts_by_what_the_seams_gain_and_come_to(kind, places):
    row = features("When it rained, we had tea and milk.", kind, places)
    assert (row["gain"], row["new"]) == (1.0, -1.0)
    if kind != TO_END:
        assert (row["least gain"], row["least new"]) == (-0.5, -3.0)


def test_a_first_part_is_known_by_its_length_its_comma_and_its_pronouns():
    row = features("When it rained, we had tea.", TO_END, (0, 3, 3, 6), pronouns={"it": (0.0, 2.0), "we": (5.0, 0.0)})
    assert (row["words moved"], row["words left"]) == pytest.approx((np.log(3), np.log(3)))
    assert row["comma between"] == row["pronouns moved"] == row["pronouns left"] == row["subject second"] == 1.0
    assert (row["pronouns fit first"], row["pronouns fit behind"]) == (2.0, 0.0)
    assert row["others before"] == row["verbs before"] == row["goes on"] == 0.0


def test_a_last_part_is_known_by_what_the_encoder_says_and_what_stands_before_it():
    row = features("We stayed until Monday when it rained.", TO_FRONT, (0, 4, 4, 7), put_first=0.5)
    assert row["put first"] == 0.5
    assert row["time before"] == 1.0
    assert features("We stayed at home when it rained.", TO_FRONT, (0, 4, 4, 7))["time before"] == 0.0


def test_two_joined_parts_are_known_by_how_alike_they_are():
    row = features("We had tea and milk.", SWAP, (2, 3, 4, 5))
    assert row["single"] == row["same length"] == row["same form"] == row["same end"] == 1.0
    assert -1 <= row["whole 0"] <= 1
    longer = features("We had tea and cold milk.", SWAP, (2, 3, 4, 6))
    assert longer["single"] == longer["same length"] == 0.0
    assert longer["words last"] == pytest.approx(np.log(2))
