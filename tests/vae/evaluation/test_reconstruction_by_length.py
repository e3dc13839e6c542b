from dataclasses import asdict

import pytest

from vae.evaluation.reconstruction import by_length, reconstruction
from vae.text_vae import TextVAE


@pytest.fixture(scope="module")
def model(trained):
    return TextVAE.load(trained)


def test_figures_are_those_of_the_texts_of_each_quarter(model, rows):
    quarters = {
        4: [row for row in rows[:80] if len(row) < 4],
        8: [row for row in rows[:80] if 4 <= len(row) < 8],
        12: [row for row in rows[:80] if 8 <= len(row) < 12],
    }
    assert all(quarters.values())
    measured = by_length(model, rows[:80], seed=0)
    assert [(part.pieces_up_to, part.texts) for part in measured] == [(end, len(own)) for end, own in quarters.items()]
    for part in measured:
        own = asdict(reconstruction(model, quarters[part.pieces_up_to], seed=0))
        assert own.items() <= asdict(part).items()


@pytest.mark.parametrize(("pieces", "quarter"), [(0, 4), (3, 4), (4, 8), (7, 8), (11, 12), (12, 16), (15, 16)])
def test_the_end_marker_counts_as_a_piece(model, pieces, quarter):
    (measured,) = by_length(model, [[40] * pieces], seed=0)
    assert (measured.pieces_up_to, measured.texts) == (quarter, 1)
