import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae.evaluation.interpolation import POINTS, interpolation, path_largest_step, path_smoothness, word_edits
from vae.text_vae import TextVAE

texts = st.lists(st.sampled_from("abc"), max_size=6)
paths = st.lists(texts, min_size=2, max_size=6)


@pytest.fixture(scope="module")
def model(trained):
    return TextVAE.load(trained)


def words(*texts):
    return [text.split() for text in texts]


@pytest.mark.parametrize(
    ("first", "second", "edits"),
    [
        ("", "", 0),
        ("the cat sleeps", "the cat sleeps", 0),
        ("the cat sleeps", "the dog sleeps", 1),
        ("the cat sleeps", "the quiet cat sleeps", 1),
        ("the quiet cat sleeps", "cat sleeps", 2),
        ("the cat", "", 2),
        ("the cat sleeps", "sleeps the cat", 2),
    ],
)
def test_an_edit_inserts_deletes_or_replaces_a_word(first, second, edits):
    assert word_edits(*words(first, second)) == edits


@given(texts, texts, texts)
def test_the_number_of_edits_is_a_distance(first, second, third):
    assert word_edits(first, second) == word_edits(second, first) <= max(len(first), len(second))
    assert (word_edits(first, second) == 0) == (first == second)
    assert word_edits(first, third) <= word_edits(first, second) + word_edits(second, third)


@pytest.mark.parametrize(
    ("path", "smoothness", "largest_step"),
    [
        (("a b c", "x b c", "x y c", "x y z"), 1, 1),
        (("a b c", "a b c", "a b c", "x y z"), 1, 3),
        (("a b c", "d b c", "x b c", "x b c"), 1 / 2, 3 / 2),
        (("a b c", "x y z", "a b c"), 0, 1),
        (("a b", "a b", "a b"), 0, 2),
    ],
)
def test_a_path_is_smooth_without_detours_and_even_without_jumps(path, smoothness, largest_step):
    assert path_smoothness(words(*path)) == pytest.approx(smoothness)
    assert path_largest_step(words(*path)) == pytest.approx(largest_step)


@given(paths)
def test_the_measures_of_a_path_have_bounds_and_are_the_same_backwards(points):
    assert 0 <= path_smoothness(points) <= 1
    assert 1 <= path_largest_step(points) <= len(points) - 1 + 1e-9
    assert path_smoothness(points[::-1]) == path_smoothness(points)
    assert path_largest_step(points[::-1]) == path_largest_step(points)


def test_paths_lead_from_each_text_to_the_next_and_from_the_last_to_the_first(model, rows):
    plain = [row for row, text in zip(rows, model.tokenizer.decode(rows), strict=True) if "<" not in text][:3]
    ends = model.tokenizer.decode(plain)
    between = [words(*model.interpolate(ends[start], ends[(start + 1) % 3], steps=POINTS)) for start in range(3)]
    means = interpolation(model, plain)
    assert means.smoothness == pytest.approx(sum(map(path_smoothness, between)) / 3)
    assert means.largest_step == pytest.approx(sum(map(path_largest_step, between)) / 3)


def test_the_path_of_a_single_text_has_no_change(model, rows):
    means = interpolation(model, rows[:1])
    assert (means.smoothness, means.largest_step) == (0, POINTS - 1)
