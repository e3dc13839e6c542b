import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dedup.clusters import BAND, LINK_DTYPE, link, members, merge
from pipelines.dedup.keys import NO_SPLIT

TRAIN, VALIDATION = 1, 2


def bands(*rows):
    """Bands of undated posts that belong in train, from (band, key)."""
    return np.array([(band, 0, key, TRAIN, NO_SPLIT) for band, key in rows], BAND)


def links(*rows):
    """Links of posts that belong in train, from (date, key, pin, to)."""
    return np.array([(date, key, TRAIN, pin, to) for date, key, pin, to in rows], LINK_DTYPE)


def test_posts_that_share_a_band_are_linked_to_the_lowest_key():
    linked = link(bands((7, 30), (7, 10), (8, 20), (7, 20)))
    assert linked[["key", "to"]].tolist() == [(10, 10), (20, 10), (30, 10)]


def test_the_representative_is_the_first_by_date_then_by_key():
    merged = merge(links((2, 10, 0, 10), (1, 30, 0, 10), (1, 20, 0, 10)))
    assert merged[["key", "to"]].tolist() == [(20, 20), (30, 20), (10, 20)]


def test_a_chain_of_links_is_one_cluster():
    chain = links(*((0, key, 0, max(key - 1, 0)) for key in range(9)), (0, 20, 0, 20))
    assert merge(chain)[["key", "to"]].tolist() == [*((key, 0) for key in range(9)), (20, 20)]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))), st.integers(0, 20))
def test_merging_in_two_steps_gives_the_same_clusters_as_union_by_hand(pairs, half):
    edges = links(*((0, key, 0, key) for key in range(10)), *((0, one, 0, other) for one, other in pairs))
    clusters = {key: {key} for key in range(10)}
    for one, other in pairs:
        joined = clusters[one] | clusters[other]
        clusters.update(dict.fromkeys(joined, joined))
    merged = merge(edges)
    assert merged[["key", "to"]].tolist() == [(key, min(clusters[key])) for key in range(10)]
    parts = [merge(links(*((0, key, 0, key) for key in range(10)))), edges[half:], edges[:half]]
    assert merge(np.concatenate(parts)).tolist() == merged.tolist()


def test_a_cluster_takes_the_split_of_its_first_known_post_and_counts_those_that_straddle():
    rows = members(links((0, 1, NO_SPLIT, 1), (0, 2, VALIDATION, 1), (0, 3, TRAIN, 1), (0, 9, NO_SPLIT, 9)))
    assert rows[["key", "representative", "size", "straddling", "split"]].tolist() == [
        (1, 1, 3, 1, VALIDATION),
        (2, 1, 3, 0, VALIDATION),
        (3, 1, 3, 0, NO_SPLIT),
        (9, 9, 1, 0, NO_SPLIT),
    ]
