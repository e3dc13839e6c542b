import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenizer.segments import cut
from vae.variation.words import Words, bare, fitted, words_of


@pytest.fixture
def words(tokenizer):
    def of(text):
        ((segment,),) = cut([text], tokenizer=tokenizer, max_len=64)
        return segment, words_of(segment, tokenizer)

    return of


def test_each_word_has_its_own_pieces_without_the_marks_around_it(words, tokenizer):
    segment, found = words("The quiet cat paints dogs.")
    assert found.words == ("The", "quiet", "cat", "paints", "dogs.")
    decoded = [tokenizer.decode([segment.ids[start:end]])[0] for start, end in found.spans]
    assert decoded == ["The", "quiet", "cat", "paints", "dogs"]
    ends = [end for _, end in found.spans]
    assert [start for start, _ in found.spans[1:]] == ends[:-1]
    assert ends[-1] < len(segment.ids)


def test_a_word_behind_a_bracket_has_no_pieces_of_its_own(words):
    _, found = words("The (quiet cat) paints dogs.")
    assert found.spans[1] is None
    assert found.spans[2] is not None


def test_words_have_no_spans_if_the_segment_has_other_pieces(words, tokenizer):
    segment, _ = words("The quiet cat paints dogs.")
    other = type(segment)(segment.protected, segment.ids[:-1])
    assert words_of(other, tokenizer).spans == (None,) * 5


@pytest.mark.parametrize(
    ("old", "new", "written"),
    [
        (("dog",), ("cat",), ("cat",)),
        (("Dog,",), ("cat",), ("Cat,",)),
        (('"dog."',), ("cat",), ('"cat."',)),
        (("(a", "dog)"), ("some", "small", "cats"), ("(some", "small", "cats)")),
        (("For", "example,"), ("say",), ("Say,",)),
    ],
)
def test_new_words_take_the_marks_and_the_capital_of_the_old(old, new, written):
    assert fitted(old, new) == written


@given(st.text("abcXYZ", min_size=1), st.sampled_from(['"', "“", "(", ""]), st.sampled_from([".", "”,", "!)", ""]))
def test_a_word_fitted_to_itself_is_itself(word, head, tail):
    assert fitted((head + word + tail,), (word,)) == (head + word + tail,)
    assert bare(head + word + tail) == word.casefold()


def test_a_sentence_begins_at_the_start_and_behind_its_end():
    words = Words(tuple('Well. "So it is." Then e.g, no?) Yes'.split()), (None,) * 8)
    assert [words.begins_sentence(place) for place in range(8)] == [True, True, False, False, True, False, False, True]
