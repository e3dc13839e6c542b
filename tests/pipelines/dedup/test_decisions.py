import numpy as np

from pipelines.dedup.clusters import MEMBER
from pipelines.dedup.decisions import Cluster, Decisions, ExactDuplicate, NearDuplicate, decide_unit
from pipelines.dedup.keys import NO_SPLIT, PostPlace, split_code
from pipelines.dedup.same_content import COPY, PIN


def key(number, row):
    return number << 24 | row


def packed(dtype, *rows):
    return [np.array([row], dtype).tobytes() for row in rows]


def test_the_parts_of_a_unit_become_sorted_decisions():
    test = split_code("test")
    parts = {
        "copies": packed(COPY, (key(5, 4), key(2, 9)), (key(5, 1), key(5, 0))),
        "pins": packed(PIN, (key(5, 6), test)),
        "members": packed(
            MEMBER,
            (key(5, 3), key(2, 7), 4, 0, test),
            (key(5, 2), key(5, 2), 3, 1, NO_SPLIT),
        ),
        "repeated": packed("<u8", key(5, 8), key(5, 7)),
    }
    assert decide_unit(parts) == Decisions(
        exact=(ExactDuplicate(1, PostPlace(5, 0)), ExactDuplicate(4, PostPlace(2, 9))),
        near=(NearDuplicate(3, PostPlace(2, 7), 4),),
        clusters=(Cluster(2, 3, 1),),
        renamed=(7, 8),
        splits=((3, "test"), (6, "test")),
    )


def test_the_split_of_a_cluster_replaces_that_of_a_pin():
    parts = {
        "copies": [],
        "pins": packed(PIN, (key(5, 0), split_code("test"))),
        "members": packed(MEMBER, (key(5, 0), key(5, 0), 2, 0, split_code("validation"))),
        "repeated": [],
    }
    assert decide_unit(parts).splits == ((0, "validation"),)


def test_no_parts_give_no_decisions():
    assert decide_unit({"copies": [], "pins": [], "members": [], "repeated": []}) == Decisions()
