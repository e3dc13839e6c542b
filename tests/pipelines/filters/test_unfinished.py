import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.filters.rule import Candidate, Judgement
from pipelines.filters.unfinished import Unfinished, end_like_source

RULE = Unfinished()


@pytest.mark.parametrize("end", [".", "!", "?", "…", "...", "?!", ".”", '."', "!)", ".**", "。", "！", ". \n"])
def test_a_paragraph_with_a_terminal_mark_is_finished(judge, end):
    assert judge(RULE, f"It ended{end}", source="It ends.") == Judgement(
        rule="unfinished", kept=True, value=0.0, threshold=0
    )


@pytest.mark.parametrize("end", ["", ",", " and the", ":", " –", "”", ". Then"])
def test_a_paragraph_that_breaks_off_is_rejected(judge, end):
    assert judge(RULE, f"It ended{end}", source="It ends.") == Judgement(
        rule="unfinished",
        kept=False,
        value=1.0,
        threshold=0,
        reason="share of paragraphs that break off where the source's end in a full stop or its like: "
        "1, above the maximum 0",
    )


def test_the_share_is_of_the_paragraphs_that_the_source_finishes(judge):
    source = "## A heading\n\nOne.\n\nTwo.\n \nThree:\n\n- an item\n\nFour."
    text = "## A heading\n\nOne.\n\nTwo and\n\nThree\n\n- an item\n\nFour."
    assert judge(RULE, text, source=source).value == pytest.approx(1 / 3)


def test_nothing_left_of_a_text_is_unfinished(judge):
    assert judge(RULE, "", source="It ends.").value == 1.0


def test_the_share_is_a_setting(judge):
    assert judge(Unfinished(maximum=0.5), "One\n\nTwo.", source="One.\n\nTwo.").kept
    assert not judge(Unfinished(maximum=0.4), "One\n\nTwo.", source="One.\n\nTwo.").kept


@pytest.mark.parametrize(
    ("text", "source", "finished"),
    [
        ("It went well", "It ended.", "It went well."),
        ("Did it go well", "Did it end?", "Did it go well?"),
        ("So it went", "So it was...", "So it went..."),
        ("It went well, ", "It ended!", "It went well!"),
        ("It went well – and", "It ended.", "It went well."),
        ("It went well, as part of the", "It ended.", "It went well, as part."),
        ("She lives in a", "She left.", "She lives."),
        ("It is done. And the", "It ended.", "It is done."),
        ("It went well (in the", "It ended.", "It went well."),
        ('She said "go', 'He said "stop."', 'She said "go."'),
        ('She said "go" and "', 'He said "stop."', 'She said "go".'),
        ("(She went", "(He (or they) came.)", "(She went.)"),
        ("She went", "(He came.)", "She went."),
        ("**Note** this", "**Note that.**", "**Note** this."),
        ("**Note this", "**Note that.**", "**Note this.**"),
    ],
)
def test_a_segment_is_ended_as_its_source_ends(text, source, finished):
    assert end_like_source(text, source=source, code="en") == finished


@pytest.mark.parametrize("text", ["", " ", "the", "And of the,", "- ", "**", "“"])
def test_of_a_segment_with_nothing_but_loose_ends_nothing_remains(text):
    assert end_like_source(text, source="It ended.", code="en") == ""


@pytest.mark.parametrize(("code", "finished"), [("en", "No sé."), ("es", "No sé a."), ("", "No sé a.")])
def test_words_are_dropped_by_the_language_of_the_post(code, finished):
    assert end_like_source("No sé a", source="Se fue.", code=code) == finished


@pytest.mark.parametrize(("text", "source"), [("A heading and the", "Another heading"), ("Done! ", "It ended.")])
def test_a_segment_that_needs_no_end_is_left_alone(text, source):
    assert end_like_source(text, source=source) == text


prose = st.text(alphabet="ab.,!?…()\"'“”*`- \n") | st.lists(
    st.sampled_from(["the", "of", "And", "post", "“a", "(the", "b)", "–", "**", "end."])
).map(" ".join)


@given(text=prose | st.text(), source=prose | st.text())
def test_finishing_satisfies_the_rule_is_done_after_once_and_only_trims_and_ends(text, source):
    finished = end_like_source(text, source=source, code="en")
    assert end_like_source(finished, source=source, code="en") == finished
    single = finished and "\n" not in finished.strip() + source.strip()
    if single:
        assert RULE.measure([Candidate(source=source, text=finished, change=0.3)], None) == [0.0]
