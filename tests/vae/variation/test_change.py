import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae.variation.change import changed_words

texts = st.lists(st.sampled_from(["a", "b", "c", "the", "The"]), max_size=12).map(" ".join)


@pytest.mark.parametrize(
    ("source", "text", "share"),
    [
        ("the cat sat", "the cat sat", 0.0),
        ("the cat sat", "  the\ncat sat ", 0.0),
        ("", "", 0.0),
        ("the cat sat", "a dog ran", 1.0),
        ("the cat", "", 1.0),
        ("the old cat sat", "the old dog sat", 0.25),
        ("the cat sat", "the cat", 0.2),
        ("the cat", "the cat sat", 0.2),
        ("a b", "b a", 0.5),
        ("The cat", "the cat", 0.5),
    ],
)
def test_the_share_of_changed_words(source, text, share):
    assert changed_words(source, text) == pytest.approx(share)


def test_a_frequent_word_counts_like_any_other():
    assert changed_words("the " * 300, "the " * 300 + "end") == pytest.approx(1 / 601)


@given(texts, texts)
def test_the_change_is_between_0_and_1_and_0_only_for_the_same_words(source, text):
    share = changed_words(source, text)
    assert 0.0 <= share <= 1.0
    assert (share == 0.0) == (source == text)
