import html
import re

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from pipelines.report.differences import Passage, compared_passages

TEXTS = st.lists(
    st.sampled_from(["tea", "coffee", "42", ",", ".", " ", " ", "\n", "\n\n", "<b>", "&amp;", "👩‍👩‍👧", "e\u0301"]),
    max_size=30,
).map("".join)


def shown(passages, side):
    """The words a reader sees in one column."""
    marked = "\n\n".join(getattr(passage, side) for passage in passages)
    return "".join(html.unescape(re.sub("</?(?:ins|del)>", "", marked)).split())


@given(TEXTS, TEXTS)
def test_each_column_shows_every_word_of_its_text(source, variation):
    passages = compared_passages(source, variation)

    assert shown(passages, "source") == "".join(source.split())
    assert shown(passages, "variation") == "".join(variation.split())


@given(TEXTS)
def test_a_text_beside_itself_has_no_mark(text):
    assert not any(passage.changed for passage in compared_passages(text, text))


def test_words_gone_and_words_new_are_marked_each_in_its_own_column():
    (passage,) = compared_passages("The old pier was closed.", "The wooden pier was reopened.")

    assert passage.source == "The <del>old</del> pier was <del>closed</del>."
    assert passage.variation == "The <ins>wooden</ins> pier was <ins>reopened</ins>."
    assert passage.changed


def test_neighbouring_changes_are_one_mark():
    (passage,) = compared_passages("a very fine day", "a truly awful day")

    assert passage.variation == "a <ins>truly awful</ins> day"


def test_an_added_word_is_marked_without_the_space_around_it():
    (passage,) = compared_passages("a day", "a fine day")

    assert passage.source == "a day"
    assert passage.variation == "a <ins>fine</ins> day"


def test_shared_paragraph_breaks_cut_the_texts_into_passages():
    passages = compared_passages("One.\n\nTwo.\n \nThree.", "One.\n\nPair.\n\nThree.")

    assert passages == [
        Passage(source=Markup("One."), variation=Markup("One."), changed=False),
        Passage(source=Markup("<del>Two</del>."), variation=Markup("<ins>Pair</ins>."), changed=True),
        Passage(source=Markup("Three."), variation=Markup("Three."), changed=False),
    ]


def test_a_different_line_width_is_no_change():
    (passage,) = compared_passages("one two\nthree", "one\ntwo three")

    assert passage == Passage(source=Markup("one two\nthree"), variation=Markup("one\ntwo three"), changed=False)


def test_markup_in_a_text_is_escaped_inside_and_outside_the_marks():
    (passage,) = compared_passages("<i> & <b>", "<i> & <u>")

    assert passage.variation == "&lt;i&gt; &amp; <ins>&lt;u&gt;</ins>"


def test_a_long_run_that_stayed_is_kept_together():
    stayed = "we met the council and the council met us"
    (passage,) = compared_passages(f"the end, {stayed}", f"the start, {stayed}")

    assert passage.variation == f"the <ins>start</ins>, {stayed}"
