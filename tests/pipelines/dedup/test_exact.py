from dataclasses import replace
from itertools import groupby
from random import Random

import apache_beam as beam
from apache_beam.testing import test_pipeline
from apache_beam.testing.util import assert_that, equal_to
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.dedup.exact import (
    Decision,
    FindDuplicates,
    PostKey,
    _buckets,
    _by_unit,
    drop_duplicates,
    rename_repeated,
)

UNDATED = "9999"


def key(post_id, *, content=None, date=UNDATED, source="a.csv", position=1, unit="u1"):
    return PostKey(date, source, position, content or f"content of {source}#{position}", post_id, unit)


def decided(*keys):
    """Decisions by place, as Beam's steps make them, for one batch of keys a unit."""
    found = []
    for by, decide in ((_content, drop_duplicates), (_id, rename_repeated)):
        batches = {}
        for _, unit in groupby(sorted(keys, key=lambda each: each.unit), key=lambda each: each.unit):
            for bucket, members in _buckets(list(unit), by):
                batches.setdefault(bucket, []).append(members)
        for bucket in batches.values():
            found += [(unit, each) for unit, row in _by_unit(bucket, by, decide) for each in row]
    return sorted(found, key=repr)


def _content(each):
    return each.content_sha256


def _id(each):
    return each.post_id


def test_of_one_content_the_earliest_dated_stays():
    keys = [
        key("1", content="same", date="2023-05-01", source="a.csv"),
        key("2", content="same", date="2021-05-01", source="b.csv"),
        key("3", content="same", date=UNDATED, source="c.csv", unit="u2"),
        key("4", content="other", source="d.csv"),
    ]
    assert decided(*keys) == [
        ("u1", Decision("a.csv", 1, duplicate_of="b.csv#1")),
        ("u2", Decision("c.csv", 1, duplicate_of="b.csv#1")),
    ]


def test_of_one_date_the_first_by_source_then_position_stays():
    keys = [
        key("1", content="same", source="b.csv", position=1),
        key("2", content="same", source="a.csv", position=10),
        key("3", content="same", source="a.csv", position=9),
    ]
    assert decided(*keys) == [
        ("u1", Decision("a.csv", 10, duplicate_of="a.csv#9")),
        ("u1", Decision("b.csv", 1, duplicate_of="a.csv#9")),
    ]


def test_a_repeated_id_becomes_another_that_follows_from_its_place():
    keys = [key("7", source="a.csv"), key("7", source="b.csv"), key("8", source="b.csv", position=2)]
    [(unit, decision)] = decided(*keys)
    assert (unit, decision.source, decision.position) == ("u1", "b.csv", 1)
    assert decision.post_id.startswith("7~")
    assert decided(*keys, key("9", source="c.csv")) == [(unit, decision)]


def test_the_pipeline_decides_for_each_unit():
    units = [
        ("u1", [key("1", content="same"), key("1", source="b.csv")]),
        ("u2", [key("2", content="same", date="2020-01-01", source="c.csv", unit="u2")]),
    ]
    expected = decided(*(each for _, keys in units for each in keys))
    with test_pipeline.TestPipeline() as pipeline:
        decisions = (
            pipeline | beam.Create(units) | FindDuplicates() | beam.FlatMapTuple(lambda u, row: [(u, d) for d in row])
        )
        assert_that(decisions, equal_to(expected))


places = st.lists(
    st.builds(
        key,
        st.sampled_from("123"),
        content=st.sampled_from("xyz"),
        date=st.sampled_from(["2020-01-01", "2021-01-01", UNDATED]),
        source=st.sampled_from(["a.csv", "b.csv"]),
        position=st.integers(1, 9),
    ),
    unique_by=lambda each: (each.source, each.position),
    max_size=12,
)


@given(places, st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_no_order_and_no_grouping_into_units_changes_a_decision(keys, random: Random):
    before = [decision for _, decision in decided(*keys)]
    regrouped = [replace(each, unit=random.choice(["u1", "u2", "u3"])) for each in keys]
    random.shuffle(regrouped)
    assert sorted((decision for _, decision in decided(*regrouped)), key=repr) == sorted(before, key=repr)


@given(places)
def test_one_of_each_content_stays_and_ids_are_unique(keys):
    decisions = {(d.source, d.position, bool(d.duplicate_of)): d for _, d in decided(*keys)}
    stay = [each for each in keys if (each.source, each.position, True) not in decisions]
    assert sorted(each.content_sha256 for each in stay) == sorted({each.content_sha256 for each in keys})
    renamed = [decisions.get((each.source, each.position, False)) for each in keys]
    ids = [decision.post_id if decision else each.post_id for decision, each in zip(renamed, keys, strict=True)]
    assert len(set(ids)) == len(ids)
