import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae.edited_text import EditedText
from vae.edits import FACTS, LONGEST, Edit, bare_case, content_words, edits
from vae.function_words import CLASSES
from vae.word_forms import same_stem
from vae.word_hashes import SENTENCE_END, bare

KEPT = re.compile(r"<(?:url|code|num)>|[\[\]`|]")


def found(source, tried, *, kept=frozenset(), names=True):
    return edits(source.split(), [tried.split()], kept=frozenset(kept), names=names)


def found_by_choice(source, chosen, *, kept=frozenset(), names=True):
    """The edits where the decoder would write these words, by the word in whose place."""
    words = source.split()
    choices = [dict.fromkeys(chosen.get(word, ()), -1.0) for word in words]
    return edits(words, [], choices, kept=frozenset(kept), names=names)


def texts(source, tried, **options):
    """The source with each edit made alone."""
    return [made(source, [edit]) for edit in found(source, tried, **options)]


def made(source, chosen):
    text = EditedText(source.split())
    for edit in chosen:
        if text.free(edit):
            text.make(edit)
    return str(text)


def test_an_exchanged_word_is_an_edit():
    assert found("the quiet cat cleans", "the quiet dog cleans") == [Edit(2, 3, ("dog",))]


def test_tries_that_differ_in_marks_alone_propose_one_edit():
    tries = ["the dog cleans".split(), "the “dog, cleans".split(), "the dog. cleans".split()]
    assert edits("the cat cleans".split(), tries, kept=frozenset(), names=True) == [Edit(1, 2, ("dog",))]


@pytest.mark.parametrize("tried", ["", "The quiet cat  cleans.", "The quiet cat cleans. Then the dog sleeps."])
def test_nothing_and_the_same_text_and_a_longer_one_are_no_edits(tried):
    assert found("The quiet cat cleans.", tried) == []


def test_a_run_of_as_many_words_may_change_as_a_whole_or_word_by_word():
    assert found("the quiet cat cleans lamps", "the small dog paints lamps") == [
        Edit(1, 4, ("small", "dog", "paints")),
        Edit(1, 2, ("small",)),
        Edit(2, 3, ("dog",)),
        Edit(3, 4, ("paints",)),
    ]


def test_one_slip_does_not_cost_the_other_edits():
    assert found("the quiet cat <num> paints soft windows", "the small cat dog paints a1 windows") == [
        Edit(1, 2, ("small",)),
        Edit(5, 6, ("a1",)),
    ]
    assert found("quiet cat sleeps well", "small [dog] sleeps abroad") == [
        Edit(0, 1, ("small",)),
        Edit(3, 4, ("abroad",)),
    ]


@pytest.mark.parametrize("kept", ["<num>", "<url>", "<code>", "<num>,", "[cat](<url>)", "`cat`", "a|b"])
def test_placeholders_and_brackets_neither_go_nor_come(kept):
    source = f"the quiet {kept} cleans the lamp"
    assert found(source, "the quiet cat cleans the lamp") == []
    assert found("the quiet cat cleans the lamp", source) == []
    assert found("the quiet cleans the lamp", source) == []
    assert found(source, "the quiet cleans the lamp") == []


@pytest.mark.parametrize(
    ("source", "tried", "expected"),
    [
        ("The quiet cat, cleans", "the quiet dog cleans", "The quiet dog, cleans"),
        ("the quiet cat cleans", "the quiet dog. cleans", "the quiet dog cleans"),
        ("the (quiet) cat", "the small cat", "the (small) cat"),
        ("the “cat” sleeps", "the “dog”, sleeps", "the “dog” sleeps"),
        ("Quiet cats sleep.", "small cats sleep", "Small cats sleep."),
        ("Cats sleep.", "small dogs sleep.", "Small dogs sleep."),
        ("“Quiet cats” sleep", "small cats sleep", "“Small cats” sleep"),
        ("The cat sleeps! Cats sleep.", "The cat sleeps! dogs sleep.", "The cat sleeps! Dogs sleep."),
        ("Cats sleep.", "“ dogs sleep.", "Dogs sleep."),
        ("quiet cats sleep.", "small cats sleep.", "small cats sleep."),
        ("the cat sleeps deeply.", "the cat sleeps good dreams", "the cat sleeps good dreams."),
    ],
)
def test_punctuation_and_capital_are_those_of_the_place(source, tried, expected):
    assert texts(source, tried)[0] == expected


@pytest.mark.parametrize(
    ("source", "place", "word", "expected"),
    [
        ("The quiet cat, cleans", "cat,", "dog", "The quiet dog, cleans"),
        ("the (quiet) cat", "(quiet)", "small", "the (small) cat"),
        ("the “cat” sleeps", "“cat”", "dog", "the “dog” sleeps"),
        ("Cats sleep.", "Cats", "dogs", "Dogs sleep."),
        ("Cats sleep.", "Cats", "Dogs", "Dogs sleep."),
        ("Cats sleep.", "sleep.", "play", "Cats play."),
        ("“Quiet cats” sleep", "“Quiet", "small", "“Small cats” sleep"),
        ("The lamp sleeps! Cats sleep.", "Cats", "dogs", "The lamp sleeps! Dogs sleep."),
        ("cats sleep.", "cats", "dogs", "dogs sleep."),
    ],
)
def test_a_word_of_the_decoders_keeps_them_too(source, place, word, expected):
    (edit,) = found_by_choice(source, {place: [word]})
    assert made(source, [edit]) == expected


def test_what_the_decoder_would_write_is_an_edit_each_with_its_log_p():
    choices = [{}, {"small": -1.0, "warm": -2.0}, {"dog": -0.5}]
    every = edits("the quiet cat".split(), [], choices, kept=frozenset(), names=True)
    assert every == [Edit(1, 2, ("small",)), Edit(1, 2, ("warm",)), Edit(2, 3, ("dog",))]
    assert [edit.log_p for edit in every] == [-1.0, -2.0, -0.5]


def test_what_a_try_has_too_is_one_edit():
    choices = [{}, {"small": -1.0}, {"bird": -3.0, "dog": -4.0}]
    every = edits("the quiet cat".split(), ["the quiet dog".split()], choices, kept=frozenset(), names=True)
    assert [(edit.words, edit.log_p) for edit in every] == [(("dog",), -4.0), (("small",), -1.0), (("bird",), -3.0)]


def log_p_of(tried, *choices):
    every = edits("the quiet cat sleeps".split(), [tried.split()], choices, kept=frozenset(), names=True)
    return {" ".join(edit.words): edit.log_p for edit in every}


def test_a_longer_edits_log_p_is_that_of_its_first_word():
    choices = {}, {"small": -1.0, "soft": -7.0}, {"dog": -2.0}, {}
    assert log_p_of("the small dog sleeps", *choices)["small dog"] == -1.0
    assert log_p_of("the small soft dog sleeps", *choices)["small soft dog"] == -1.0


def test_an_edit_that_is_not_among_the_choices_has_the_log_p_of_the_least_likely():
    assert log_p_of("the quiet bird sleeps", {}, {}, {"dog": -2.0, "boat": -5.0, "lamp": -3.0}, {})["bird"] == -5.0


def test_of_a_word_in_several_forms_the_likeliest_counts():
    found = log_p_of("the quiet bird sleeps", {}, {}, {"bird": -2.0, "Bird": -4.0, "boat": -6.0}, {})
    assert found == {"bird": -2.0, "boat": -6.0}
    assert log_p_of("the quiet bird sleeps", {}, {}, {"Bird": -2.0, "bird": -4.0}, {}) == {"bird": -2.0}


@pytest.mark.parametrize("choices", [(), ({}, {}, {}, {}), ({}, {"small": -1.0}, {}, {})], ids=str)
def test_without_choices_in_its_place_an_edit_has_no_log_p(choices):
    assert log_p_of("the quiet bird sleeps", *choices)["bird"] == 0.0


def test_choices_propose_what_tries_may_and_nothing_else():
    source = "The quiet Anna, and <num> lamps [here] sleep"
    chosen = {word: ["dog", "Bell", "not", "x", "<num>", "a|b", "", ".", "cat."] for word in source.split()}
    assert [(edit.start, edit.words) for edit in found_by_choice(source, chosen)] == [
        *((1, ("dog",)), (1, ("cat",)), (5, ("dog",)), (5, ("cat",)), (7, ("dog",)), (7, ("cat",)))
    ]
    assert {edit.start for edit in found_by_choice(source, chosen, names=False)} == {1, 2, 5, 7}
    assert {edit.start for edit in found_by_choice(source, chosen, kept={"lamps", "anna"}, names=False)} == {1, 7}


@pytest.mark.parametrize(
    ("source", "tried"),
    [
        ("The quiet cat sleeps.", "The quiet cat"),
        ("The cat cleans, the lamp sleeps.", "The cat the lamp sleeps."),
        ("The cat (cleans the lamp).", "The cat the lamp)."),
        ("A cat sleeps. The lamp sleeps.", "A cat The lamp sleeps."),
        ("Quiet cat cleans the lamp.", "cat cleans the lamp."),
        ("The cat sleeps. Small dog cleans.", "The cat sleeps. dog cleans."),
        ("Cat cleans the lamp.", "quiet Cat cleans the lamp."),
        ("The cat sleeps.", "The cat sleeps. sleeps"),
        ("The cat sleeps.", "The cat now. sleeps."),
        ("The quiet cat cleans.", "The cat cleans."),
        ("The cat cleans.", "The quiet cat cleans."),
    ],
)
def test_words_that_only_go_or_only_come_are_no_edit(source, tried):
    assert found(source, tried) == []


@pytest.mark.parametrize(
    ("source", "tried"),
    [
        ("the cat, small dog sleeps", "the bird sleeps"),
        ("the cat sleeps", "the dog, bird, sleeps"),
        ("the cat (small) sleeps", "the bird sleeps"),
        ("the cat sleeps", "the dog (bird sleeps"),
        ("it ended. Small cats sleep", "it began sleep"),
    ],
)
def test_no_mark_goes_or_comes_inside_an_edit(source, tried):
    assert found(source, tried) == []


def test_an_edit_is_longer_or_shorter_by_two_words_at_most():
    assert texts("the cat cleans", "the quiet small dog cleans") == ["the quiet small dog cleans"]
    assert found("the cat cleans", "the quiet small soft dog cleans") == []
    assert texts("the quiet small cat cleans", "the dog cleans") == ["the dog cleans"]
    assert found("the quiet small soft cat cleans", "the dog cleans") == []


def test_a_longer_run_changes_word_by_word_alone():
    old, new = [f"old{n}" for n in range(LONGEST + 1)], [f"new{n}" for n in range(LONGEST + 1)]
    whole = Edit(0, LONGEST, tuple(new[:LONGEST]))
    assert whole in edits(old[:-1], [new[:-1]], kept=frozenset(), names=True)
    assert edits(old, [new], kept=frozenset(), names=True) == [
        Edit(place, place + 1, (new[place],)) for place in range(LONGEST + 1)
    ]
    assert (whole.size, Edit(2, 4, ("a",)).size, Edit(2, 4, ("a", "b", "c")).size) == (LONGEST, 2, 3)


def test_a_word_does_not_move_within_an_edit():
    assert texts("the quiet cat cleans", "the cat now cleans") == []
    assert texts("the quiet cat cleans", "the dog quiet cleans") == []


@pytest.mark.parametrize("word", ["Anna", "“Anna”", "NASA", "iPhone", "Örebro", "McCartney,"])
def test_names_stay_where_they_are_told_to(word):
    source = f"The cat of {word} sleeps."
    assert found(source, "The cat of lamps sleeps.") == []
    assert found(source, "The cat of lamps sleeps.", names=False) != []


@pytest.mark.parametrize("names", [True, False])
def test_no_name_comes(names):
    assert found("The cat of lamps sleeps.", "The cat of anna sleeps.", names=names) != []
    assert found("The cat of lamps sleeps.", "The cat of Anna sleeps.", names=names) == []
    assert found("The cat of lamps sleeps.", "The cat of Anna Bell sleeps.", names=names) == []


def test_the_capital_of_a_beginning_makes_no_name():
    assert texts("Cats sleep. Dogs bark.", "Birds sleep. Foxes bark.") == [
        "Birds sleep. Dogs bark.",
        "Cats sleep. Foxes bark.",
    ]
    assert found("NASA sleeps. McCartney barks.", "Cat sleeps. Dog barks.") == []
    assert found("Small Cats sleep.", "Small dogs sleep.") == []


def test_a_lone_letter_is_no_word():
    assert found("the cat sleeps", "the c sleeps") == []
    assert found("the cat sleeps", "the c. dog sleeps") == []
    assert texts("the cat sleeps", "the x-rayed dog sleeps") == ["the x-rayed dog sleeps"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("it sleeps now", "it not now"),
        ("it does sleep", "it doesn't sleep"),
        ("it does sleep", "it doesn’t sleep"),
        ("we do sleep", "we don't sleep"),
        ("with the lamp", "without the lamp"),
        ("it has some lamps", "it has no lamps"),
        ("they can sleep", "they cannot sleep"),
        ("it is often there", "it is never there"),
        ("so it Not, sleeps", "so it quietly, sleeps"),
        ("it never sleeps", "it cannot sleeps"),
        ("it has two lamps", "it has three lamps"),
        ("it has two lamps", "it has small lamps"),
        ("the first lamp", "the small lamp"),
        ("a lamp", "the lamp"),
        ("so a lamp", "so an lamp"),
        ("then we sleep", "then they sleep"),
        ("then I sleep", "then we sleep"),
        ("then we're here", "then you're here"),
        ("see our lamp", "see the lamp"),
        ("a two-day walk", "a three-day walk"),
        ("a two-lamp walk", "a bright walk"),
        ("some won't sleep", "some gladly sleep"),
    ],
)
def test_facts_neither_go_nor_come(one, other):
    assert found(one, other, names=False) == []
    assert found(other, one, names=False) == []


@pytest.mark.parametrize("word", [*sorted(FACTS), "Never,", "i'm", "they’re", "wouldn’t", "mid-year", "day-long"])
def test_no_negation_number_pronoun_article_or_time_goes_or_comes(word):
    facts = FACTS - set(re.split(r"\W", bare(word)))
    assert found_by_choice(f"so {word} sleeps", {word: ["lamp", *facts]}, names=False) == []
    assert found_by_choice("so lamp sleeps", {"lamp": [word]}, names=False) == []
    assert found_by_choice("so lamp sleeps", {"lamp": ["dog"]}, names=False) != []


@pytest.mark.parametrize("word", sorted(CLASSES))
def test_a_function_word_goes_only_for_one_of_its_class_that_is_no_form_of_it(word):
    others = (other for other in CLASSES if CLASSES[other] == CLASSES[word] and other != word)
    options = {other for other in others if not same_stem(word, other)}
    for place in (word, word.capitalize(), f"({word}),"):
        every = found_by_choice(f"cats {place} sleep", {place: ["lamp", "quietly", *CLASSES]}, names=False)
        assert {bare(edit.words[0]) for edit in every} == options


def test_a_function_word_comes_in_no_other_words_place():
    assert found_by_choice("cats quietly sleep", {"quietly": CLASSES}) == []
    assert found_by_choice("cats quietly sleep", {"quietly": ["gladly", *CLASSES]}) == [Edit(1, 2, ("gladly",))]


def test_a_run_of_words_keeps_the_classes_of_its_function_words_in_their_order():
    assert texts("walk into rooms", "run through town") == ["run into rooms", "walk into town"]
    assert texts("many cats could sleep", "several dogs might play") == [
        "several dogs might play",
        "several cats could sleep",
        "many dogs could sleep",
        "many cats might sleep",
        "many cats could play",
    ]
    assert texts("cats could quietly sleep", "quietly dogs could sleep") == []


def test_what_is_joined_to_a_function_word_stays():
    assert found_by_choice("so that’s fine", {"that’s": ["lamp", "this", "that", "what's", "there's"]}) == []
    assert found_by_choice("so everyone’s lamp", {"everyone’s": ["cat", "anyone", "anyone's"]}) == [
        Edit(1, 2, ("anyone's",))
    ]
    assert found_by_choice("so lamp sleeps", {"lamp": ["that's", "who’d", "let's"]}) == []


@pytest.mark.parametrize("tried", ["window", "Window,", "lamp", "Lamps"])
def test_no_content_word_comes_twice(tried):
    source = "the “Window”, the lamp, lamps and the cat"
    assert (
        found_by_choice(source, {"cat": [tried]})
        == found(source, f"the “Window”, the lamp, lamps and the {tried}")
        == []
    )


def test_words_that_count_as_content_are_neither_function_words_nor_facts():
    assert content_words(Edit(0, 1, ("Several", "Dogs,", "two", "dogs", "may", "(bark)"))) == {"dogs", "bark"}


@pytest.mark.parametrize(("word", "form"), [("paints", "painted"), ("lamp", "lamps"), ("Quick,", "quickly")])
def test_a_word_is_not_exchanged_for_another_form_of_it(word, form):
    assert found_by_choice(f"so {word} they go", {word: [form, "dogs"]}, names=False) == [
        Edit(1, 2, ("dogs,",) if "," in word else ("dogs",))
    ]


@pytest.mark.parametrize(
    ("source", "tried", "edits"),
    [
        ("a lamp sleeps", "a owl sleeps", 0),
        ("an owl, sleeps", "an lamp, sleeps", 0),
        ("An owl sleeps", "An ant sleeps", 1),
        ("a lamp sleeps", "a small cat sleeps", 1),
        ("the owl sleeps", "the cat sleeps", 1),
        ("so an owl sleeps", "so an ant colony sleeps", 1),
        ("so an owl sleeps", "so an quiet ant sleeps", 0),
    ],
)
def test_behind_a_and_an_a_vowel_stays_one(source, tried, edits):
    assert len(found(source, tried)) == edits


def test_kept_words_are_not_touched_in_any_case_or_punctuation():
    assert found("the cat sleeps", "the dog sleeps", kept={"cat"}) == []
    assert found("so the “Cat”, sleeps", "so the dog sleeps", kept={"cat"}, names=False) == []
    assert found("the small cat sleeps", "the dog sleeps", kept={"cat"}) == []
    assert texts("the small cat sleeps", "the warm dog sleeps", kept={"cat"}) == ["the warm cat sleeps"]


@pytest.mark.parametrize(("word", "plain"), [("“Cat”,", "Cat"), ("(cat", "cat"), ("don’t", "don’t"), ("...", "")])
def test_a_word_without_its_outer_punctuation(word, plain):
    assert bare_case(word) == plain


words = st.lists(
    st.sampled_from(
        "The the quiet small cat dog, cleans. paints <num> <num>. <url> <code>, [lamp](<url>) `a` window ends! I Ann "
        "(so say) “Well” ... – \" ' e.g. U.S. what?” x not don't *.".split()
    ),
    max_size=12,
)


chosen = st.dictionaries(st.sampled_from("bird Bird not x boats, <num> a|b can could The".split()), st.floats(-9, 0))


@given(st.data(), words, st.lists(words, max_size=3), st.booleans())
def test_no_choice_of_edits_changes_placeholders_or_sentences(data, old, tries, names):
    choices = data.draw(st.sampled_from([[], [data.draw(chosen) for _ in old]]))
    every = edits(old, tries, choices, kept=frozenset({"window"}), names=names)
    text = EditedText(old)
    for edit in data.draw(st.permutations(every)):
        if text.free(edit) and data.draw(st.booleans()):
            text.make(edit)
    changed = str(text).split()
    assert KEPT.findall(str(text)) == KEPT.findall(" ".join(old))
    assert ends(changed) == ends(old)
    assert capitals(changed) >= capitals(old)
    assert brackets(changed) == brackets(old)
    assert [bare(word) for word in changed].count("window") >= old.count("window")


def ends(of):
    return [match[0] for match in map(SENTENCE_END.search, of) if match]


def capitals(of):
    """The places among sentences of those that begin with one."""
    first = [True, *(bool(SENTENCE_END.search(word)) for word in of[:-1])]
    beginnings = [word for word, begins in zip(of, first, strict=False) if begins]
    return {place for place, word in enumerate(beginnings) if bare_case(word)[:1].isupper()}


def brackets(of):
    return re.findall(r"[()“”]", " ".join(of))


@given(st.data(), words, st.lists(words, max_size=3))
def test_every_edit_is_there_once_and_changes_something_of_its_source(data, old, tries):
    choices = [data.draw(chosen) for _ in old]
    every = edits(old, tries, choices, kept=frozenset(), names=True)
    assert len(every) == len(set(every))
    assert set(every) == {
        edit
        for made in [*([[new], ()] for new in tries), [[], choices]]
        for edit in edits(old, *made, kept=frozenset(), names=True)
    }
    for edit in every:
        assert 0 <= edit.start < edit.end <= len(old)
        assert edit.words
        assert edit.size <= LONGEST
        assert not {bare(word) for word in old[edit.start : edit.end]} & {bare(word) for word in edit.words}
