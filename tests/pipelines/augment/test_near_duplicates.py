from random import Random

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that
from hypothesis import given
from hypothesis import strategies as st

from pipelines.augment.near_duplicates import (
    CandidateKey,
    FindNearDuplicates,
    NearDuplicateCandidate,
    PassedCandidates,
    bands_by_bucket,
    most_alike_earlier,
    near_duplicates_in_bucket,
)
from pipelines.beam.pipeline import beam_options, beam_pipeline
from pipelines.dedup.minhash import BANDS

WORDS = "the quiet cat mends a warm lamp beside every garden train and counts soft birds".split()


def text(seed, words=60):
    return " ".join(Random(seed).choices(WORDS, k=words))


def nearly(seed):
    """The same text with its last word changed."""
    return text(seed).rpartition(" ")[0] + " elsewhere"


def passed(unit, **texts):
    """Candidates named `post_candidate`."""
    places = [CandidateKey(name.rpartition("_")[0], int(name.rpartition("_")[2])) for name in texts]
    return PassedCandidates(part=unit, keys=places, texts=list(texts.values()))


def found(*units):
    """By unit, the later candidates and what they are most_alike_earlier to."""
    buckets = {}
    for unit in units:
        for bucket, keys in bands_by_bucket(unit):
            buckets.setdefault(bucket, []).append(keys)
    by_unit = {}
    for bucket in buckets.items():
        for unit, later in near_duplicates_in_bucket(bucket):
            by_unit.setdefault(unit, []).extend(later)
    return {unit: most_alike_earlier(later) for unit, later in by_unit.items()}


def test_the_later_of_two_posts_with_one_text_is_found_with_the_earlier_one():
    units = passed("u", a_1=text(1), a_2=text(2)), passed("v", b_3=text(2))
    assert found(*units) == {"v": {CandidateKey("b", 3): (CandidateKey("a", 2), BANDS)}}


def test_nearly_the_same_text_shares_some_bands():
    ((earlier, shared),) = found(passed("u", a_1=text(1), b_1=nearly(1)))["u"].values()
    assert earlier == CandidateKey("a", 1)
    assert 0 < shared < BANDS


def test_later_is_by_post_and_number_wherever_the_units_are():
    units = passed("u", b_1=text(1)), passed("v", a_7=text(1))
    assert found(*units) == {"u": {CandidateKey("b", 1): (CandidateKey("a", 7), BANDS)}}


def test_texts_of_one_post_may_be_alike():
    assert found(passed("u", a_1=text(1), a_2=text(1))) == {}


def test_all_of_a_later_post_are_found_though_they_are_alike():
    units = passed("u", a_1=text(1)), passed("v", b_1=text(1), b_2=text(1))
    assert found(*units)["v"] == {CandidateKey("b", n): (CandidateKey("a", 1), BANDS) for n in (1, 2)}


def test_other_texts_are_not_found():
    assert found(passed("u", a_1=text(1)), passed("v", b_1=text(2))) == {}


@pytest.mark.parametrize("same", ["", "🙂🙂", "One."])
def test_short_texts_and_texts_without_words_are_compared_too(same):
    assert found(passed("u", a_1=same, b_1=same))["u"] == {CandidateKey("b", 1): (CandidateKey("a", 1), BANDS)}


def test_a_unit_without_candidates_has_no_bands():
    assert list(bands_by_bucket(PassedCandidates(part="u", keys=[], texts=[]))) == []


CANDIDATES = st.tuples(st.sampled_from("abcd"), st.integers(0, 3), st.integers(0, 5))
"""Post, seed of the text, number."""


@given(st.lists(CANDIDATES, max_size=20, unique_by=lambda each: (each[0], each[2])), st.randoms())
def test_neither_units_nor_their_order_matter(candidates, random):
    """The definition, by all pairs of texts that are the same or unlike."""
    expected = {
        CandidateKey(post, number): min(
            CandidateKey(other, n) for other, same, n in candidates if same == seed and (other, n) < (post, number)
        )
        for post, seed, number in candidates
        if any(same == seed and other < post for other, same, _ in candidates)
    }
    units = {}
    for post, seed, number in random.sample(candidates, len(candidates)):
        units.setdefault(post in "ab", {})[f"{post}_{number}"] = text(seed)
    results = found(*(passed(str(name), **texts) for name, texts in units.items()))
    assert {place: earlier for of_unit in results.values() for place, (earlier, _) in of_unit.items()} == expected


def test_the_nearest_shares_the_most_bands_and_is_the_earlier_of_equals():
    c, a, b = CandidateKey("c", 1), CandidateKey("a", 1), CandidateKey("b", 1)
    assert most_alike_earlier(
        [NearDuplicateCandidate(c, a), NearDuplicateCandidate(c, b), NearDuplicateCandidate(c, b)]
    ) == {c: (b, 2)}
    assert most_alike_earlier([NearDuplicateCandidate(c, b), NearDuplicateCandidate(c, a)]) == {c: (a, 1)}


def test_the_beam_step_gives_what_is_later_by_unit():
    def check(results):
        assert {unit for unit, _ in results} == {"v"}
        assert {NearDuplicateCandidate(*each) for _, batch in results for each in batch} == {
            NearDuplicateCandidate(CandidateKey("b", 1), CandidateKey("a", 1))
        }
        assert sum(len(batch) for _, batch in results) == BANDS

    with beam_pipeline(beam_options(["--direct_num_workers=1"], units=1)) as pipeline:
        units = pipeline | beam.Create([passed("u", a_1=text(1)), passed("v", b_1=text(1))])
        assert_that(units | FindNearDuplicates(), check)
