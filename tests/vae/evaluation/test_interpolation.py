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


def path(*told):
    return [text.split() for text in told]


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
def test_edits_are_words_put_in_taken_out_or_exchanged(first, second, edits):
    assert word_edits(*path(first, second)) == edits


@given(texts, texts, texts)
def test_edits_are_a_distance(first, second, third):
    assert word_edits(first, second) == word_edits(second, first) <= max(len(first), len(second))
    assert (word_edits(first, second) == 0) == (first == second)
    assert word_edits(first, third) <= word_edits(first, second) + word_edits(second, third)


@pytest.mark.parametrize(
    ("told", "smoothness", "largest_step"),
    [
        (("a b c", "x b c", "x y c", "x y z"), 1, 1),
        (("a b c", "a b c", "a b c", "x y z"), 1, 3),
        (("a b c", "d b c", "x b c", "x b c"), 1 / 2, 3 / 2),
        (("a b c", "x y z", "a b c"), 0, 1),
        (("a b", "a b", "a b"), 0, 2),
    ],
)
def test_a_path_is_smooth_without_detours_and_even_without_jumps(told, smoothness, largest_step):
    assert path_smoothness(path(*told)) == pytest.approx(smoothness)
    assert path_largest_step(path(*told)) == pytest.approx(largest_step)


@given(paths)
def test_measures_of_a_path_have_bounds_and_are_those_of_the_way_back(points):
    assert 0 <= path_smoothness(points) <= 1
    assert 1 <= path_largest_step(points) <= len(points) - 1 + 1e-9
    assert path_smoothness(points[::-1]) == path_smoothness(points)
    assert path_largest_step(points[::-1]) == path_largest_step(points)


def test_every_text_is_led_to_the_next_and_the_last_to_the_first(model, rows):
    plain = [row for row, text in zip(rows, model.tokenizer.decode(rows), strict=True) if "<" not in text][:3]
    ends = model.tokenizer.decode(plain)
    ways = [model.interpolate(ends[here], ends[(here + 1) % 3], steps=POINTS) for here in range(3)]
    found = interpolation(model, plain)
    assert found.smoothness == pytest.approx(sum(path_smoothness(path(*way)) for way in ways) / 3)
    assert found.largest_step == pytest.approx(sum(path_largest_step(path(*way)) for way in ways) / 3)


def test_a_text_alone_has_no_way_to_go(model, rows):
    found = interpolation(model, rows[:1])
    assert (found.smoothness, found.largest_step) == (0, POINTS - 1)
