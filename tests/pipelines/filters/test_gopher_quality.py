import pytest

from pipelines.filters.gopher_quality import GopherQuality
from pipelines.filters.rule import Judgement

RULE = GopherQuality()


def test_prose_is_kept(judge):
    assert judge(RULE, "Five words are here now.", source="Five words were here now.") == Judgement(
        rule="gopher_quality", kept=True, value=pytest.approx(0.2 / 3.5), threshold=1
    )


@pytest.mark.parametrize(
    ("source", "text", "excess"),
    [
        ("abcd abcd abcd abcd", "abc# #bcd abcd abcd", 2 / 4 / 0.1),  # symbols a word
        ("abcdef abcdef", "abc... abcde…", 2 / 2 / 0.1),  # an ellipsis is a symbol in either form
        ("abcd efgh\nabcd efgh", "•bcd efgh\nabcd efgh", 1 / 2 / 0.9),  # lines that begin with a bullet
        ("abcd abcd", "abcd 1234", 1 / 2 / 0.2),  # words without a letter
        ("abc abc", "abcdef abcdef", 3 / 3.5),  # mean length of words
        ("abcdef abcdef", "abc abc", 3 / 3.5),
    ],
)
def test_the_worst_excess_over_the_source_is_told_in_parts_of_the_limit(judge, source, text, excess):
    assert judge(RULE, text, source=source).value == pytest.approx(excess)


def test_lines_that_end_in_an_ellipsis(judge):
    source = "\n".join(["one two three four five six seven eight nine ten eleven twelve"] * 4)
    text = source.replace("twelve", "twelv…")
    # the share of such lines is 1, of Gopher's 0.3; that of symbols only 1 in 12 words, of 0.1
    assert judge(RULE, text, source=source).value == pytest.approx(1 / 0.3)


def test_what_the_source_has_is_no_fault_of_the_text(judge):
    source = "# One\n\n- 1 2 3 ...\n- 4 5 6 ..."
    assert judge(RULE, source, source=source).value == 0


def test_better_than_the_source_is_worth_zero_not_less(judge):
    assert judge(RULE, "abc abc", source="### ###").value == 0


def test_the_maximum_is_a_setting(judge):
    assert not judge(RULE, "abc 123", source="abc abc").kept
    assert judge(GopherQuality(maximum=3), "abc 123", source="abc abc").kept
