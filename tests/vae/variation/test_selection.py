from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae.variation.replacement import Replacement
from vae.variation.selection import DENSEST, SHUFFLED, EditHistory, Proposal, apply_edits, select_edits
from vae.variation.words import Words, bare

OLD = "old so many words that say little about rain here today".split()
NEW = ["fresh", "few", "wet", "dry", "rain", "a bit", "for now"]


def replacement(start, end, new):
    return Replacement(start, end, tuple(new.split()), near_new=0.0, near_old=0.0, far_new=0.0, far_old=0.0)


def weighed(start, new, probability, *, end=None, segment=0):
    return Proposal(segment, replacement(start, start + 1 if end is None else end, new), probability)


def words(text):
    return Words(tuple(text.split()), (None,) * len(text.split()))


TEXT = [words(" ".join(OLD)), words("Yes, rain falls. It does")]


def chosen(options, *, text=TEXT, change=0.5, at_least=0.0, seed=0, earlier=None, **more):
    random = np.random.default_rng(seed)
    return select_edits(
        text, options, earlier or EditHistory(), change=change, at_least=at_least, random=random, **more
    )


@st.composite
def options(draw):
    found = []
    for _ in range(draw(st.integers(0, 12))):
        segment = draw(st.integers(0, 1))
        length = len(TEXT[segment])
        start = draw(st.integers(0, length - 1))
        end = draw(st.integers(start + 1, min(length, start + 3)))
        found.append(weighed(start, draw(st.sampled_from(NEW)), draw(st.floats(0, 1)), end=end, segment=segment))
    return found


@given(options(), st.floats(0, 1), st.floats(0, 1), st.integers(0, 99))
def test_selected_edits_stand_apart_within_the_budget_above_the_floor_and_repeat_no_word(
    options, change, at_least, seed
):
    made = chosen(options, change=change, at_least=at_least, seed=seed)
    assert all(each in options for each in made)
    assert all(each.probability >= at_least for each in made)
    assert sum(each.replacement.size for each in made) <= change * sum(map(len, TEXT)) + 0.5
    brought = Counter(each.replacement.new[0] for each in made if len(each.replacement.new) == 1)
    there = {bare(word) for text in TEXT for word in text.words}
    assert all(count == 1 for count in brought.values())
    assert not there & set(brought)
    for number in (0, 1):
        taken = sorted((each.replacement.start, each.replacement.end) for each in made if each.segment == number)
        assert all(first[1] < second[0] for first, second in pairwise(taken))
        size = sum(each.replacement.size for each in made if each.segment == number)
        assert size <= max(1.0, DENSEST * change * len(TEXT[number])) + 0.5


@given(options(), st.floats(0.1, 1), st.integers(0, 99))
def test_the_same_seed_selects_the_same_edits(options, change, seed):
    assert chosen(options, change=change, seed=seed) == chosen(options, change=change, seed=seed)


def test_the_most_probable_come_first_up_to_a_little_chance():
    likely, unlikely = weighed(3, "fresh", 0.9), weighed(5, "wet", 0.9 - 2 * SHUFFLED)
    for seed in range(50):
        assert chosen([unlikely, likely], change=0.08, seed=seed) == [likely]
    near = weighed(5, "wet", 0.9 - SHUFFLED / 4)
    assert len({chosen([near, likely], change=0.08, seed=seed)[0] for seed in range(50)}) == 2


def test_a_later_variation_takes_other_places_and_then_other_words():
    options = [weighed(3, "fresh", 0.9), weighed(3, "wet", 0.8), weighed(7, "dry", 0.8)]
    earlier, found = EditHistory(), []
    for seed in range(3):
        made = chosen(options, change=0.08, seed=seed, earlier=earlier)
        assert not earlier.holds(made)
        earlier.add(made)
        assert earlier.holds(made)
        found += made
    assert found == [options[0], options[2], options[1]]


def test_edits_taken_before_keep_their_place_and_count_towards_the_budget():
    first, second, third = weighed(1, "fresh", 0.5), weighed(2, "wet", 0.9), weighed(5, "dry", 0.8)
    assert chosen([second, third], change=0.13, taken=[first]) == [third]
    assert chosen([second, third], change=0.06, taken=[first]) == []


@pytest.mark.parametrize(
    ("new", "banned", "allowed"),
    [
        ("wet", ["wet"], False),
        ("wet", ["WET"], False),
        ("wet", ["we"], True),
        ("a bit", ["a bit"], False),
        ("wet", ["wet that"], False),
        ("wet", ["many wet"], False),
        ("wet", ["wet here"], True),
        ("dry", ["rain"], True),
    ],
)
def test_a_banned_phrase_is_not_completed(new, banned, allowed):
    assert bool(chosen([weighed(3, new, 0.9)], banned=banned)) == allowed


def test_new_words_stand_in_place_with_the_marks_and_capitals_of_the_old():
    text = words("Yes, rain falls here. It does")
    now, at = apply_edits(
        text, [replacement(4, 6, "so it goes"), replacement(0, 1, "well"), replacement(2, 3, "drips down")]
    )
    assert now == ("Well,", "rain", "drips", "down", "here.", "So", "it", "goes")
    assert at == [(5, 8), (0, 1), (2, 4)]


@given(options())
def test_edits_change_the_length_by_theirs_and_none_change_nothing(options):
    assert apply_edits(TEXT[0], []) == (TEXT[0].words, [])
    made = [each.replacement for each in chosen(options) if each.segment == 0]
    now, at = apply_edits(TEXT[0], made)
    assert len(now) == len(TEXT[0]) + sum(len(one.new) - (one.end - one.start) for one in made)
    assert [end - start for start, end in at] == [len(one.new) for one in made]
