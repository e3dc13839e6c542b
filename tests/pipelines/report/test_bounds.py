import numpy as np
import pytest

from pipelines.report.bounds import Bounds


@pytest.mark.parametrize(
    ("limits", "missed", "bounds"),
    [
        ({"minimum": 0.6, "maximum": 1.6}, None, Bounds(minimum=0.6, maximum=1.6)),
        ({"maximum": 0}, (1.0, 5.0), Bounds(maximum=0)),
        ({"words": ["no"]}, (2.0, 0.0), Bounds(maximum=0)),
        ({"words": ["no"]}, (0.1, 0.5), Bounds(minimum=0.5)),
        ({"words": ["no"]}, None, Bounds()),
        (None, None, Bounds()),
    ],
)
def test_bounds_are_those_of_the_settings_or_else_the_one_a_reject_missed(limits, missed, bounds):
    assert Bounds.of(limits, missed=missed) == bounds


def test_a_value_is_as_far_as_the_nearer_bound():
    assert Bounds(minimum=1, maximum=3).distances(np.array([0.5, 1.0, 1.75, 2.5, 5.0])).tolist() == [
        0.5,
        0,
        0.75,
        0.5,
        2,
    ]
    assert Bounds(maximum=3).distances(np.array([1.0])).tolist() == [2]


def test_the_bounds_are_marked_as_a_reader_says_them():
    assert Bounds(minimum=0.6, maximum=1.6).marks() == {"at least 0.6": 0.6, "at most 1.6": 1.6}
