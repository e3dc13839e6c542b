import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae.edited_text import EditedText
from vae.edits import Edit
from vae.word_hashes import EDGE, SENTENCE_END, tokens

SOURCE = "The quiet cat sleeps. Dogs bark".split()


def test_edits_name_places_of_the_source_whatever_was_made_before():
    text = EditedText(SOURCE)
    text.make(Edit(0, 2, ("Every",)))
    text.make(Edit(5, 6, ("make", "much", "noise")))
    text.make(Edit(2, 3, ("bird",)))
    assert str(text) == "Every bird sleeps. Dogs make much noise"
    assert text.words == tuple(SOURCE)


def test_a_place_is_free_until_an_edit_was_made_in_it():
    text = EditedText(SOURCE)
    text.make(Edit(1, 3, ("dog",)))
    freed = [text.free(Edit(place, place + 1, ("x",))) for place in range(6)]
    assert freed == [True, False, False, True, True, True]
    assert not text.free(Edit(0, 2, ("x",)))
    assert text.free(Edit(3, 6, ("x",)))


def test_an_edit_that_brings_a_content_word_again_is_not_free():
    text = EditedText("the quiet cat and many small birds sleep".split())
    text.make(Edit(2, 3, ("Dog,",)))
    text.make(Edit(4, 5, ("several",)))
    assert not text.free(Edit(6, 7, ("dog",)))
    assert not text.free(Edit(5, 7, ("warm", "“dog”")))
    assert text.free(Edit(6, 7, ("dogs",)))
    assert text.free(Edit(0, 1, ("several",)))


@pytest.mark.parametrize(
    ("banned", "words", "free"),
    [
        ("dog", "dog", False),
        ("DOG", "Dog,", False),
        ("dog", "dogs", True),
        ("dog", "hot-dog", False),
        ("dog", "dog’s", False),
        ("quiet  Dog", "dog", False),
        ("dog sleeps", "dog", False),
        ("The quiet dog sleeps.", "dog", False),
        ("dog sleeps. Dogs", "dog", False),
        ("hot dog", "hot dog", False),
        ("loud dog", "dog", True),
        ("dog bark", "dog", True),
        ("quiet", "dog", True),
        ("cat", "dog", True),
        ("quiet cat", "quiet cat", True),
        ("cat", "cat cat", False),
        ("c++", "c++", False),
        ("(dog", "(dog", False),
        ("og", "dog", True),
    ],
)
def test_an_edit_that_completes_a_banned_phrase_is_not_free(banned, words, free):
    text = EditedText(SOURCE, banned=("never met", banned))
    assert text.free(Edit(2, 3, tuple(words.split()))) == free


def test_what_is_banned_is_looked_for_in_the_text_as_it_stands():
    text = EditedText(SOURCE, banned=("small bird sings",))
    steps = [Edit(1, 2, ("small",)), Edit(3, 4, ("sings.",)), Edit(2, 3, ("bird",))]
    for place, edit in enumerate(steps):
        assert [text.free(each) for each in steps[place:]] == [place < 2] + [True] * (2 - place)
        text.make(edit)


@given(st.data(), st.lists(st.sampled_from("a b c. A, b-c d".split()), min_size=1, max_size=8))
def test_free_edits_never_bring_a_banned_phrase_together(data, words):
    banned = data.draw(st.lists(st.sampled_from(["a", "B", "a b", "b c.", "a b a", "c"]), max_size=3))
    text = EditedText(words, banned=banned)
    before = count(banned, words)
    for start in data.draw(st.permutations(range(len(words)))):
        end = data.draw(st.integers(start + 1, len(words)))
        edit = Edit(start, end, tuple(data.draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=3))))
        if text.free(edit):
            text.make(edit)
        assert all(now <= was for was, now in zip(before, count(banned, str(text).split()), strict=True))


def count(phrases, words):
    """How often each stands in a text, as whole words and in any case."""
    text = " ".join(words).casefold()
    return [len(re.findall(rf"(?<!\w){re.escape(phrase.casefold())}(?!\w)", text)) for phrase in phrases]


@pytest.mark.parametrize(
    ("edit", "before", "behind"),
    [
        (Edit(0, 1, ("A",)), [EDGE, EDGE], ["quiet", "cat"]),
        (Edit(1, 2, ("x",)), [EDGE, "The"], ["cat", "sleeps."]),
        (Edit(2, 3, ("x",)), ["The", "quiet"], ["sleeps.", EDGE]),
        (Edit(2, 4, ("x.",)), ["The", "quiet"], [EDGE, "Dogs"]),
        (Edit(4, 5, ("X",)), ["sleeps.", EDGE], ["bark", EDGE]),
        (Edit(5, 6, ("x",)), [EDGE, "Dogs"], [EDGE, EDGE]),
    ],
)
def test_around_an_edit_are_two_tokens_on_either_side(edit, before, behind):
    assert EditedText(SOURCE).around(edit) == (before, behind)


def test_around_an_edit_is_the_text_as_it_stands():
    text = EditedText(SOURCE)
    text.make(Edit(0, 2, ("Two", "very", "soft")))
    text.make(Edit(3, 4, ("barks.",)))
    assert text.around(Edit(2, 3, ("dogs",))) == (["very", "soft"], ["barks.", EDGE])
    assert text.around(Edit(4, 5, ("dogs",))) == (["barks.", EDGE], ["bark", EDGE])


@st.composite
def edited_texts(draw):
    """Words, edits apart from one another and within their sentences, and one more to look around."""
    words = draw(st.lists(st.sampled_from("a b c. d! e".split()), min_size=1, max_size=12))
    ends = {place for place, word in enumerate(words, 1) if SENTENCE_END.search(word)}
    cuts = {0, len(words)} | ends | draw(st.sets(st.integers(0, len(words)), max_size=6))
    places = draw(st.permutations(list(pairwise(sorted(cuts)))))
    found = [Edit(start, end, draw(replacement(words[end - 1]))) for start, end in places]
    return words, found[1 : 1 + draw(st.integers(0, len(found)))], found[0]


def replacement(last):
    """One to three words; the last ends a sentence where the replaced one does."""
    end = match[0] if (match := SENTENCE_END.search(last)) else ""
    return st.lists(st.sampled_from(["x", "y", "z"]), min_size=1, max_size=3).map(
        lambda words: (*words[:-1], words[-1] + end)
    )


@given(edited_texts())
def test_around_an_edit_are_the_tokens_of_the_whole_text(found):
    words, made, asked = found
    text, marked = EditedText(words), EditedText(words)
    for edit in made:
        text.make(edit)
        marked.make(edit)
    end = match[0] if (match := SENTENCE_END.search(words[asked.end - 1])) else ""
    marked.make(Edit(asked.start, asked.end, ("HERE" + end,)))
    row = [EDGE, *tokens(str(marked)), EDGE]
    place = row.index("HERE" + end)
    assert text.around(asked) == (row[place - 2 : place], row[place + 1 : place + 3])
