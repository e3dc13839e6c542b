import pytest

from pipelines.filters.gopher_repetition import GopherRepetition
from pipelines.filters.rule import Judgement

RULE = GopherRepetition()
FRESH = "One two three four five six seven eight nine ten."


def test_a_text_that_repeats_nothing_is_kept(judge):
    assert judge(RULE, FRESH) == Judgement(rule="gopher_repetition", kept=True, value=0.0, threshold=1)


@pytest.mark.parametrize(
    ("text", "ratio", "limit"),
    [
        # the second of three lines stood before, with 1 of 5 characters
        ("a\na\nbcd", 1 / 3, 0.30),
        # 10 of 14 characters in lines that stood before; as paragraphs none did
        ("abcdefghij\nxx\nabcdefghij\nyy", 10 / 24, 0.20),
        # the same ten characters as a paragraph
        ("abcdefghij\n\nxx\n\nabcdefghij\n\nyy", 10 / 24, 0.20),
        # "b c" twice, 4 of 27 characters: the top 2-gram
        ("b c and then there was b c to be told", 4 / 27, 0.20),
        # "a b c" twice, 6 of 18 characters: the top 3-gram
        ("a b c defghi a b c jklmno", 6 / 18, 0.18),
        # "a b c d" twice, 8 of 32 characters: the top 4-gram
        ("a b c d efghijklmnop a b c d qrstuvwxyzab", 8 / 32, 0.16),
    ],
)
def test_the_excess_is_told_in_parts_of_the_limit(judge, text, ratio, limit):
    assert judge(RULE, text, source=FRESH).value == pytest.approx(ratio / limit)


@pytest.mark.parametrize(("n", "limit"), [(5, 0.15), (6, 0.14), (7, 0.13), (8, 0.12), (9, 0.11), (10, 0.10)])
def test_of_long_runs_those_that_stood_before_count_each_character_once(judge, n, limit):
    run = "abcdefghij"[:n]
    others = "klmnopqrstuvwxyz" * 40
    text = " ".join([*run, others[:200], *run, others[200:600]])
    # all shorter n-grams of the run repeat as well, but only the longest has so low a limit
    assert judge(RULE, text, source=FRESH).value == pytest.approx(n / (600 + 2 * n) / limit, rel=0.5)
    assert judge(RULE, text, source=FRESH).value >= n / (600 + 2 * n) / limit


def test_what_the_source_repeats_may_be_repeated(judge):
    refrain = "we will meet again some day"
    source = f"{refrain} and until then {refrain}"
    assert judge(RULE, source.replace("until", "before"), source=source).value == pytest.approx(0, abs=0.05)
    assert not judge(RULE, source, source=FRESH).kept


def test_twice_gophers_limit_may_be_a_setting(judge):
    text = "a b c defghi a b c jklmno"
    assert not judge(RULE, text).kept
    assert judge(GopherRepetition(maximum=2), text).kept
