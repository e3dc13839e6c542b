import pytest

from tokenizer.protect import protect
from tokenizer.segments import Segment
from vae.variation.variation import UNKNOWN, Edit, variation_of

TEXT = [Segment(protect(text), (5,)) for text in ("The cat paints 3 dogs.", "Window prints.")]


def test_a_variation_has_its_segments_with_their_protected_spans():
    edit = Edit(segment=0, start=1, old="cat", new="bird", probability=0.7)
    found = variation_of(TEXT, ["The bird paints <num> dogs.", "Window prints."], edits=[edit], why_short="why")
    assert found.segments == ("The bird paints 3 dogs.", "Window prints.")
    assert found.text == "The bird paints 3 dogs. Window prints."
    assert (found.segments_changed, found.edits, found.why_short) == (1, (edit,), "why")


def test_the_change_is_the_mean_over_segments_weighted_by_words():
    found = variation_of(TEXT, ["The bird paints <num> dogs.", "Door falls."])
    assert found.change == pytest.approx((5 * (1 / 5) + 2 * 1.0) / 7)


@pytest.mark.parametrize("masked", ["", f"The {UNKNOWN} paints <num> dogs.", "The cat paints dogs.", "<num> <num>"])
def test_a_segment_stays_if_the_new_one_is_empty_or_has_unknown_pieces_or_lost_a_span(masked):
    found = variation_of(TEXT, [masked, "Window prints."])
    assert (found.segments[0], found.change, found.segments_changed) == ("The cat paints 3 dogs.", 0.0, 0)


def test_a_text_without_segments_has_no_change():
    assert variation_of([], []).change == 0.0
    assert variation_of([], []).text == ""
