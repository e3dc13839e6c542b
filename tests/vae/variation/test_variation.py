import pytest

from tokenizer.protect import protect
from tokenizer.segments import Segment
from vae.variation.variation import UNKNOWN, Edit, Variation, variation_of

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


def test_a_variation_prints_as_its_text():
    found = variation_of(TEXT, ["The bird paints <num> dogs.", "Window prints."])
    assert str(found) == "The bird paints 3 dogs. Window prints."


def edited(segments, *edits, change=0.2):
    edits = [
        Edit(segment=segment, start=start, old=old, new=new, probability=0.5) for segment, start, old, new in edits
    ]
    return Variation(segments=segments, change=change, segments_changed=1, edits=tuple(edits))


def test_its_repr_marks_the_edits_of_each_segment():
    segments = ("A bird paints 3 dogs.", "It's a window.")
    found = edited(segments, (0, 0, "The cat", "A bird"), (1, 0, "It is", "It's"), change=0.24)
    assert repr(found) == "<Variation, 24% changed: [The cat → A bird] paints 3 dogs. [It is → It's] a window.>"


def test_its_repr_leaves_out_words_far_from_edits():
    words = "a b c d e f g h i j NEW WORDS k l m n o p".split()
    found = edited((" ".join(words),), (0, 10, "old", "NEW WORDS"))
    assert repr(found) == "<Variation, 20% changed: … f g h i j [old → NEW WORDS] k l m n o …>"


def test_its_repr_finds_an_edit_behind_a_span_of_several_words():
    found = edited(("We ran `a b c` and then nearly slept.",), (0, 5, "almost", "nearly"))
    assert repr(found) == "<Variation, 20% changed: … `a b c` and then [almost → nearly] slept.>"


def test_its_repr_says_why_nothing_changed():
    found = variation_of(TEXT, ["", ""], why_short="it is too short")
    assert repr(found) == "<Variation, 0% changed: The cat paints 3 dogs. Window prints. (it is too short)>"


def test_gaps_join_the_segments():
    found = Variation(segments=("One.", "Two.", "Three."), change=0, segments_changed=0, gaps=(" ", "\n\n"))
    assert found.text == "One. Two.\n\nThree."
