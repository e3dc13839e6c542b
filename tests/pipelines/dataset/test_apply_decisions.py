import hashlib

import pyarrow as pa
import pytest

from pipelines.dataset.apply_decisions import Decided
from pipelines.dataset.staged_posts import read_staged, staged_path
from pipelines.dedup.decisions import Cluster, Decisions, ExactDuplicate, NearDuplicate
from pipelines.dedup.keys import PostPlace
from pipelines.posts.schemas import POSTS_SCHEMA
from pipelines.posts.split import id_key, split_of

SECOND = 1 << 16  # the number of the second group's unit
NAMES = {PostPlace(0, 0): "a.txt#0", PostPlace(SECOND, 0): "posts.csv#1"}
EXPORT = "id,content\n7,The kettle sings.\n8,The lamp goes out.\n9,The train stops.\n"


@pytest.fixture
def units(staged):
    """Two staged units: a folder of one post, and an export of three."""
    return staged({"a.txt": "Rain falls on the garden.", "posts.csv": EXPORT})


@pytest.fixture
def apply(units, tmp_path):
    """Returns a function that applies decisions to the export's posts."""
    output = str(tmp_path / "dataset")

    def run(*, drop_near=False, first_row=0, **decisions):
        decided = Decided(Decisions(**decisions), drop_near=drop_near, names=NAMES)
        (batch,) = read_staged(staged_path(output, units[1].fingerprint, "posts"))
        return decided.apply(pa.Table.from_batches([batch]), first_row=first_row, seed=0)

    return run


def ids(applied):
    return applied.posts.column("post_id").to_pylist()


def test_without_decisions_every_post_stays_in_the_split_of_its_id(apply):
    applied = apply()
    assert applied.posts.schema == POSTS_SCHEMA
    assert (ids(applied), applied.positions) == (["7", "8", "9"], [1, 2, 3])
    assert applied.posts.column("split").to_pylist() == [split_of(id_key(post_id), seed=0) for post_id in ids(applied)]
    assert (applied.rejects, applied.listed) == ([], [])


def test_an_exact_duplicate_is_rejected_and_names_the_post_that_stays(apply):
    applied = apply(exact=(ExactDuplicate(1, PostPlace(SECOND, 0)),))
    assert (ids(applied), applied.positions) == (["7", "9"], [1, 3])
    assert applied.rejects == [
        {
            "source": "posts.csv",
            "position": 2,
            "post_id": "8",
            "stage": "dedup",
            "reason": "exact duplicate",
            "value": "posts.csv#1",
            "threshold": "",
            "excerpt": "The lamp goes out.",
        }
    ]


def test_the_post_that_stays_may_belong_to_another_unit(apply):
    applied = apply(
        exact=(ExactDuplicate(0, PostPlace(0, 0)),), near=(NearDuplicate(2, PostPlace(0, 0), 2),), drop_near=True
    )
    assert [(row["position"], row["reason"], row["value"]) for row in applied.rejects] == [
        (1, "exact duplicate", "a.txt#0"),
        (3, "near duplicate", "a.txt#0"),
    ]
    assert ids(applied) == ["8"]


def test_near_duplicates_stay_and_are_listed_with_their_representative(apply):
    applied = apply(near=(NearDuplicate(1, PostPlace(SECOND, 0), 3), NearDuplicate(2, PostPlace(SECOND, 0), 3)))
    assert ids(applied) == ["7", "8", "9"]
    assert applied.rejects == []
    assert applied.listed == [
        {"post_id": post_id, "source": "posts.csv", "position": n, "representative": "posts.csv#1", "cluster_size": 3}
        for post_id, n in (("8", 2), ("9", 3))
    ]


def test_dropped_near_duplicates_are_rejected_and_not_listed(apply):
    applied = apply(near=(NearDuplicate(1, PostPlace(SECOND, 0), 2),), drop_near=True)
    assert ids(applied) == ["7", "9"]
    assert [(row["post_id"], row["reason"], row["value"]) for row in applied.rejects] == [
        ("8", "near duplicate", "posts.csv#1")
    ]
    assert applied.listed == []


def test_a_repeated_id_is_made_unique_with_a_hash_of_the_posts_place(apply):
    place = hashlib.sha256(b"posts.csv#2").hexdigest()[:8]
    assert ids(apply(renamed=(1,))) == ["7", f"8~{place}", "9"]


def test_a_decided_split_replaces_that_of_the_id(apply):
    for split in ("train", "validation", "test"):
        assert apply(splits=((1, split),)).posts.column("split")[1].as_py() == split


def test_rows_of_a_later_batch_are_counted_from_the_start_of_the_unit(apply):
    applied = apply(first_row=256, exact=(ExactDuplicate(257, PostPlace(0, 0)), ExactDuplicate(1, PostPlace(0, 0))))
    assert ids(applied) == ["7", "9"]


def test_counts_and_facts_of_a_units_decisions():
    decisions = Decisions(
        exact=(ExactDuplicate(0, PostPlace(0, 0)),),
        near=(NearDuplicate(1, PostPlace(SECOND, 0), 4),),
        clusters=(Cluster(2, 4, 1), Cluster(3, 2, 0)),
    )
    decided = Decided(decisions, drop_near=False, names=NAMES)
    assert decided.counts() == {"exact": 1, "near": 1, "clusters": 2, "straddling": 1}
    assert decided.largest() == 4
    exact, near, *_ = decided.facts()
    assert exact == [(0, "a.txt#0")]
    assert near == [(1, "posts.csv#1", 4)]
    assert Decided(Decisions(), drop_near=False, names={}).largest() == 0
