import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae.spans import RUN, SpanIndex

ABC = [f"w{number}" for number in range(60)]
INDEX = SpanIndex.of([" ".join(ABC[:40]), " ".join(ABC[40:]), "too short to count"])


def words(start: int, end: int) -> str:
    return " ".join(ABC[start:end])


@pytest.mark.parametrize("length", [12, 13, 25, 40])
def test_the_longest_passage_is_told_in_words(length):
    assert INDEX.longest(f"so {words(0, length)} then", "") == length


@pytest.mark.parametrize(
    "text", ["", "so it goes", words(0, 11), f"{words(0, 11)} and {words(11, 22)}", "too short to count"]
)
def test_fewer_than_twelve_words_are_no_passage(text):
    assert INDEX.longest(text, "") == 0


def test_case_and_outer_punctuation_do_not_hide_a_passage():
    assert INDEX.longest(words(0, 15).upper().replace("W7", "“W7”,"), "") == 15


def test_of_several_passages_the_longest_counts():
    assert INDEX.longest(f"{words(0, 14)} and {words(20, 36)} and {words(45, 58)}", "") == 16


def test_words_that_the_source_holds_are_no_passage():
    assert INDEX.longest(words(0, 40), words(0, 40)) == 0
    assert INDEX.longest(words(0, 40), f"before {words(0, 40)} behind") == 0
    assert INDEX.longest(words(0, 40), words(0, 11)) == 40


def test_only_what_goes_beyond_the_source_is_a_passage():
    # Of the runs of words 0 to 39 those up to word 20 are the source's; the first other one begins at word 9.
    assert INDEX.longest(words(0, 40), words(0, 20)) == 31


def test_passages_that_touch_are_one():
    assert INDEX.longest(words(20, 60), "") == 40
    assert INDEX.longest(f"{words(20, 40)} and {words(40, 60)}", "") == 20


def test_a_corpus_of_nothing_shares_nothing():
    assert SpanIndex.of([]).longest(words(0, 40), "") == 0
    assert SpanIndex.of(["short"]).longest(words(0, 40), "") == 0


def test_bytes_give_the_index_back_and_follow_from_the_set_of_texts_alone():
    texts = [words(0, 30), words(30, 60)]
    data = SpanIndex.of(texts).to_bytes()
    assert SpanIndex.of([*reversed(texts), *texts]).to_bytes() == data
    read = SpanIndex.from_bytes(data)
    assert read.to_bytes() == data
    assert read.longest(words(3, 20), "") == 17
    assert SpanIndex.from_bytes(SpanIndex.of([]).to_bytes()).longest(words(0, 40), "") == 0


vocabulary = st.sampled_from(["a", "b", "c,"])
passages = st.lists(vocabulary, max_size=40).map(" ".join)


@given(st.lists(passages, max_size=4), passages, passages)
def test_the_longest_passage_is_that_of_a_plain_search(texts, text, source):
    def runs(each: str) -> list[tuple[str, ...]]:
        split = each.replace(",", "").split()
        return [tuple(split[start : start + RUN]) for start in range(len(split) - RUN + 1)]

    known = {run for each in texts for run in runs(each)} - {*runs(source)}
    covered = [False] * len(text.split())
    for start, run in enumerate(runs(text)):
        if run in known:
            covered[start : start + RUN] = [True] * RUN
    stretches = "".join("x" if each else " " for each in covered).split()
    assert SpanIndex.of(texts).longest(text, source) == max(map(len, stretches), default=0)


@given(st.lists(passages, max_size=3), st.lists(passages, max_size=3), passages)
def test_an_index_with_another_corpus_is_that_of_both(first, second, text):
    both = SpanIndex.of(first).with_corpus(second)
    assert both.longest(text, "") == SpanIndex.of([*first, *second]).longest(text, "")
    assert SpanIndex.from_bytes(both.to_bytes()).longest(text, "") == both.longest(text, "")
