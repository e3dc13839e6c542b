from dataclasses import asdict

import pytest

from vae.evaluation.reconstruction import by_length, reconstruction
from vae.text_vae import TextVAE


@pytest.fixture(scope="module")
def model(trained):
    return TextVAE.load(trained)


def test_texts_are_rebuilt_by_quarters_of_the_longest_length(model, rows):
    quarters = {
        4: [row for row in rows[:80] if len(row) < 4],
        8: [row for row in rows[:80] if 4 <= len(row) < 8],
        12: [row for row in rows[:80] if 8 <= len(row) < 12],
    }
    assert all(quarters.values())
    found = by_length(model, rows[:80], seed=0)
    assert [(each.pieces_up_to, each.texts) for each in found] == [(end, len(own)) for end, own in quarters.items()]
    for each in found:
        own = asdict(reconstruction(model, quarters[each.pieces_up_to], seed=0))
        assert own.items() <= asdict(each).items()


@pytest.mark.parametrize(("pieces", "quarter"), [(0, 4), (3, 4), (4, 8), (7, 8), (11, 12), (12, 16), (15, 16)])
def test_the_end_marker_is_a_piece(model, pieces, quarter):
    (found,) = by_length(model, [[40] * pieces], seed=0)
    assert (found.pieces_up_to, found.texts) == (quarter, 1)
