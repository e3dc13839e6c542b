import json
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenizer.tokenizer import WORD_START
from vae.language.language import language
from vae.teaching.move_examples import JUDGED_MOVES_FILE as JUDGED
from vae.variation.change import changed_words
from vae.variation.move import MOVE_KINDS, SWAP, TO_END, TO_FRONT, Move
from vae.variation.moves import MoveFinder
from vae.variation.words import Words, bare

pytestmark = pytest.mark.slow

ENGLISH = language("en")
SMALL = "the farmers because when in we it old bread rain saving my on a whole lights went while tea milk".split()
PIECES = {WORD_START + word: number for number, word in enumerate([*SMALL, "Anna", "I", "May"])}


def words(text):
    return Words(tuple(text.split()), (None,) * len(text.split()))


def moves(text, *, kept=(), of=ENGLISH, quoted=False):
    found = words(text)
    return MoveFinder(of, PIECES, frozenset(kept))(found, [quoted] * len(found))


def texts_after(text, kind, **more):
    """The texts after each move of a kind."""
    own = text.split()
    return [
        " ".join((*own[: each.start], *each.new, *own[each.end :])) for each in moves(text, **more) if each.kind == kind
    ]


@pytest.mark.parametrize(
    ("source", "kind", "moved"),
    [
        ("When the lights failed, we sang.", TO_END, "We sang when the lights failed."),
        ("In spring the council met.", TO_END, "The council met in spring."),
        ("We left because it rained.", TO_FRONT, "Because it rained, we left."),
        ("We sang. It was late when I left.", TO_FRONT, "We sang. When I left, it was late."),
        ("We left in May, and it rained.", TO_FRONT, "In May, we left, and it rained."),
        ("We left early, because it rained.", TO_FRONT, "Because it rained, we left early."),
        ("We had tea and milk.", SWAP, "We had milk and tea."),
        ("My tea and my milk, I said.", SWAP, "My milk and my tea, I said."),
    ],
)
def test_parts_change_places_and_marks_and_capitals_follow(source, kind, moved):
    assert moved in texts_after(source, kind)


def test_a_name_and_i_keep_their_capitals():
    assert "When Anna left, I sang." in texts_after("I sang when Anna left.", TO_FRONT)
    assert "I sang when Anna left." in texts_after("When Anna left, I sang.", TO_END)


def test_a_first_word_that_may_be_a_name_stays_first():
    assert not texts_after("Zorblat left because it rained.", TO_FRONT)
    assert not texts_after("Anna left because it rained.", TO_FRONT)


@pytest.mark.parametrize(
    "text",
    [
        "When the lights failed, did we sing?",
        "When the lights failed, we sang!",
        "When the lights failed, we sang: it was late.",
        "When the lights failed, we sang; it was late.",
        "When the lights (all of them) failed, we sang.",
        "When “the lights” failed, we sang.",
        "When the lights failed – all of them – we sang.",
        "When the lights failed, we sang",
    ],
)
def test_nothing_moves_in_questions_or_sentences_with_marks_other_than_commas(text):
    assert not moves(text)


def test_a_clause_that_continues_another_stays_behind_it():
    assert not texts_after("In May nobody came to see us, so we left.", TO_END)
    assert not any(
        "When it snowed, we" in each for each in texts_after("We had rain until Monday, when it snowed.", TO_FRONT)
    )


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("But when it rained, even the old bread went.", TO_FRONT),
        ("We went in the rain and sang.", TO_FRONT),
        ("In May, we saw the farmers, milk, and tea.", TO_END),
    ],
)
def test_no_part_leaves_the_words_that_it_belongs_to(source, kind):
    assert texts_after(source, kind) == []


def test_two_parts_that_are_the_same_are_not_exchanged():
    assert "I saw milk and milk." not in texts_after("I saw milk and milk.", SWAP)


def test_no_move_cuts_a_compound_in_two():
    assert texts_after("We saved it in the rain.", TO_FRONT) == ["In the rain, we saved it."]
    assert texts_after("The farmers look after the bread.", TO_FRONT) == []


def test_quoted_and_kept_words_do_not_move():
    text = "We left because it rained."
    assert moves(text)
    assert not moves(text, quoted=True)
    assert not moves(text, kept={"rained"})


def test_names_are_not_cut_in_two_and_protected_spans_keep_their_order():
    assert not texts_after("We read Marks and Spencer.", SWAP)
    assert texts_after("We left at <num> because it rained.", TO_FRONT)
    assert texts_after("We left at <num> because of <num>.", TO_FRONT) == ["At <num> because of <num>, we left."]


def test_a_language_without_counts_of_moves_has_none():
    assert not moves("We left because it rained.", of=language("de"))


PARTS = st.lists(st.sampled_from([*SMALL, "Anna", "I", "and", "they", "<num>"]), min_size=1, max_size=5)


@given(st.lists(PARTS, min_size=1, max_size=4))
def test_a_move_keeps_the_words_and_its_size_is_the_number_of_changed_words(parts):
    text = ", ".join(" ".join(part) for part in parts).capitalize() + "."
    own = text.split()
    for each in moves(text):
        assert Counter(map(bare, each.new)) == Counter(map(bare, each.old))
        assert each.old == tuple(own[each.start : each.end])
        assert each.start < each.left <= each.right < each.end
        new = " ".join((*own[: each.start], *each.new, *own[each.end :]))
        assert new.endswith(".")
        assert not new[:1].islower()
        whole = replace(each, start=0, end=len(own), old=tuple(own), new=tuple(new.split()))
        assert changed_words(text, new) == pytest.approx(whole.size / len(own))


def test_seams_are_where_words_part_and_where_they_meet():
    one = Move(SWAP, 3, 4, 5, 7, tuple("tea and cold milk".split()), tuple("cold milk and tea".split()))
    assert one.seams == ((0, 1, 2, 4), (0, 2, 3, 4))
    assert replace(one, kind=TO_FRONT, left=5).seams == ((0, 2, 4), (0, 2, 4))


def test_the_file_of_judged_moves_names_kinds_places_and_verdicts():
    rows = [json.loads(line) for line in JUDGED.read_text(encoding="utf-8").splitlines()]
    judged = [move for row in rows for move in row["moves"]]
    assert (len(rows), len(judged)) == (244, 1371)
    assert {kind for kind, *_ in judged} == set(MOVE_KINDS)
    assert {accepted for *_, accepted in judged} == {0, 1}
    assert all(0 <= start < left <= right < end for _, start, left, right, end, _ in judged)
