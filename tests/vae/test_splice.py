import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae.lexicon import Lexicon
from vae.splice import splice

CORPUS = (
    "the quiet cat cleans the lamp",
    "the small dog cleans the window",
    "the quiet dog paints the lamp",
    "the small cat paints a window",
    "a cat sleeps",
    "the lamp sleeps",
)
LEXICON = Lexicon.of(CORPUS)
KEPT = re.compile(r"<(?:url|code|num)>|[\[\]`|]")
ALL = 100.0


def spliced(source, *tries, budget=ALL, lexicon=LEXICON):
    return splice(source, tries, lexicon, budget=budget)


def test_a_known_exchange_is_taken():
    assert spliced("the quiet cat cleans", "the quiet dog cleans") == "the quiet dog cleans"


def test_no_tries_give_the_source():
    assert spliced("The quiet cat  cleans the lamp.") == "The quiet cat cleans the lamp."
    assert spliced("The quiet cat cleans.", "", "") == "The quiet cat cleans."


def test_unknown_words_are_not_taken():
    assert spliced("the quiet cat cleans", "the quiet caat cleans") == "the quiet cat cleans"


def test_known_words_that_never_stood_together_are_not_taken():
    assert spliced("the quiet cat cleans", "the quiet window cleans") == "the quiet cat cleans"


def test_both_pairs_of_a_single_word_must_be_known():
    texts = ["quiet dog", "dog cleans", "quiet cat cleans"]
    assert spliced("quiet cat cleans", "quiet dog cleans", lexicon=Lexicon.of(texts)) == "quiet dog cleans"
    for missing in (0, 1):
        known = [text for place, text in enumerate(texts) if place != missing]
        assert (
            spliced("quiet cat cleans", "quiet dog cleans", lexicon=Lexicon.of([*known, "dog"])) == "quiet cat cleans"
        )


def test_two_of_three_pairs_are_enough_for_two_words():
    texts = ["quiet old", "old dog", "cleans", "quiet cat cleans"]
    assert spliced("quiet cat cleans", "quiet old dog cleans", lexicon=Lexicon.of(texts)) == "quiet old dog cleans"


def test_one_slip_does_not_cost_the_other_edits():
    tried = "the small cat cleeeans a window"
    assert spliced("the quiet cat paints the window", tried.replace("cleeeans a", "paints a")) == (
        "the small cat paints a window"
    )
    assert (
        spliced("the quiet cat paints the window", "the small cat paints window a") == "the small cat paints the window"
    )


@pytest.mark.parametrize("kept", ["<num>", "<url>", "<code>", "[cat](<url>)", "`cat`", "a|b"])
def test_placeholders_and_brackets_stay(kept):
    source = f"the quiet {kept} cleans the lamp"
    lexicon = Lexicon.of([source, *CORPUS])
    assert spliced(source, "the quiet cat cleans the lamp", lexicon=lexicon) == source
    assert spliced("the quiet cat cleans the lamp", source, lexicon=lexicon) == "the quiet cat cleans the lamp"


def test_punctuation_and_capital_are_those_of_the_place():
    assert spliced("The quiet cat, cleans", "the quiet dog cleans") == "The quiet dog, cleans"
    assert spliced("The cat sleeps.", "a cat sleeps") == "A cat sleeps."
    assert spliced("the lamp sleeps! The cat sleeps.", "the lamp sleeps! a cat sleeps") == (
        "the lamp sleeps! A cat sleeps."
    )
    assert spliced("the quiet cat cleans", "the quiet dog. cleans") == "the quiet dog cleans"


@pytest.mark.parametrize(
    ("source", "tried"),
    [
        ("The quiet cat sleeps.", "The quiet cat"),
        ("The cat cleans, the lamp sleeps.", "The cat the lamp sleeps."),
        ("A cat sleeps. The lamp sleeps.", "A cat The lamp sleeps."),
        ("Quiet cat cleans the lamp.", "cat cleans the lamp."),
        ("The cat sleeps. Small dog cleans.", "The cat sleeps. dog cleans."),
        ("Cat cleans the lamp.", "quiet Cat cleans the lamp."),
        ("The cat sleeps.", "The cat sleeps. sleeps"),
    ],
)
def test_no_word_goes_or_comes_where_punctuation_or_a_capital_would_go_with_it(source, tried):
    pairs = [source, tried, "cat the", "cat", "the cat the lamp", "cat sleeps sleeps"]
    assert spliced(source, tried, lexicon=Lexicon.of([*pairs, *CORPUS])) == source


def test_words_may_go_and_come_inside_a_sentence():
    assert (
        spliced("The quiet cat cleans.", "The cat cleans.", lexicon=Lexicon.of(["the cat cleans"])) == "The cat cleans."
    )
    assert spliced("The cat cleans.", "The quiet, cat cleans.") == "The quiet cat cleans."


def test_an_edit_is_longer_by_two_words_at_most():
    texts = ["the quiet small soft warm cat cleans"]
    lexicon = Lexicon.of([*texts, "quiet soft cat"])
    assert spliced("the cat cleans", "the quiet small soft cat cleans", lexicon=lexicon) == "the cat cleans"
    assert spliced(
        "the cat cleans", "the quiet small cat cleans", lexicon=Lexicon.of(["the quiet small cat cleans"])
    ) == ("the quiet small cat cleans")


@pytest.mark.parametrize(
    ("budget", "result"),
    [
        (0.0, "the quiet cat cleans the lamp"),
        (0.4, "the quiet cat cleans the lamp"),
        (1.0, "the small cat cleans the lamp"),
        (2.0, "the small cat paints the lamp"),
        (3.0, "the small cat paints the window"),
        (9.0, "the small cat paints the window"),
    ],
)
def test_edits_are_taken_until_the_budget_is_met(budget, result):
    lexicon = Lexicon.of(["the small cat paints the window", "the small cat cleans the lamp", "paints the lamp"])
    assert spliced(
        "the quiet cat cleans the lamp", "the small cat paints the window", budget=budget, lexicon=lexicon
    ) == (result)


def test_the_best_known_edit_comes_first_and_then_the_earlier_try():
    lexicon = Lexicon.of(["the small cat", "the soft cat", "the warm", "cat"])
    assert spliced("the quiet cat", "the warm cat", "the small cat", "the soft cat", budget=1, lexicon=lexicon) == (
        "the small cat"
    )


def test_edits_that_touch_are_not_taken_together():
    lexicon = Lexicon.of(["the small cat sleeps", "the quiet dog sleeps"])
    assert spliced("the quiet cat sleeps", "the small cat sleeps", "the quiet dog sleeps", lexicon=lexicon) == (
        "the small cat sleeps"
    )


words = st.lists(
    st.sampled_from("The the quiet small cat dog, cleans. paints <num> <url> <code> [lamp](<url>) `a` window".split()),
    max_size=10,
).map(" ".join)


@given(words, st.lists(words, max_size=3), st.floats(0, 12))
def test_every_placeholder_stays_in_order(source, tries, budget):
    lexicon = Lexicon.of([source, *tries])
    assert KEPT.findall(splice(source, tries, lexicon, budget=budget)) == KEPT.findall(source)


@given(words, st.lists(words, max_size=3), st.floats(0, 12))
def test_sentences_end_where_the_sources_do(source, tries, budget):
    lexicon = Lexicon.of([source, *tries])
    text = splice(source, tries, lexicon, budget=budget)
    assert text.count(".") == source.count(".")
    assert text.endswith(".") == source.endswith(".")


@given(words, st.lists(words, max_size=3))
def test_no_budget_changes_nothing(source, tries):
    assert splice(source, tries, Lexicon.of([source, *tries]), budget=0) == " ".join(source.split())
